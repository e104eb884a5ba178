"""Bootstrap and tear-down against an emulator of their own."""

import json
from pathlib import Path

import pytest

from operations.administrators import make_administrator
from operations.bootstrap import bootstrap
from operations.environment import CannotContinue, Environment
from operations.teardown import check_may_be_deleted, tear_down

TEMPLATE = {
    "Parameters": {"Environment": {"Type": "String"}},
    "Resources": {
        "Drafts": {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": {"Status": "Enabled"}}},
        "Images": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"},
        "Users": {
            "Type": "AWS::DynamoDB::Table",
            "DeletionPolicy": "Retain",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "userId", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "userId", "KeyType": "HASH"}],
            },
        },
        "Queue": {"Type": "AWS::SQS::Queue"},
    },
    "Outputs": {
        "Drafts": {"Value": {"Ref": "Drafts"}},
        "Images": {"Value": {"Ref": "Images"}},
        "Users": {"Value": {"Ref": "Users"}},
    },
}


def deployed(name: str, environment: str = "dev") -> Environment:
    here = Environment(environment, "us-west-2", name)
    here.client("cloudformation").create_stack(
        StackName=name,
        TemplateBody=json.dumps(TEMPLATE),
        Parameters=[{"ParameterKey": "Environment", "ParameterValue": environment}],
    )
    here.client("cloudformation").get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    s3 = here.client("s3")
    for bucket in (here.outputs()["Drafts"], here.outputs()["Images"]):
        s3.put_object(Bucket=bucket, Key="a", Body=b"1")
        s3.put_object(Bucket=bucket, Key="a", Body=b"2")
    s3.delete_object(Bucket=here.outputs()["Drafts"], Key="a")  # leaves a delete marker
    return here


def buckets(here: Environment) -> set[str]:
    return {bucket["Name"] for bucket in here.client("s3").list_buckets()["Buckets"]}


@pytest.mark.emulator
@pytest.mark.usefixtures("aws")
def test_bootstrap_makes_roles_and_a_bucket_and_may_be_repeated() -> None:
    here = Environment("dev", "us-west-2", "almoner-dev")

    first = bootstrap(here, "almoner/almoner")
    second = bootstrap(here, "almoner/almoner")
    bootstrap(Environment("staging", "us-west-2", "almoner-staging"), "almoner/almoner")

    assert first == second
    assert first["ArtifactBucket"] in buckets(here)
    iam = here.client("iam")
    assert len(iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]) == 1
    role = iam.get_role(RoleName=first["DeployRoleArn"].rpartition("/")[2])["Role"]
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"] == (
        "repo:almoner/almoner:environment:dev"
    )
    # its own prefix: the role that CloudFormation uses may change roles that begin with the stack's name
    assert not role["RoleName"].startswith("almoner-dev-")


@pytest.mark.emulator
@pytest.mark.usefixtures("aws")
def test_bootstrap_follows_a_change_of_the_repository() -> None:
    here = Environment("dev", "us-west-2", "almoner-dev")
    role = bootstrap(here, "almoner/almoner")["DeployRoleArn"].rpartition("/")[2]

    bootstrap(here, "almoner-12/almoner-34")

    trust = json.dumps(here.client("iam").get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"])
    assert "repo:almoner-12/almoner-34:environment:dev" in trust


@pytest.mark.emulator
@pytest.mark.usefixtures("aws")
def test_part_of_a_platform_is_no_platform() -> None:
    here = deployed("almoner-part")

    with pytest.raises(CannotContinue, match="has no output UserPoolId: this needs a whole platform"):
        make_administrator(here, "ada@example.org", "Ada")


@pytest.mark.emulator
@pytest.mark.usefixtures("aws")
def test_tear_down_empties_what_is_deleted_and_returns_what_is_kept() -> None:
    here = deployed("almoner-kept")
    outputs = here.outputs()

    kept = tear_down(here, lambda _: None, with_data=False)

    assert here.describe("almoner-kept") is None
    assert {each.name for each in kept} == {outputs["Images"], outputs["Users"]}
    assert outputs["Drafts"] not in buckets(here)
    assert outputs["Images"] in buckets(here)
    assert here.client("dynamodb").describe_table(TableName=outputs["Users"])


@pytest.mark.emulator
@pytest.mark.usefixtures("aws")
def test_tear_down_with_data_leaves_nothing() -> None:
    here = deployed("almoner-gone")
    outputs = here.outputs()

    assert tear_down(here, lambda _: None, with_data=True) == []

    assert not {outputs["Drafts"], outputs["Images"]} & buckets(here)
    assert outputs["Users"] not in here.client("dynamodb").list_tables()["TableNames"]


@pytest.mark.emulator
@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("name", ["prod", "dev"], ids=["by name", "by the stack's parameter"])
def test_production_is_never_torn_down(name: str) -> None:
    deployed(f"almoner-{name}-live", "prod")
    here = Environment(name, "us-west-2", f"almoner-{name}-live")

    with pytest.raises(CannotContinue, match="is production"):
        check_may_be_deleted(here)


@pytest.mark.emulator
@pytest.mark.usefixtures("aws")
def test_failure_of_a_stack_has_its_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from operations import bootstrap as module

    here = Environment("dev", "us-west-2", "almoner-broken")
    here.client("s3").create_bucket(Bucket="taken", CreateBucketConfiguration={"LocationConstraint": here.region})
    broken = tmp_path / "bootstrap.yaml"
    named = "    Properties:\n      BucketName: taken\n      BucketEncryption"
    broken.write_text(module.TEMPLATE.read_text().replace("    Properties:\n      BucketEncryption", named, 1))
    monkeypatch.setattr(module, "TEMPLATE", broken)

    with pytest.raises(CannotContinue, match=r"almoner-broken: .*Validation failed with 1 error"):
        bootstrap(here, "almoner/almoner")
