"""Knowledge bases, and the events of the bucket that feeds one."""

import json
from typing import Any

from botocore.exceptions import ClientError

from tests.contracts.emulator.aws import Aws, eventually, unique
from tests.contracts.emulator.knowledge_base import ROLE, TITAN, KnowledgeBase, model_of
from tests.contracts.emulator.scenarios.nested_stacks import template
from tests.contracts.emulator.scenarios.registry import Json, shows

REFUNDS = "We refund whatever you return within thirty days."
HATS = "Money matters little to volunteers who knit hats for premature babies."
QUESTION = "How do I get my money back?"
OWN_KEYS = ["AMAZON_BEDROCK_TEXT", "AMAZON_BEDROCK_METADATA"]


def stack_of_knowledge_base(bucket: str, dimension: str = "512", **index: object) -> Json:
    """As the help desk's template describes it; numbers of parameters are texts."""
    vector = {
        "EmbeddingModelArn": TITAN,
        "EmbeddingModelConfiguration": {"BedrockEmbeddingModelConfiguration": {"Dimensions": "512"}},
    }
    keys = {"MetadataConfiguration": {"NonFilterableMetadataKeys": OWN_KEYS}} | index
    return template(
        {
            "Vectors": {"Type": "AWS::S3Vectors::VectorBucket", "Properties": {}},
            "Index": {
                "Type": "AWS::S3Vectors::Index",
                "Properties": {
                    "VectorBucketArn": {"Fn::GetAtt": "Vectors.VectorBucketArn"},
                    "DataType": "float32",
                    "Dimension": dimension,
                    "DistanceMetric": "cosine",
                    **keys,
                },
            },
            "Base": {
                "Type": "AWS::Bedrock::KnowledgeBase",
                "Properties": {
                    "Name": unique("help"),
                    "RoleArn": ROLE,
                    "KnowledgeBaseConfiguration": {"Type": "VECTOR", "VectorKnowledgeBaseConfiguration": vector},
                    "StorageConfiguration": {
                        "Type": "S3_VECTORS",
                        "S3VectorsConfiguration": {"IndexArn": {"Ref": "Index"}},
                    },
                },
            },
            "Source": {
                "Type": "AWS::Bedrock::DataSource",
                "Properties": {
                    "KnowledgeBaseId": {"Ref": "Base"},
                    "Name": "help",
                    "DataSourceConfiguration": {
                        "Type": "S3",
                        "S3Configuration": {"BucketArn": f"arn:aws:s3:::{bucket}"},
                    },
                    "VectorIngestionConfiguration": {
                        "ChunkingConfiguration": {
                            "ChunkingStrategy": "FIXED_SIZE",
                            "FixedSizeChunkingConfiguration": {"MaxTokens": "40", "OverlapPercentage": "20"},
                        }
                    },
                },
            },
        },
        Base={"Ref": "Base"},
        BaseArn={"Fn::GetAtt": "Base.KnowledgeBaseArn"},
        Source={"Fn::GetAtt": "Source.DataSourceId"},
    )


@shows("knowledge-base-stacks", right=["CREATE_COMPLETE", ["knowledge-base", "ACTIVE", 40]])
def stack_deploys_a_knowledge_base(aws: Aws) -> list[object]:
    stack = unique("help")
    try:
        status = aws.deploy(stack, stack_of_knowledge_base(unique("bucket")))
    except ClientError as error:
        return [str(error)]
    outputs, agent = aws.outputs(stack), aws.client("bedrock-agent")
    base = agent.get_knowledge_base(knowledgeBaseId=outputs["Base"])["knowledgeBase"]
    source = agent.get_data_source(knowledgeBaseId=outputs["Base"], dataSourceId=outputs["Source"])["dataSource"]
    chunking = source["vectorIngestionConfiguration"]["chunkingConfiguration"]["fixedSizeChunkingConfiguration"]
    kind = outputs["BaseArn"].rpartition(":")[2].partition("/")[0]
    return [status, [kind, base["status"], chunking["maxTokens"]]]


@shows("knowledge-base-jobs", right=["STARTING", "STARTING", "ConflictException", {"DocumentsDeleted": 1}])
def jobs_take_time_and_follow_the_bucket(aws: Aws) -> list[object]:
    with model_of(aws):
        base = KnowledgeBase(aws)
        base.put("refunds.md", REFUNDS)
        first = base.start()
        found: list[object] = [first["status"], base.job(first["ingestionJobId"])["status"]]
        try:
            base.start()
        except ClientError as error:
            found.append(error.response["Error"]["Code"])
        base.end(first["ingestionJobId"])
        base.delete("refunds.md")
        return [*found, base.sync()]


@shows("knowledge-base-retrieval", right=["refunds.md", "hats.md"])
def answer_is_found_by_its_meaning(aws: Aws) -> list[str]:
    with model_of(aws):
        base = KnowledgeBase(aws)
        base.put("hats.md", HATS)
        base.put("refunds.md", REFUNDS)
        base.sync()
        return base.keys(QUESTION)


@shows("object-event-versions", right=[["Object Created", True, True, True], ["Object Deleted", True, True, False]])
def events_name_the_version_of_the_object(aws: Aws) -> list[list[object]]:
    s3, sqs, events, name = aws.client("s3"), aws.client("sqs"), aws.client("events"), unique("documents")
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}})
    pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [name]}}}
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])

    def next_event() -> list[Any]:
        messages: list[Any] = sqs.receive_message(QueueUrl=queue).get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in messages]

    found: list[list[object]] = []
    for change in (s3.put_object, s3.delete_object):
        version = change(Bucket=name, Key="page.md")["VersionId"]
        (event,) = eventually(next_event)
        changed = event["detail"]["object"]
        same = changed.get("version-id") == version
        found.append([event["detail-type"], same, "event-version" not in event["detail"], "size" in changed])
    return found
