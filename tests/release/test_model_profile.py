"""Which inference profile the root template derives from the region."""

import tomllib
from pathlib import Path

import pytest
from samcli.yamlhelper import yaml_parse

from local.model.capabilities import find_model

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = yaml_parse((ROOT / "template.yaml").read_text())
SETTINGS = tomllib.loads((ROOT / "samconfig.toml").read_text())
REGIONS = TEMPLATE["Mappings"]["Region"]


@pytest.mark.parametrize("environment", ["local", "dev", "staging", "prod"])
def test_model_can_be_called_from_the_region_of_every_environment(environment: str) -> None:
    assert SETTINGS[environment]["global"]["parameters"]["region"] in REGIONS


@pytest.mark.parametrize("geography", sorted({each["Geography"] for each in REGIONS.values()}))
def test_bedrock_has_the_default_model_s_profile_in_every_geography(geography: str) -> None:
    model = TEMPLATE["Parameters"]["Model"]["Default"]

    assert find_model(f"{geography}.{model}").id == model


@pytest.mark.parametrize(
    ("region", "geography"),
    [
        ("us-west-2", "us"),
        ("eu-west-2", "eu"),
        ("ap-northeast-1", "jp"),
        ("ap-southeast-2", "au"),
        ("ap-south-1", "global"),
    ],
)
def test_profile_keeps_answers_in_the_region_s_geography(region: str, geography: str) -> None:
    assert REGIONS[region]["Geography"] == geography
