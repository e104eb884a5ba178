"""A key that is given to the platform reaches every table, however deep it is nested."""

from release.project import ROOT
from tests.release.rendering import ROOT_STACK, Stack, stacks

_KEY = "arn:aws:kms:us-west-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def test_every_table_is_encrypted_with_it() -> None:
    platform = Stack(ROOT_STACK, ROOT / "template.yaml", {"TableKey": _KEY})

    keys = {
        f"{stack.file.parent.name}/{stack.file.stem}/{name}": table["SSESpecification"].get("KMSMasterKeyId")
        for stack in stacks(platform)
        for name, table in stack.resources("AWS::DynamoDB::Table")
    }

    assert keys
    assert not {name for name, key in keys.items() if key != _KEY}
