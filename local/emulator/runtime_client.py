"""Makes what `sam build` built run on AWS's own runtime interface client, straight from the source tree.

MiniStack's Python worker turns every exception into Runtime.HandlerError and ends the worker, so that no named Retry
or Catch ever fires. AWS's client keeps the name and the worker. The project's templates stay as they are.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_dump, yaml_parse

from local.emulator.bootstrap import Bootstrap

type Json = dict[str, Any]

RUNTIME = "provided.al2023"


def use_runtime_client(build_dir: Path, sources: Path, endpoints: Mapping[str, str], python: Path) -> None:
    """Rewrite the built templates and write a bootstrap beside each built function.

    `sources` holds the project's template.yaml; `endpoints` are the SDK's variables for them; `python` is an
    interpreter that has the project and awslambdaric.
    """
    bootstraps: dict[Path, Bootstrap] = {}
    for built_file, source_file in _template_pairs(build_dir / "template.yaml", sources / "template.yaml"):
        built, source = yaml_parse(built_file.read_text()), yaml_parse(source_file.read_text())
        for resource in _resources(built, "AWS::Serverless::LayerVersion").values():
            resource.pop("CompatibleRuntimes", None)  # the functions' new runtime is none of them
        for name, function in _resources(source, "AWS::Serverless::Function").items():
            if not _is_python(_property(source, function, "Runtime")):
                continue
            code = source_file.parent / _property(source, function, "CodeUri")
            logging = _logging(_property(source, function, "LoggingConfig"))
            bootstrap = Bootstrap(code.resolve(), python, {**endpoints, **logging})
            in_build = built["Resources"][name]["Properties"]
            folder = built_file.parent / _property(built, in_build, "CodeUri")
            if bootstraps.setdefault(folder, bootstrap) != bootstrap:  # SAM may build several functions into one folder
                raise ValueError(f"{folder}: functions that share a build need the same source and LoggingConfig")
            in_build["Runtime"] = RUNTIME
        built_file.write_text(yaml_dump(built))
    for folder, bootstrap in bootstraps.items():
        bootstrap.write(folder)


def _template_pairs(built_file: Path, source_file: Path) -> Iterator[tuple[Path, Path]]:
    """Each built template with the one it was built from, the root first."""
    yield built_file, source_file
    built, source = yaml_parse(built_file.read_text()), yaml_parse(source_file.read_text())
    in_build = _resources(built, "AWS::Serverless::Application")
    for name, nested in _resources(source, "AWS::Serverless::Application").items():
        yield from _template_pairs(
            built_file.parent / in_build[name]["Location"], source_file.parent / nested["Location"]
        )


def _resources(template: Json, kind: str) -> dict[str, Json]:
    """The properties of each resource of a type, by logical id."""
    return {
        name: resource["Properties"] for name, resource in template["Resources"].items() if resource["Type"] == kind
    }


def _property(template: Json, properties: Json, name: str) -> Any:
    """A function's property, or what the template's Globals say."""
    return properties.get(name, template.get("Globals", {}).get("Function", {}).get(name))


def _is_python(runtime: Any) -> bool:
    return not isinstance(runtime, str) or runtime.startswith("python")  # a !Ref is not a string


def _logging(configuration: Json | None) -> dict[str, str]:
    """The variables by which Lambda tells the client how to log."""
    if not configuration or configuration.get("LogFormat") != "JSON":
        return {}
    level = configuration.get("ApplicationLogLevel", "INFO")
    return {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": level}
