"""The parameters that `sam deploy` is called with: an environment's in samconfig.toml, and the digest of each context.

An alias points at a published version of its function, and SAM publishes a new one only where the function's code or
its own properties have changed in the template: not for another layer, nor for another value of a parameter. So each
function with an alias has a digest as its AutoPublishCodeSha256. It covers whatever its version is made of: the
context's folder, the layers that it has, what all contexts share, and the parameters of the environment.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from release.project import ROOT, contexts

# The root template hands the contexts what they are made with.
_SHARED = ("template.yaml", "gateway")


def parameters(environment: str, *more: str, root: Path = ROOT) -> list[str]:
    """Each as Name=value; `more` are parameters that samconfig.toml cannot know."""
    settings = tomllib.loads((root / "samconfig.toml").read_text())
    if environment not in settings:
        raise ValueError(f"samconfig.toml has no environment {environment}")
    given: list[str] = [*settings[environment]["global"]["parameters"]["parameter_overrides"], *more]
    return [*given, *(f"{name}={digest}" for name, digest in digests(given, root).items())]


def digests(given: Sequence[str], root: Path = ROOT) -> dict[str, str]:
    """64 hexadecimal digits for each parameter that carries a context's digest: PersonalizationDigest → …"""
    return {
        context.digest_parameter: _digest([context.folder, *context.layers, *_SHARED], given, root)
        for context in contexts(root)
    }


def _digest(sources: Iterable[str], given: Sequence[str], root: Path) -> str:
    digest = hashlib.sha256()
    for text in sorted(given):
        digest.update(text.encode() + b"\0")
    for file in sorted(_files(sources, root)):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _files(sources: Iterable[str], root: Path) -> Iterator[Path]:
    for name in sources:
        path = root / name
        if path.is_file():
            yield path
        yield from (file for file in path.rglob("*") if file.is_file() and _is_deployed(file))


def _is_deployed(file: Path) -> bool:
    return "__pycache__" not in file.parts and file.name != "README.md"
