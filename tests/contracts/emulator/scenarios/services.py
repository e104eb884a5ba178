"""HTTP APIs, tables, functions, sign-ups and events."""

import json
import time
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.contracts.emulator.aws import Aws, eventually, unique
from tests.contracts.emulator.changes import Changes
from tests.contracts.emulator.scenarios.nested_stacks import template
from tests.contracts.emulator.scenarios.registry import Json, shows
from tests.contracts.emulator.scenarios.rest import call_api
from tests.contracts.emulator.scenarios.users import reported_calls, sign_up, user_pool


@shows("http-body", right=[200, 404])
def http_api_is_described_by_its_body(aws: Aws) -> list[int]:
    integration = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "payloadFormatVersion": "2.0",
        "uri": f"arn:aws:apigateway:us-west-2:lambda:path/2015-03-31/functions/{aws.function('echo')}/invocations",
    }
    spec = {
        "openapi": "3.0.1",
        "info": {"title": "api"},
        "paths": {"/thing": {"x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": integration}}},
    }
    stack = unique("http")
    resources = {
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": spec}},
        "Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": {"Ref": "Api"}, "StageName": "v1", "AutoDeploy": True},
        },
    }
    aws.deploy(stack, template(resources, Api={"Ref": "Api"}))
    api = aws.outputs(stack)["Api"]
    return [call_api(aws, api, "PUT", path, {}).status for path in ("/thing", "/other")]


