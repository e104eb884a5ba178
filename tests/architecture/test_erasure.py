"""Everything that keeps data has a row in docs/erasure.md: what it has of a person, and what an erasure does."""

import re
from collections import Counter

from samcli.yamlhelper import yaml_parse

from local.workspace import ROOT

_KEEP = {"AWS::DynamoDB::Table", "AWS::RDS::DBInstance", "AWS::S3::Bucket"}
_ROW = re.compile(r"^\| `([\w/.]+)` (\w+) \| (.+) \| (.*)\|$", re.MULTILINE)
_FOLDERS = "identity", "personalization", "commerce", "communications", "knowledge_base", "gateway"
_OF_THE_ACCOUNT = {("identity/trail.yaml", "TrailBucket")}  # CloudTrail's own log, which is kept as a whole


def kept() -> set[tuple[str, str]]:
    found = set()
    for file in [ROOT / "template.yaml", *(file for folder in _FOLDERS for file in (ROOT / folder).glob("*.yaml"))]:
        for name, resource in (yaml_parse(file.read_text()).get("Resources") or {}).items():
            if resource["Type"] in _KEEP:
                found.add((str(file.relative_to(ROOT)), name))
    return found - _OF_THE_ACCOUNT


def test_whatever_keeps_data_says_what_becomes_of_it_in_an_erasure() -> None:
    rows = _ROW.findall((ROOT / "docs" / "erasure.md").read_text())

    assert Counter((file, name) for file, name, *_ in rows) == Counter(kept())
    for file, name, has, does in rows:
        assert (has == "nothing") is (does.strip() == ""), f"{file} {name}: what becomes of it?"
