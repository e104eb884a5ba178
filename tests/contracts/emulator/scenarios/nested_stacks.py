"""Nested stacks."""

import json
from collections.abc import Callable

from botocore.exceptions import ClientError

from tests.contracts.emulator.aws import Aws, package, unique
from tests.contracts.emulator.scenarios.registry import Json, shows


def stack_of(*children: Json, **outputs: object) -> Json:
    resources = {
        f"Child{i}": {"Type": "AWS::CloudFormation::Stack", "Properties": child} for i, child in enumerate(children)
    }
    return template(resources, **outputs)


def template(resources: Json, **outputs: object) -> Json:
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": resources,
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }


def uploaded(aws: Aws, child: Json) -> str:
    return aws.upload(unique("child"), json.dumps(child).encode())


@shows("nested-transform", right="CREATE_COMPLETE")
def child_uses_sam(aws: Aws) -> str:
    child = template({"Table": {"Type": "AWS::Serverless::SimpleTable"}})
    child["Transform"] = "AWS::Serverless-2016-10-31"
    return aws.deploy(unique("sam"), stack_of({"TemplateURL": uploaded(aws, child)}))


@shows("references", right=["refused", "refused"])
def template_refers_to_nothing(aws: Aws) -> list[str]:
    def answer(**topic: object) -> str:
        try:
            return aws.deploy(unique("dangling"), template({"Topic": {"Type": "AWS::SNS::Topic", **topic}}))
        except ClientError as error:
            return "refused" if "Unresolved resource dependencies [Nothing]" in str(error) else str(error)

    return [answer(Properties={"DisplayName": {"Fn::GetAtt": ["Nothing", "Arn"]}}), answer(DependsOn="Nothing")]


@shows("sam-parameters", right=["CREATE_COMPLETE", "CREATE_COMPLETE"])
def sam_reads_a_parameter(aws: Aws) -> list[str]:
    """Both in a root stack and in a child."""
    aws.upload("versions.zip", package())
    properties = {
        "Runtime": "provided.al2023",
        "Handler": "handlers.silent",
        "CodeUri": f"s3://{aws.code_bucket}/versions.zip",
        "AutoPublishAlias": "live",
        "AutoPublishCodeSha256": {"Ref": "Digest"},
    }
    root = template({"Function": {"Type": "AWS::Serverless::Function", "Properties": properties}})
    root |= {"Transform": "AWS::Serverless-2016-10-31", "Parameters": {"Digest": {"Type": "String"}}}
    parent = stack_of({"TemplateURL": uploaded(aws, root), "Parameters": {"Digest": "b" * 64}})

    def answer(deploy: Callable[[], str]) -> str:
        try:
            return deploy()
        except ClientError as error:
            return str(error)

    return [
        answer(lambda: aws.deploy(unique("root"), root, Digest="a" * 64)),
        answer(lambda: aws.deploy(unique("parent"), parent)),
    ]


@shows("nested-exports", right="a value")
def child_exports_an_output(aws: Aws) -> str | None:
    name = unique("export")
    child = template({"Queue": {"Type": "AWS::SQS::Queue"}})
    child["Outputs"] = {"Value": {"Value": "a value", "Export": {"Name": name}}}
    aws.deploy(unique("exports"), stack_of({"TemplateURL": uploaded(aws, child)}))
    exports = aws.client("cloudformation").list_exports()["Exports"]
    return next((export["Value"] for export in exports if export["Name"] == name), None)


@shows("nested-attributes", right=True)
def child_keeps_an_attribute_over_an_update(aws: Aws) -> bool:
    def parent(timeout: int) -> Json:
        child = template(
            {
                "Role": {
                    "Type": "AWS::IAM::Role",
                    "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
                },
                "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": timeout}},
            },
            Role={"Fn::GetAtt": ["Role", "Arn"]},
        )
        return stack_of({"TemplateURL": uploaded(aws, child)}, Role={"Fn::GetAtt": ["Child0", "Outputs.Role"]})

    stack = unique("attributes")
    aws.deploy(stack, parent(timeout=10))
    before = aws.outputs(stack)
    status = aws.deploy(stack, parent(timeout=20))
    return status == "UPDATE_COMPLETE" and aws.outputs(stack) == before


@shows("nested-names", right=("kept", "replaced"))
def child_keeps_names_until_a_replacement(aws: Aws) -> tuple[str, str]:
    def parent(purpose: str, **queue: object) -> Json:
        tags = [{"Key": "purpose", "Value": purpose}]
        table = {
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "Tags": tags,
        }
        resources = {
            "Bucket": {"Type": "AWS::S3::Bucket"},  # deployed first, by its name
            "Table": {"Type": "AWS::DynamoDB::Table", "Properties": table},
            "Waiting": {"Type": "AWS::SQS::Queue", "Properties": {"Tags": tags, **queue}},
        }
        child = template(resources, **{name: {"Ref": name} for name in resources})
        outputs = {name: {"Fn::GetAtt": ["Child0", f"Outputs.{name}"]} for name in resources}
        return stack_of({"TemplateURL": uploaded(aws, child)}, **outputs)

    stack = unique("names")
    seen = []
    for template_ in (parent("first"), parent("second"), parent("third"), parent("third", FifoQueue=True)):
        aws.deploy(stack, template_)
        seen.append(aws.outputs(stack))
    first, *updated, replaced = seen
    return (
        "kept" if updated == [first, first] else "renamed",
        "replaced" if replaced["Waiting"] != first["Waiting"] and replaced["Table"] == first["Table"] else "lost",
    )


@shows("nested-retention", right=["Kept"])
def child_retains_a_queue(aws: Aws) -> list[str]:
    queues: Json = {
        "Kept": {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain"},
        "Gone": {"Type": "AWS::SQS::Queue"},
    }
    child = template(queues, **{name: {"Ref": name} for name in queues})
    outputs = {name: {"Fn::GetAtt": ["Child0", f"Outputs.{name}"]} for name in queues}
    stack = unique("retention")
    aws.deploy(stack, stack_of({"TemplateURL": uploaded(aws, child)}, **outputs))
    urls = aws.outputs(stack)
    cloudformation, sqs = aws.client("cloudformation"), aws.client("sqs")
    cloudformation.delete_stack(StackName=stack)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack, WaiterConfig={"Delay": 1})
    listed = {url.rpartition("/")[2] for url in sqs.list_queues(QueueNamePrefix=stack).get("QueueUrls", [])}
    return [name for name, url in urls.items() if url.rpartition("/")[2] in listed]


@shows("nested-secrets", right="open sesame")
def child_reads_a_secret(aws: Aws) -> str:
    secret = aws.client("secretsmanager").create_secret(
        Name=unique("secret"), SecretString=json.dumps({"password": "open sesame"})
    )
    name = "/" + unique("parameter")
    reference = {"Fn::Sub": "{{resolve:secretsmanager:${Secret}:SecretString:password}}"}
    properties = {"Name": name, "Type": "String", "Value": reference}
    child = template({"Parameter": {"Type": "AWS::SSM::Parameter", "Properties": properties}})
    child["Parameters"] = {"Secret": {"Type": "String"}}
    nested = {"TemplateURL": uploaded(aws, child), "Parameters": {"Secret": secret["ARN"]}}
    aws.deploy(unique("secrets"), stack_of(nested))
    value: str = aws.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    return value
