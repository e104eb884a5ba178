""".github/workflows/deploy.yml builds once, and every environment gets that build and a smoke test."""

from typing import Any

from samcli.yamlhelper import yaml_parse

from release.project import ROOT

JOBS = yaml_parse((ROOT / ".github/workflows/deploy.yml").read_text())["jobs"]
STAGES = ["dev", "staging", "prod"]


def commands(job: str) -> list[str]:
    return [step["run"] for step in JOBS[job].get("steps", []) if "run" in step]


def test_only_one_job_builds() -> None:
    assert [job for job in JOBS if "make build" in commands(job)] == ["build"]
    assert not [job for job in JOBS for command in commands(job) if command.startswith("make deploy")]


def test_each_environment_waits_for_the_one_before() -> None:
    assert [JOBS[stage]["needs"] for stage in STAGES] == ["build", "dev", "staging"]
    assert [JOBS[stage]["environment"] for stage in STAGES] == STAGES
    assert [JOBS[stage]["env"]["ENV"] for stage in STAGES] == STAGES


def test_every_environment_gets_the_build_and_then_a_smoke_test() -> None:
    for stage in STAGES:
        assert commands(stage)[-2:] == ['make promote ENV="$ENV"', 'make smoke ENV="$ENV"']
        assert "tar --extract --file build.tar" in commands(stage)
        assert [step["with"]["name"] for step in JOBS[stage]["steps"] if "download-artifact" in uses(step)] == ["build"]
    assert [step["with"]["name"] for step in JOBS["build"]["steps"] if "upload-artifact" in uses(step)] == ["build"]


def uses(step: dict[str, Any]) -> str:
    return str(step.get("uses", ""))