@shows("table-ttl", right=["ENABLED", "DISABLED"])
def table_has_a_time_to_live(aws: Aws) -> list[str]:
    properties: Json = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    }
    expiring = {"TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True}}
    stack, found = unique("table"), []
    for wanted in (properties | expiring, properties):
        resource = {"Type": "AWS::DynamoDB::Table", "Properties": wanted}
        aws.deploy(stack, template({"Table": resource}, Table={"Ref": "Table"}))
        table = aws.outputs(stack)["Table"]
        described = aws.client("dynamodb").describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        found.append(described["TimeToLiveStatus"])
    return found


@shows("stream-failures", right=[["a", "once-b", "c"], ["once-b", "c"]])
def failed_record_is_delivered_again(aws: Aws) -> list[list[str]]:
    changes = Changes.read(aws, FunctionResponseTypes=["ReportBatchItemFailures"])
    changes.write("a", "once-b", "c")
    changes.start()
    return changes.deliveries(1)


# --- Lambda ---


def fastest_invocation_milliseconds(aws: Aws, handler: str) -> float:
    """The minimum of ten, which depends least on the machine's load."""
    function = aws.function(handler)
    event = {"requestContext": {"requestId": "1"}, "httpMethod": "GET", "path": "/"}
    aws.invoke(function, event)
    durations = []
    for _ in range(10):
        start = time.perf_counter()
        aws.invoke(function, event)
        durations.append((time.perf_counter() - start) * 1000)
    return min(durations)


@shows("lambda-nagle", right=True)
def invocation_is_fast(aws: Aws) -> bool:
    return fastest_invocation_milliseconds(aws, "echo") < 50


@shows("lambda-log-wait", right=True)
def silence_costs_little(aws: Aws) -> bool:
    silent, logging = (fastest_invocation_milliseconds(aws, handler) for handler in ("silent", "echo"))
    return silent - logging < 25


@shows("lambda-forks", right=True)
def packages_are_loaded_before_the_function(aws: Aws) -> bool:
    loaded, _ = aws.invoke(aws.function("modules_on_import"), {})
    return "boto3" in loaded


@shows("lambda-cut-answers", right=[True, "Runtime.ExitError"])
def half_an_answer_is_none(aws: Aws) -> list[object]:
    answer, failed = aws.invoke(aws.function("end_while_answering"), {})
    return [failed, answer.get("errorType") if isinstance(answer, dict) else answer]


# --- Cognito and EventBridge ---


@shows("cognito-verified", right="true")
def confirmed_address_is_verified(aws: Aws) -> str | None:
    cognito = aws.client("cognito-idp")
    pool, client = user_pool(aws, AutoVerifiedAttributes=["email"])
    email = [{"Name": "email", "Value": "ann@charity.example"}]
    cognito.sign_up(ClientId=client, Username="ann", Password="Secret-123", UserAttributes=email)
    cognito.confirm_sign_up(ClientId=client, Username="ann", ConfirmationCode="123456")
    user = cognito.admin_get_user(UserPoolId=pool, Username="ann")
    attributes = {attribute["Name"]: attribute["Value"] for attribute in user["UserAttributes"]}
    return attributes.get("email_verified")


@shows("cognito-post-confirmation", right="PostConfirmation failed with error no PostConfirmation_ConfirmSignUp.")
def confirmation_runs_a_trigger(aws: Aws) -> str | None:
    pool, client = user_pool(aws, LambdaConfig={"PostConfirmation": aws.function("fail")})
    try:
        sign_up(aws, pool, client)
    except aws.client("cognito-idp").exceptions.UserLambdaValidationException as error:
        message: str = error.response["Error"]["Message"]
        return message
    return None


@shows("cognito-usernames", right="UsernameExistsException")
def name_in_another_case_is_taken(aws: Aws) -> str:
    cognito = aws.client("cognito-idp")
    pool, client = user_pool(aws, UsernameConfiguration={"CaseSensitive": False})
    cognito.sign_up(ClientId=client, Username="ann", Password="Secret-123")
    try:
        cognito.sign_up(ClientId=client, Username="ANN", Password="Secret-123")
    except cognito.exceptions.UsernameExistsException as error:
        return str(error.response["Error"]["Code"])
    return f"{len(cognito.list_users(UserPoolId=pool)['Users'])} users"


@shows("cognito-verification", right=["old@charity.example", "ExpiredCodeException"])
def changed_address_is_pending(aws: Aws) -> list[str]:
    """Until its code is given; another code than that one is refused."""
    cognito = aws.client("cognito-idp")
    update = {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    pool, client = user_pool(aws, AutoVerifiedAttributes=["email"], UserAttributeUpdateSettings=update)
    token = sign_up(aws, pool, client, "old@charity.example")["AccessToken"]
    new = [{"Name": "email", "Value": "new@charity.example"}]
    cognito.update_user_attributes(AccessToken=token, UserAttributes=new)
    attributes = {each["Name"]: each["Value"] for each in cognito.get_user(AccessToken=token)["UserAttributes"]}
    try:
        cognito.verify_user_attribute(AccessToken=token, AttributeName="phone_number", Code="000000")
    except ClientError as error:
        return [attributes["email"], error.response["Error"]["Code"]]
    return [attributes["email"]]


@shows("cognito-aliases", right="AliasExistsException")
def address_of_somebody_else_is_refused(aws: Aws) -> str:
    cognito = aws.client("cognito-idp")
    pool, client = user_pool(aws, UsernameAttributes=["email"])
    sign_up(aws, pool, client, "ann@charity.example", username="ann@charity.example")
    token = sign_up(aws, pool, client, "bob@charity.example", username="bob@charity.example")["AccessToken"]
    try:
        cognito.update_user_attributes(
            AccessToken=token, UserAttributes=[{"Name": "email", "Value": "ann@charity.example"}]
        )
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "changed"


@shows("queue-concurrency", right=True)
def queue_has_many_workers(aws: Aws) -> bool:
    sqs, jobs = aws.client("sqs"), 8
    queue = sqs.create_queue(QueueName=unique("jobs"), Attributes={"VisibilityTimeout": "120"})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws.client("lambda").create_event_source_mapping(
        FunctionName=aws.function("sleep"), EventSourceArn=arn, BatchSize=1
    )
    for number in range(jobs):
        sqs.send_message(QueueUrl=queue, MessageBody=str(number))

    def all_in_work() -> bool:
        name = "ApproximateNumberOfMessagesNotVisible"
        return bool(sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=[name])["Attributes"][name] == str(jobs))

    return eventually(all_in_work, within_seconds=3)


@shows("mapping-numbers", right=True)
def queue_bounded_by_a_parameter_is_read(aws: Aws) -> bool:
    """The function takes its message out of the queue's visible ones."""
    sqs, stack = aws.client("sqs"), unique("bounded")
    mapping = {
        "FunctionName": aws.function("echo"),
        "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]},
        "ScalingConfig": {"MaximumConcurrency": {"Ref": "Workers"}},
    }
    resources = {
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Mapping": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping},
    }
    bounded = template(resources, Queue={"Ref": "Queue"}) | {"Parameters": {"Workers": {"Type": "Number"}}}
    aws.deploy(stack, bounded, Workers="2")
    queue = aws.outputs(stack)["Queue"]
    sqs.send_message(QueueUrl=queue, MessageBody="x")

    def taken() -> bool:
        name = "ApproximateNumberOfMessages"
        return bool(sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=[name])["Attributes"][name] == "0")

    return eventually(taken, within_seconds=5)


@shows("event-retries", right={"id": "gift-1", "fail": True})
def failing_function_leaves_a_dead_letter(aws: Aws) -> object:
    queue = aws.client("sqs").create_queue(QueueName=unique("dead"))["QueueUrl"]
    attributes = aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    function = aws.function("keep", DeadLetterConfig={"TargetArn": attributes["Attributes"]["QueueArn"]})
    aws.invoke(function, {"id": "warm", "fail": True})
    rule, source = unique("rule"), unique("source")
    events = aws.client("events")
    events.put_rule(Name=rule, EventPattern=json.dumps({"source": [source]}))
    events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": function}])
    detail = {"id": "gift-1", "fail": True}
    events.put_events(Entries=[{"Source": source, "DetailType": "Gift", "Detail": json.dumps(detail)}])
    messages = eventually(lambda: aws.client("sqs").receive_message(QueueUrl=queue).get("Messages"), within_seconds=4)
    return json.loads(messages[0]["Body"])["requestPayload"]["detail"] if messages else None


