"""CloudFormation: references in templates."""

from collections.abc import Iterator

from ministack.services.cloudformation import engine

from local.emulator.provisioning import Json


def refuse_dangling_references() -> None:
    """Refuse templates with a Ref, Fn::GetAtt, Fn::Sub or DependsOn to something that is not in them.

    MiniStack leaves such references unresolved, and ignores such dependencies.
    """
    validate = engine._validate_template_statics

    def validate_references_too(template: Json) -> None:
        validate(template)
        defined = {*template.get("Resources", {}), *template.get("Parameters", {})}
        for section in ("Resources", "Outputs"):
            content = template.get(section, {})
            used = {name for name, _ in engine._intrinsic_references(content)} | set(_dependencies(content))
            if dangling := sorted(name for name in used - defined if not name.startswith("AWS::")):
                raise ValueError(
                    f"Template format error: Unresolved resource dependencies [{', '.join(dangling)}] "
                    f"in the {section} block of the template"
                )

    engine._validate_template_statics = validate_references_too


def _dependencies(resources: Json) -> Iterator[str]:
    for resource in resources.values():
        depends_on = resource.get("DependsOn", []) if isinstance(resource, dict) else []
        yield from [depends_on] if isinstance(depends_on, str) else depends_on
