"""Documents, syncs, bucket, queue and knowledge base in memory."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta

from knowledge_base.documents.domain.documents import Document, DocumentFile, DocumentPage, DocumentState, RecordChanged
from knowledge_base.documents.domain.files import WantedDocument
from knowledge_base.documents.domain.knowledge import Busy, Job, JobState, Refused
from knowledge_base.documents.domain.syncs import Counts, Slots, SlotsChanged, Sync
from shared.errors import Unavailable
from shared.idempotency.claims import translated_refusals
from shared.persistence.unit_of_work import Write, WriteRefused
from shared.s3.upload_form import UploadForm
from tests.shared.persistence.fake_transactions import committed, step


class FakeDocuments:
    def __init__(self, *documents: Document) -> None:
        self.by_id = {document.document_id: document for document in documents}

    def all(self) -> tuple[Document, ...]:
        return tuple(self.by_id.values())

    def find(self, document_id: str) -> Document | None:
        return self.by_id.get(document_id)

    def find_many(self, document_ids: Sequence[str]) -> Mapping[str, Document]:
        return {each: self.by_id[each] for each in document_ids if each in self.by_id}

    def listed(self, states: Collection[DocumentState], after: str | None, limit: int) -> DocumentPage:
        found = sorted((each for each in self.by_id.values() if each.state in states), key=lambda each: each.name)
        rest = [each for each in found if after is None or each.name > after]
        return DocumentPage(rest[:limit], rest[limit - 1].name if len(rest) > limit else None)

    def save(self, document: Document) -> Document:
        present = self.by_id.get(document.document_id)
        if (present.revision if present else 0) != document.revision:
            raise RecordChanged
        self.by_id[document.document_id] = saved = replace(document, revision=document.revision + 1)
        return saved


class FakeSyncs:
    def __init__(self) -> None:
        self.present, self.past = Slots(), list[Sync]()

    def slots(self) -> Slots:
        return self.present

    def save(self, slots: Slots, ended: Sync | None = None, record: Write | None = None) -> Slots:
        def write() -> None:
            self.present = Slots(_kept(slots.running), _kept(slots.waiting), slots.revision + 1)
            self.past += [each for each in [_kept(ended)] if each]

        saving = step("slots", lambda: slots.revision == self.present.revision, write)
        try:
            with translated_refusals():
                committed(saving, *filter(None, [record]))
        except WriteRefused as error:
            raise SlotsChanged from error
        return replace(slots, revision=slots.revision + 1)

    def ended(self, after: str | None, limit: int) -> tuple[Sync, ...]:
        older = [each for each in self.past if after is None or each.sync_id < after]
        return tuple(sorted(older, key=lambda sync: sync.sync_id, reverse=True)[:limit])


def _kept(sync: Sync | None) -> Sync | None:
    """Times are kept to the millisecond."""
    if sync is None:
        return None
    values = {each.name: getattr(sync, each.name) for each in fields(sync)}
    times = {name: value for name, value in values.items() if isinstance(value, datetime)}
    return replace(sync, **{name: at.replace(microsecond=at.microsecond // 1000 * 1000) for name, at in times.items()})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Message:
    """`sync_id` is None for events of S3 and whatever else has the function look at the bucket."""

    sync_id: str | None
    sent_at: datetime
    due_at: datetime


class FakeMessages:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock, self.queue = clock, list[Message]()

    def follow(self) -> None:
        self._send(None, 0)

    def follow_later(self) -> None:
        self._send(None, 60)

    def look_after(self, sync_id: str, seconds: int) -> None:
        self._send(sync_id, seconds)

    def _send(self, sync_id: str | None, seconds: int) -> None:
        now = self._clock()
        self.queue.append(Message(sync_id, now, now + timedelta(seconds=seconds)))


class FakeFiles:
    """Versions of each key, the newest last; None is a delete marker."""

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        self._changed, self._made = changed, 0
        self.versions: dict[str, list[tuple[str, str | None]]] = {}

    def put(self, key: str, content: str | None) -> None:
        self._made += 1
        self.versions.setdefault(key, []).append((f"v{self._made}", content))
        self._changed()

    @property
    def contents(self) -> dict[str, str]:
        return {key: kept[-1][1] for key, kept in self.versions.items() if kept and kept[-1][1] is not None}

    def form(self, wanted: WantedDocument, expires_in_seconds: int) -> UploadForm:
        fields = {"key": wanted.name, "Content-Type": wanted.content_type.value, "valid": str(expires_in_seconds)}
        return UploadForm("https://documents.example.org", fields)

    def current(self) -> Mapping[str, DocumentFile]:
        return {
            key: DocumentFile(key, self.versions[key][-1][0], f"etag of {content}", len(content))
            for key, content in self.contents.items()
        }

    def current_version(self, key: str) -> str | None:
        return self.versions[key][-1][0] if key in self.contents else None

    def hide(self, key: str) -> None:
        self.put(key, None)

    def purge(self, key: str) -> None:
        if key not in self.contents:
            self.versions[key] = [version for version in self.versions.get(key, []) if version[1] is None]
            self._changed()


@dataclass
class FakeJob:
    token: str
    started_at: datetime
    scans_at: datetime
    ends_at: datetime
    state: JobState = JobState.RUNNING
    has_scanned: bool = False


@dataclass
class FakeKnowledgeBase:
    """`troubles` are what happens to the next starts: throttled, refused, a foreign job, a job that fails or hangs."""

    clock: Callable[[], datetime]
    files: FakeFiles
    lasts: timedelta = timedelta(seconds=20)
    jobs: list[FakeJob] = field(default_factory=list)
    contents: dict[str, str] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    kept: dict[str, str] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    forgets_tokens: bool = False
    starts: list[datetime] = field(default_factory=list)

    def start(self, token: str) -> str:
        self.pass_time()
        self.starts.append(self.clock())
        for number, job in enumerate(self.jobs):
            if job.token == token and not self.forgets_tokens:
                return str(number)
        if any(job.state in {JobState.RUNNING, JobState.STOPPING} for job in self.jobs):
            raise Busy
        trouble, now = self.troubles.pop(0) if self.troubles else "", self.clock()
        if trouble == "throttled":
            raise Unavailable("throttled")
        if trouble == "refused":
            raise Refused("The bucket is too large.")
        ends_at = now + (timedelta(days=9) if trouble == "hangs" else self.lasts)
        if trouble == "foreign":
            self.jobs.append(FakeJob("by hand", now, now + self.lasts / 2, ends_at))
            raise Busy
        self.jobs.append(FakeJob(token, now, now + self.lasts / 2, ends_at))
        if trouble == "fails":
            self.jobs[-1].state = JobState.FAILED
        return str(len(self.jobs) - 1)

    def started_by(self, token: str) -> str | None:
        return next((str(number) for number, job in enumerate(self.jobs) if job.token == token), None)

    def job(self, job_id: str) -> Job | None:
        self.pass_time()
        job = self.jobs[int(job_id)]
        reason = "It broke." if job.state is JobState.FAILED else None
        return Job(job_id, job.state, job.started_at, Counts(scanned=len(self.contents)), reason)

    def stop(self, job_id: str) -> None:
        self.jobs[int(job_id)].state = JobState.STOPPING

    def indexed(self) -> Mapping[str, str | None]:
        self.pass_time()
        return {key: "It cannot be read." if key in self.unreadable else None for key in self.contents}

    def pass_time(self) -> None:
        """Let the jobs do what they have done by now."""
        now = self.clock()
        for job in self.jobs:
            if job.state is JobState.STOPPING:
                job.state = JobState.FAILED
            if (
                job.state is JobState.RUNNING
                and not job.has_scanned
                and now >= job.scans_at
                and job.ends_at - now < timedelta(days=1)
            ):
                job.has_scanned, self.contents = True, self.kept | self.files.contents
            if job.state is JobState.RUNNING and now >= job.ends_at:
                job.state = JobState.COMPLETE
