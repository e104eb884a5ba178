"""What the deploying roles may do, held against the templates as SAM translates them."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from samcli.yamlhelper import yaml_parse

from operations.bootstrap import TEMPLATE
from operations.environment import ROOT
from release.translation import template_files, translated

type Json = dict[str, Any]

BOOTSTRAP: Json = yaml_parse(TEMPLATE.read_text())
# What a resource type is called by IAM, where that is not its name in lower case.
SERVICES = {
    "ApiGatewayV2": "apigateway",
    "Cognito": "cognito-idp",
    "OpenSearchServerless": "aoss",
    "OpenSearchService": "es",
    "StepFunctions": "states",
}
MAX_INLINE_CHARACTERS = 10_240  # of all of a role's inline policies, without white space
MAX_MANAGED_CHARACTERS = 6_144
OF_THE_ACCOUNT = {"*"}


@pytest.fixture(scope="module")
def resources() -> list[Json]:
    files = [file for file in template_files() if file.suffix == ".yaml"]
    everything = {"GradualDeployment": "true"}
    return [resource for file in files for resource in translated(file, everything)["Resources"].values()]


def statements(role: str) -> Iterator[Json]:
    properties = BOOTSTRAP["Resources"][role]["Properties"]
    managed = [BOOTSTRAP["Resources"][each["Ref"]]["Properties"] for each in properties.get("ManagedPolicyArns", [])]
    for policy in [*properties["Policies"], *managed]:
        yield from policy["PolicyDocument"]["Statement"]


def actions(statement: Json) -> list[str]:
    action = statement["Action"]
    return [action] if isinstance(action, str) else action


def allowed(role: str, action: str) -> list[Json]:
    return [each for each in statements(role) if any(fnmatchcase(action, pattern) for pattern in actions(each))]


def test_cloudformation_may_use_exactly_the_services_of_the_templates(resources: list[Json]) -> None:
    used = {resource["Type"].split("::")[1] for resource in resources}
    used_by_iam = {SERVICES.get(service, service.lower()) for service in used}

    granted = {action.split(":")[0] for each in statements("CloudFormationRole") for action in actions(each)}

    assert granted == used_by_iam | {"kms"}  # for RDS, which looks at the key of its secret


# What CloudFormation does with a resource only where it has what no template here asks for.
NOT_USED = {
    "apigateway:TagResource": "IAM knows this service by HTTP's verbs",
    "apigateway:UntagResource": "as above",
    "aoss:AddCollectionToCollectionGroup": "groups of collections",
    "bedrock:AssociateThirdPartyKnowledgeBase": "other vendors' stores",
    "apigateway:UpdateRestApiPolicy": "policies of APIs",
    "cloudformation:SetStackPolicy": "stack policies",
    "cloudformation:UpdateTerminationProtection": "protected stacks",
    "codedeploy:RegisterOnPremisesInstance": "machines",
    "dynamodb:*Item": "import and export of data",
    "iam:*UserPolicy": "policies of users",
    "iam:ListRoles": "roles of database instances",
    "iam:*GroupPolicy": "policies of groups",
    "ses:*TagResource": "tags of configuration sets",
    "ses:UntagResource": "as above",
    "dynamodb:Scan": "as above",
    "dynamodb:Query": "as above",
    "dynamodb:ImportTable": "as above",
    "dynamodb:*TableReplica": "global tables",
    "dynamodb:*KinesisStreamingDestination": "Kinesis",
    "dynamodb:PutResourcePolicy": "policies of tables",
    "dynamodb:DeleteResourcePolicy": "as above",
    "dynamodb:UpdateContributorInsights": "contributor insights",
    "ec2:*VpnGateway": "private networks of the charity's",
    "es:UpdateDomain": "IAM has UpdateDomainConfig",
    "events:*Permission": "policies of buses",
    "iam:*RolePermissionsBoundary": "boundaries",
    "kms:*": "keys of the charity's: their policies say who uses them",
    "logs:AssociateKmsKey": "keys of log groups",
    "logs:DisassociateKmsKey": "as above",
    "logs:*LogStream*": "imports into tables",
    "logs:PutLogEvents": "as above",
    "logs:PutBearerTokenAuthentication": "logs sent over HTTP",
    "logs:PutLogGroupDeletionProtection": "protected log groups",
    "s3:DeleteBucket?*": "IAM knows these as Put…, which also removes",
    "s3:*BucketMetadata*": "tables of metadata",
    "s3:*Object*": "objects",
    "s3:REST*": "no action of IAM",
    "rds:*Role*": "roles of instances",
    "secretsmanager:*Replicat*": "replicas of secrets",
    "sns:PutDataProtectionPolicy": "policies of messages",
}


def test_cloudformation_may_do_what_it_does_with_each_resource(resources: list[Json]) -> None:
    """Source: the permissions that the schemas of the types name, as cfn-lint has them."""
    missing = set[str]()
    for kind in {resource["Type"] for resource in resources}:
        for action in permissions_of(kind):
            service, _, name = action.partition(":")
            action = f"{service.lower()}:{name[0].upper()}{name[1:]}"
            is_of_the_platform = any(each.startswith(f"{service.lower()}:") for each in granted_to_cloudformation())
            is_used = not any(fnmatchcase(action, pattern) for pattern in NOT_USED)
            if is_of_the_platform and is_used and not allowed("CloudFormationRole", action):
                missing.add(f"{kind}: {action}")

    assert not missing, "allow it in operations/bootstrap.yaml, or say here why it is not used"


def permissions_of(kind: str) -> Iterator[str]:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-west-2", kind).schema
    for handler, described in schema.get("handlers", {}).items():
        if handler != "list":
            yield from described.get("permissions", ())


def granted_to_cloudformation() -> set[str]:
    return {action for each in statements("CloudFormationRole") for action in actions(each)}


@pytest.mark.parametrize("role", ["DeployRole", "CloudFormationRole"])
def test_every_transform_of_the_templates_may_be_used(role: str) -> None:
    sources = [yaml_parse(file.read_text()) for file in template_files() if file.suffix == ".yaml"]
    used = {transform for source in sources for transform in listed(source.get("Transform", []))}
    granted = json.dumps([each["Resource"] for each in allowed(role, "cloudformation:CreateChangeSet")])

    assert used
    assert not {each for each in used if f"transform/{each.removeprefix('AWS::')}" not in granted}


def test_cloudformation_may_pass_a_role_to_every_service_that_has_one(resources: list[Json]) -> None:
    roles = [resource["Properties"] for resource in resources if resource["Type"] == "AWS::IAM::Role"]
    principals = {
        service
        for role in roles
        for statement in role["AssumeRolePolicyDocument"]["Statement"]
        for service in listed(statement["Principal"]["Service"])
    }
    [passes] = allowed("CloudFormationRole", "iam:PassRole")

    assert set(passes["Condition"]["StringEquals"]["iam:PassedToService"]) == principals


def test_cloudformation_may_attach_exactly_the_managed_policies_of_the_templates(resources: list[Json]) -> None:
    roles = [resource["Properties"] for resource in resources if resource["Type"] == "AWS::IAM::Role"]
    attached = {name(policy) for role in roles for policy in role.get("ManagedPolicyArns", [])}
    [attaches] = allowed("CloudFormationRole", "iam:AttachRolePolicy")

    assert {name(policy) for policy in attaches["Condition"]["ArnEquals"]["iam:PolicyARN"]} == attached


def test_cloudformation_may_change_every_layer(resources: list[Json]) -> None:
    [functions] = allowed("CloudFormationRole", "lambda:PublishLayerVersion")
    granted = json.dumps(functions["Resource"])

    for resource in resources:
        if resource["Type"] == "AWS::Lambda::LayerVersion":
            assert f"layer:{resource['Properties']['LayerName']}*" in granted


def test_roles_that_a_deployment_makes_are_named_after_its_stack() -> None:
    for action in ("iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PassRole"):
        for statement in allowed("CloudFormationRole", action):
            assert statement["Resource"]["Fn::Sub"].endswith(":role/${StackName}-*")


@pytest.mark.parametrize(
    "action", ["dynamodb:GetItem", "dynamodb:Query", "s3:DeleteObject", "iam:CreateUser", "sts:AssumeRole"]
)
def test_deploying_is_no_access_to_data_or_identities(action: str) -> None:
    assert not allowed("CloudFormationRole", action)
    assert not allowed("DeployRole", action)


def test_artifacts_are_the_only_objects_that_deploying_reads() -> None:
    for role in ("DeployRole", "CloudFormationRole"):
        for statement in allowed(role, "s3:GetObject"):
            assert statement["Resource"] == {"Fn::Sub": "${Artifacts.Arn}/*"}


@pytest.mark.parametrize("role", ["DeployRole", "CloudFormationRole"])
def test_policies_fit_into_their_role(role: str) -> None:
    policies = BOOTSTRAP["Resources"][role]["Properties"]["Policies"]

    size = sum(len(json.dumps(policy["PolicyDocument"], separators=(",", ":"))) for policy in policies)

    assert size < MAX_INLINE_CHARACTERS


def test_managed_policy_is_no_longer_than_such_may_be() -> None:
    policy = BOOTSTRAP["Resources"]["HelpDeskDeployment"]["Properties"]["PolicyDocument"]

    assert len(json.dumps(policy, separators=(",", ":"))) < MAX_MANAGED_CHARACTERS


def test_only_jobs_of_the_environment_may_deploy() -> None:
    [trust] = BOOTSTRAP["Resources"]["DeployRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    claims = trust["Condition"]["StringEquals"]

    assert claims["token.actions.githubusercontent.com:sub"] == {
        "Fn::Sub": "repo:${Repository}:environment:${Environment}"
    }
    assert claims["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"


def test_workflow_deploys_to_the_environments_of_samconfig() -> None:
    workflow = yaml_parse((ROOT / ".github/workflows/deploy.yml").read_text())

    environments = [job["environment"] for job in workflow["jobs"].values() if "environment" in job]

    assert environments == ["dev", "staging", "prod"]


def listed(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def name(policy: object) -> str:
    return str(policy["Fn::Sub"] if isinstance(policy, dict) else policy).rpartition("/")[2]
