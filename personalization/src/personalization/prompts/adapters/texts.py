"""The texts of prompts in S3: an object for each prompt, `{projectId}/{promptId}.txt`, and a version for each text."""

from collections.abc import Iterator, Sequence

from personalization.prompts.domain.sweeping import KeptText
from shared.s3.buckets import Bucket, ObjectVersion


class S3Texts:
    def __init__(self, bucket: str) -> None:
        self._bucket = Bucket(bucket)

    def keep(self, project_id: str, prompt_id: str, text: str) -> str:
        """One PutObject."""
        return self._bucket.put(_key(project_id, prompt_id), text.encode(), "text/plain; charset=utf-8")

    def read(self, project_id: str, prompt_id: str, text_id: str) -> str:
        """One GetObject. Raises LookupError where it is gone, although a version points at it."""
        content = self._bucket.get(_key(project_id, prompt_id), text_id)
        if content is None:
            raise LookupError(f"no text {text_id} of prompt {prompt_id}")
        return content.decode()

    def clear(self, project_id: str, prompt_id: str) -> None:
        """A ListObjectVersions, and a DeleteObject for each text."""
        self._bucket.delete(list(self._bucket.versions(_key(project_id, prompt_id))))

    def clear_project(self, project_id: str) -> None:
        self._bucket.delete(list(self._bucket.versions(f"{project_id}/")))

    def kept(self, project_id: str | None = None) -> Iterator[KeptText]:
        for version in self._bucket.versions(f"{project_id}/" if project_id else ""):
            owner, slash, name = version.key.partition("/")
            if slash and name.endswith(".txt"):
                yield KeptText(owner, name.removesuffix(".txt"), version.version_id, version.written_at)

    def remove(self, texts: Sequence[KeptText]) -> None:
        self._bucket.delete(
            [ObjectVersion(_key(text.project_id, text.prompt_id), text.text_id, text.kept_at) for text in texts]
        )


def _key(project_id: str, prompt_id: str) -> str:
    return f"{project_id}/{prompt_id}.txt"
