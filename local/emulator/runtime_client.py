"""Makes built functions run from the source tree on AWS's own runtime interface client.

MiniStack's Python worker reports every exception as Runtime.HandlerError and exits, so a Retry or Catch by name never
matches. AWS's client reports the exception's name, and continues. The project's own templates are not changed.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_dump, yaml_parse

from local.emulator.bootstrap import Bootstrap

type Json = dict[str, Any]

RUNTIME = "provided.al2023"


def use_runtime_client(build_dir: Path, sources: Path, endpoints: Mapping[str, str], python: Path) -> None:
    """Rewrite the built templates, and write a bootstrap into each built function.

    `sources` is the folder of the project's template.yaml, `endpoints` are environment variables of the SDK, and
    `python` is an interpreter with the project and awslambdaric installed.
    """
    bootstraps: dict[Path, Bootstrap] = {}
    for built_file, source_file in _template_pairs(build_dir / "template.yaml", sources / "template.yaml"):
        built, source = yaml_parse(built_file.read_text()), yaml_parse(source_file.read_text())
        for resource in _resources(built, "AWS::Serverless::LayerVersion").values():
            resource.pop("CompatibleRuntimes", None)  # they do not include the functions' new runtime
        for name, function in _resources(source, "AWS::Serverless::Function").items():
            if not _is_python(_property(source, function, "Runtime")):
                continue
            code = source_file.parent / _property(source, function, "CodeUri")
            logging = _logging(_property(source, function, "LoggingConfig"))
            bootstrap = Bootstrap(code.resolve(), python, {**endpoints, **logging})
            in_build = built["Resources"][name]["Properties"]
            folder = built_file.parent / _property(built, in_build, "CodeUri")
            if bootstraps.setdefault(folder, bootstrap) != bootstrap:  # SAM builds several functions into one folder
                raise ValueError(f"{folder}: functions that share a build need the same source and LoggingConfig")
            in_build["Runtime"] = RUNTIME
        built_file.write_text(yaml_dump(built))
    for folder, bootstrap in bootstraps.items():
        bootstrap.write(folder)


def _template_pairs(built_file: Path, source_file: Path) -> Iterator[tuple[Path, Path]]:
    """Each built template with its source, the root template first."""
    yield built_file, source_file
    built, source = yaml_parse(built_file.read_text()), yaml_parse(source_file.read_text())
    in_build = _resources(built, "AWS::Serverless::Application")
    for name, nested in _resources(source, "AWS::Serverless::Application").items():
        yield from _template_pairs(
            built_file.parent / in_build[name]["Location"], source_file.parent / nested["Location"]
        )


def _resources(template: Json, kind: str) -> dict[str, Json]:
    """The properties of all resources of a type, by logical id."""
    return {
        name: resource["Properties"] for name, resource in template["Resources"].items() if resource["Type"] == kind
    }


def _property(template: Json, properties: Json, name: str) -> Any:
    """A function's property, by default that of the template's Globals."""
    return properties.get(name, template.get("Globals", {}).get("Function", {}).get(name))


def _is_python(runtime: Any) -> bool:
    return not isinstance(runtime, str) or runtime.startswith("python")  # a !Ref is not a string


def _logging(configuration: Json | None) -> dict[str, str]:
    """The variables that configure the client's logs, as Lambda sets them."""
    if not configuration or configuration.get("LogFormat") != "JSON":
        return {}
    level = configuration.get("ApplicationLogLevel", "INFO")
    return {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": level}