@shows("cognito-sign-outs", right=["GlobalSignOut"])
def sign_out_is_reported(aws: Aws) -> list[str]:
    pool, client = user_pool(aws)
    tokens, calls = sign_up(aws, pool, client), reported_calls(aws, pool)
    aws.client("cognito-idp").global_sign_out(AccessToken=tokens["AccessToken"])
    return [call["eventName"] for call in calls(1)]


@shows("loopback-transport", right="written")
def write_where_plain_http_is_refused(aws: Aws) -> object:
    """A role writes to a bucket whose policy requires encrypted connections."""
    bucket, s3 = unique("bucket"), aws.client("s3")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    everything = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    refusal = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": everything, "Condition": plain}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [refusal]}))
    try:
        s3_of_role(aws, bucket, "s3:PutObject").put_object(Bucket=bucket, Key="a.txt", Body=b"a")
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "written"


@shows("missing-objects", right=["AccessDenied", "403", "NoSuchKey", "404"])
def look_for_an_object_that_does_not_exist(aws: Aws) -> list[str]:
    """By GET and HEAD, of a role that may not list the bucket, and of one that may."""
    bucket = unique("bucket")
    aws.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    found = []
    for actions in (["s3:GetObject"], ["s3:GetObject", "s3:ListBucket"]):
        s3 = s3_of_role(aws, bucket, *actions)
        for look in (s3.get_object, s3.head_object):
            with pytest.raises(ClientError) as refused:
                look(Bucket=bucket, Key="missing")
            found.append(refused.value.response["Error"]["Code"])
    return found


def s3_of_role(aws: Aws, bucket: str, *actions: str) -> Any:
    """A client that may do this with the bucket and its objects."""
    return aws.client_of_role("s3", *actions, on=[f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"])


@shows("object-signatures", right=[200, 400, 400])
def follow_signed_urls(aws: Aws) -> list[int]:
    """With signatures of versions 4 and 2, and an altered one of version 2."""
    bucket = unique("bucket")
    aws.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    aws.client("s3").put_object(Bucket=bucket, Key="a", Body=b"a")
    aws.client("s3").put_object(Bucket=bucket, Key="b", Body=b"b")

    def signed(version: str) -> str:
        session = boto3.Session("test", "test", region_name="us-west-2")
        s3: Any = session.client("s3", endpoint_url=aws.endpoint, config=Config(signature_version=version))
        url: str = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a"})
        return url.removeprefix(aws.endpoint)

    urls = signed("s3v4"), signed("s3"), signed("s3").replace(f"{bucket}/a", f"{bucket}/b")
    return [aws.call("GET", url).status for url in urls]


@shows("state-machine-yaml", right="SUCCEEDED")
def run_a_machine_defined_in_yaml(aws: Aws) -> object:
    bucket, stack = unique("bucket"), unique("machine")
    s3, steps = aws.client("s3"), aws.client("stepfunctions")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    s3.put_object(Bucket=bucket, Key="pass.yaml", Body=b"StartAt: Done\nStates:\n  Done: {Type: Succeed}  # at once\n")
    role = "arn:aws:iam::000000000000:role/machine"
    properties = {"RoleArn": role, "DefinitionS3Location": {"Bucket": bucket, "Key": "pass.yaml"}}
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    aws.deploy(stack, template({"Machine": machine}, Arn={"Ref": "Machine"}))
    started = steps.start_execution(stateMachineArn=aws.outputs(stack)["Arn"])["executionArn"]

    def status() -> str | None:
        found: str = steps.describe_execution(executionArn=started)["status"]
        return None if found == "RUNNING" else found

    return eventually(status)


@shows("queue-batches", right=["AccessDenied", None])
def batch_needs_the_permission_for_one_message(aws: Aws) -> list[str | None]:
    queue = aws.client("sqs").create_queue(QueueName=unique("batches"))["QueueUrl"]
    arn = aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    found: list[str | None] = []
    for action in ("sqs:ReceiveMessage", "sqs:SendMessage"):
        try:
            sqs = aws.client_of_role("sqs", action, on=[arn])
            sqs.send_message_batch(QueueUrl=queue, Entries=[{"Id": "1", "MessageBody": "one"}])
            found.append(None)
        except ClientError as error:
            found.append(error.response["Error"]["Code"])
    return found


@shows("topic-batches", right=["AuthorizationError", None])
def batch_is_published_with_the_permission_for_one_message(aws: Aws) -> list[str | None]:
    topic = aws.client("sns").create_topic(Name=unique("batches"))["TopicArn"]
    found: list[str | None] = []
    for action in ("sns:GetTopicAttributes", "sns:Publish"):
        try:
            sns = aws.client_of_role("sns", action, on=[topic])
            sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[{"Id": "1", "Message": "one"}])
            found.append(None)
        except ClientError as error:
            found.append(error.response["Error"]["Code"])
    return found
