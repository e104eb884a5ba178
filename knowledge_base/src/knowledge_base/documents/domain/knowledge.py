"""The knowledge base, as this feature needs it: jobs that ingest the bucket, one at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from knowledge_base.documents.domain.syncs import Counts


class JobState(StrEnum):
    RUNNING = "running"
    STOPPING = "stopping"
    COMPLETE = "complete"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """`reason` is why it failed."""

    job_id: str
    state: JobState
    started_at: datetime
    counts: Counts
    reason: str | None = None

    @property
    def has_ended(self) -> bool:
        return self.state in {JobState.COMPLETE, JobState.FAILED}


class Busy(Exception):
    """Another job is running: nothing was started."""


class Refused(Exception):
    """The knowledge base starts no job like this; the text is its own, for staff."""


class KnowledgeBase(Protocol):
    """Every method raises Unavailable where it is out of reach or throttles us."""

    def start(self, token: str) -> str:
        """The id of the job that ingests the bucket as it is from now on; for a while, that of the same token.

        Raises Busy; Refused.
        """
        ...

    def started_by(self, token: str) -> str | None:
        """The id of the job that was started under the token, among the newest."""
        ...

    def job(self, job_id: str) -> Job | None: ...

    def stop(self, job_id: str) -> None:
        """It may have ended."""
        ...

    def indexed(self) -> Mapping[str, str | None]:
        """Why a document is not indexed, or None if it is, for each that the knowledge base has, by its key."""
        ...
