"""An author who says what a test wants."""

from collections.abc import Callable, Generator

from personalization.agent.domain.agent import Prompt, Reply
from personalization.memory.domain.learning import Learned
from shared.models.model import Usage
from shared.resilience.deadline import Deadline

USAGE = Usage(210, 45)


def replying(*used: str, learned: Learned | None = None) -> Reply:
    return Reply("You gave GBP 10.", used, learned or Learned(), USAGE)


class FakeAuthor:
    """Replies the same to every prompt, after doing what a test wants to happen meanwhile.

    Where it speaks, that happens after the first word.
    """

    def __init__(self, reply: Reply | None = None, meanwhile: Callable[[], object] = lambda: None) -> None:
        self._reply, self._meanwhile = reply or replying(), meanwhile
        self.prompts: list[Prompt] = []
        self.is_speaking = False

    def reply(self, prompt: Prompt, deadline: Deadline) -> Reply:
        assert deadline.remaining_seconds > 0
        self.prompts.append(prompt)
        self._meanwhile()
        return self._reply

    def speak(self, prompt: Prompt, deadline: Deadline) -> Generator[str | Reply]:
        assert deadline.remaining_seconds > 0
        self.prompts.append(prompt)
        self.is_speaking = True
        try:
            first, *others = self._reply.content.split(" ")
            yield first
            self._meanwhile()
            yield from (f" {word}" for word in others)
            yield self._reply
        finally:
            self.is_speaking = False
