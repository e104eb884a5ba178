"""CloudFormation: what a template refers to must be there."""

from collections.abc import Iterator

from ministack.services.cloudformation import engine

from local.emulator.provisioning import Json


def refuse_dangling_references() -> None:
    """Refuse a Ref, Fn::GetAtt, Fn::Sub or DependsOn of something that the template does not have.

    MiniStack leaves a reference as it is, and takes no notice of a dependency.
    """
    validate = engine._validate_template_statics

    def validate_references_too(template: Json) -> None:
        validate(template)
        known = {*template.get("Resources", {}), *template.get("Parameters", {})}
        for section in ("Resources", "Outputs"):
            content = template.get(section, {})
            used = {name for name, _ in engine._intrinsic_references(content)} | set(_dependencies(content))
            if dangling := sorted(name for name in used - known if not name.startswith("AWS::")):
                raise ValueError(
                    f"Template format error: Unresolved resource dependencies [{', '.join(dangling)}] "
                    f"in the {section} block of the template"
                )

    engine._validate_template_statics = validate_references_too


def _dependencies(resources: Json) -> Iterator[str]:
    for resource in resources.values():
        depends_on = resource.get("DependsOn", []) if isinstance(resource, dict) else []
        yield from [depends_on] if isinstance(depends_on, str) else depends_on
