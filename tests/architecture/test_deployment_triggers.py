"""A push that changes deployed files starts a deployment: .github/workflows/deploy.yml lists their paths."""

from pathlib import Path

from samcli.yamlhelper import yaml_parse

from release.translation import template_files

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "deploy.yml"

# Tools and settings of a deployment.
TOOLS = {"Makefile", "samconfig.toml", "release/**", "operations/**", ".github/workflows/deploy.yml"}
# Documentation.
EXCEPT = {"!**/README.md"}


def deployed() -> set[str]:
    """The folders of the templates and of the code that they package, and the root template."""
    found = set()
    for file in template_files():
        template = yaml_parse(file.read_text())
        described = [template.get("Globals", {}).get("Function", {})]
        described += [resource.get("Properties", {}) for resource in template["Resources"].values()]
        sources = [each[name] for each in described for name in ("CodeUri", "ContentUri") if name in each]
        found |= {file, *(file.parent / source for source in sources)}
    relative = [path.relative_to(ROOT) for path in found]
    return {f"{path.parts[0]}/**" if len(path.parts) > 1 else str(path) for path in relative}


def test_a_change_of_what_is_deployed_starts_a_deployment() -> None:
    workflow = yaml_parse(WORKFLOW.read_text())
    paths = workflow[True if True in workflow else "on"]["push"]["paths"]  # YAML 1.1 reads "on" as a boolean

    assert set(paths) == deployed() | TOOLS | EXCEPT, "make the paths in deploy.yml those of the templates"
    assert paths[-1] in EXCEPT, "an exception counts only after what it is made to"
