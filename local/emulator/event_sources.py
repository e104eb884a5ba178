"""Event source mappings: how many batches of a queue are processed concurrently."""

from ministack.services import lambda_svc

from local.emulator.provisioning import Json, after_deploy

MAX_CONCURRENT_BATCHES = 50


def raise_queue_concurrency() -> None:
    """Without a MaximumConcurrency, process up to 50 batches concurrently instead of 5 (AWS: up to 1250)."""
    lambda_svc._ESM_SQS_DEFAULT_CONCURRENCY = MAX_CONCURRENT_BATCHES


def read_numbers() -> None:
    """Take bounds that are parameters of a template, whose values are texts, as numbers, as CloudFormation does."""

    def convert(mapping_id: str, properties: Json, _: Json) -> None:
        mapping = lambda_svc._esms[mapping_id]
        scaling = properties.get("ScalingConfig", {})
        if "MaximumConcurrency" in scaling:
            mapping["ScalingConfig"] = scaling | {"MaximumConcurrency": int(scaling["MaximumConcurrency"])}
        if "ParallelizationFactor" in properties:
            mapping["ParallelizationFactor"] = int(properties["ParallelizationFactor"])

    after_deploy("AWS::Lambda::EventSourceMapping", convert)
