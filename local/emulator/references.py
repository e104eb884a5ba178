"""CloudFormation: what a template refers to must be there."""

from ministack.services.cloudformation import engine

from local.emulator.provisioning import Json


def refuse_dangling_references() -> None:
    """Refuse a Ref, Fn::GetAtt or Fn::Sub of something that the template does not have; here it was left as it is."""
    validate = engine._validate_template_statics

    def validate_references_too(template: Json) -> None:
        validate(template)
        known = {*template.get("Resources", {}), *template.get("Parameters", {})}
        for section in ("Resources", "Outputs"):
            used = {name for name, _ in engine._intrinsic_references(template.get(section, {}))}
            if dangling := sorted(name for name in used - known if not name.startswith("AWS::")):
                raise ValueError(
                    f"Template format error: Unresolved resource dependencies [{', '.join(dangling)}] "
                    f"in the {section} block of the template"
                )

    engine._validate_template_statics = validate_references_too
