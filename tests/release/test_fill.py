"""python3.13 -m release.fill: the parameters of a context that is deployed alone, from the outputs of a stack."""

import os
import subprocess
import tomllib
from pathlib import Path

import pytest
from samcli.yamlhelper import yaml_parse

from release.fill import FROM_THE_PLATFORM, ROOT, filled

OUTPUTS = {name: f"the-{name}" for name in FROM_THE_PLATFORM}
_BEDROCK = {"ApplicationKey", "Model", "ModelProfile"}
CONTEXTS = {
    "personalization": {"OpenSearchLayer", "PaymentsLayer", "PicturesLayer", "PostgresLayer", "UserPoolId"},
    "commerce": {"PostgresLayer", "UserPoolId"},
    "communications": {"OpenSearchLayer", "PaymentsLayer", "PicturesLayer", "PostgresLayer", *_BEDROCK},
    "knowledge_base": {"OpenSearchLayer", "PaymentsLayer", "PicturesLayer", *_BEDROCK},
}
each_context = pytest.mark.parametrize("context", CONTEXTS)


def overrides(config: str, section: str) -> dict[str, str]:
    listed = tomllib.loads(config)[section]["global"]["parameters"]["parameter_overrides"]
    return dict(each.split("=", 1) for each in listed)


def config_and_template(context: str) -> tuple[str, str]:
    return (ROOT / "samconfig.toml").read_text(), (ROOT / context / "template.yaml").read_text()


@each_context
def test_parameters_are_complete_once_they_are_filled(context: str) -> None:
    config, template = config_and_template(context)
    given = overrides(filled(config, f"{context}-dev", template, OUTPUTS), f"{context}-dev")
    parameters = yaml_parse(template)["Parameters"]
    assert given.keys() >= {name for name, each in parameters.items() if "Default" not in each}
    assert given.keys() <= parameters.keys()
    assert {name for name in OUTPUTS if given.get(name) != OUTPUTS[name]} == CONTEXTS[context]


@each_context
def test_filling_again_replaces_the_values_and_nothing_else(context: str) -> None:
    config, template = config_and_template(context)
    once = filled(config, f"{context}-dev", template, dict.fromkeys(OUTPUTS, "of-another-stack"))
    assert filled(once, f"{context}-dev", template, OUTPUTS) == filled(config, f"{context}-dev", template, OUTPUTS)
    others = tomllib.loads(config).keys() - {f"{context}-dev"}
    assert {name: tomllib.loads(once)[name] for name in others} == {
        name: tomllib.loads(config)[name] for name in others
    }


def test_platform_has_an_output_for_each() -> None:
    assert set(FROM_THE_PLATFORM) <= yaml_parse((ROOT / "template.yaml").read_text())["Outputs"].keys()


def test_outputs_that_a_stack_does_not_have_are_named() -> None:
    config, template = config_and_template("commerce")
    with pytest.raises(ValueError, match="no outputs UserPoolArn"):
        filled(config, "commerce-dev", template, {name: "a" for name in OUTPUTS if name != "UserPoolArn"})


def test_unknown_section_is_refused() -> None:
    config, template = config_and_template("commerce")
    with pytest.raises(ValueError, match="no parameters of commerce-production"):
        filled(config, "commerce-production", template, OUTPUTS)


def test_command_needs_no_packages(tmp_path: Path) -> None:
    """Its users have Python and the SAM CLI, and not the project's virtual environment."""
    sam = tmp_path / "sam"
    sam.write_text("#!/bin/sh\nexit 3\n")
    sam.chmod(0o755)
    python = Path(os.path.realpath(ROOT / ".venv/bin/python"))
    call = [str(python), "-S", "-m", "release.fill", "commerce-dev", "almoner-dev"]
    ran = subprocess.run(call, cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)  # noqa: S603
    assert (ran.returncode, ran.stderr) == (3, "")
