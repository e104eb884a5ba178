"""docs/account.md, made from the translated templates."""

from generate.account import QUOTAS, account_page, quotas, rights, services


def test_rights_are_those_of_the_types_and_of_no_feature_of_another_service() -> None:
    text = "\n".join(rights({"AWS::Lambda::Function": 1}))

    assert "`CreateFunction`" in text
    assert "`PassRole`" in text
    assert "| `ec2`" not in text  # for functions in networks, of which there are none


def test_types_with_an_api_of_another_name_are_found() -> None:
    assert "`states` | `CreateStateMachine`" in "\n".join(rights({"AWS::StepFunctions::StateMachine": 1}))


def test_quotas_are_compared_with_what_the_templates_have() -> None:
    assert "| DynamoDB tables | 24 | 2,500 |" in quotas(
        dict.fromkeys((quota.kind for quota in QUOTAS), 0) | {"AWS::DynamoDB::Table": 24}
    )


def test_services_are_named_as_aws_names_them() -> None:
    assert "| Step Functions | 2 StateMachine |" in services({"AWS::StepFunctions::StateMachine": 2})


def test_nested_stacks_count_as_often_as_they_are_nested() -> None:
    [text] = account_page().values()

    assert "CloudWatch | " in text
    assert " 2 UsagePlan" in text
