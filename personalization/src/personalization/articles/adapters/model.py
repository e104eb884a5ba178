"""Asks a language model what an article's prompt says."""

from collections.abc import Callable, Iterator

from personalization.articles.domain.prompting import ArticlePrompt
from shared.models.model import Inference, Message, ModelAnswer, ModelBusy, ModelRequest, RetryingModel, Usage
from shared.models.transcripts import repaired
from shared.resilience.deadline import Deadline

_STREAM_SECONDS = 115.0  # a worker ends its run at 120


class ArticleWriter:
    """An ArticleModel. `BedrockModel` leaves out the parameters that the model does not accept."""

    def __init__(self, model: RetryingModel, deadline: Callable[[float], Deadline] = Deadline) -> None:
        self._model, self._deadline = model, deadline

    def stream(self, prompt: ArticlePrompt) -> Iterator[str | Usage]:
        pieces = self._model.stream(_request(prompt), self._deadline(_STREAM_SECONDS))
        try:
            for piece in pieces:
                yield piece.usage if isinstance(piece, ModelAnswer) else piece
        finally:
            pieces.close()

    def ask(self, prompt: ArticlePrompt, deadline: Deadline) -> tuple[str, Usage]:
        answer = self._model.converse(_request(prompt), deadline)
        if not answer.text.strip():
            raise ModelBusy  # an answer without words helps nobody
        return answer.text, answer.usage


def _request(prompt: ArticlePrompt) -> ModelRequest:
    parameters = prompt.parameters
    return ModelRequest(
        system=prompt.system,
        messages=repaired(Message(role, text) for role, text in prompt.messages),
        inference=Inference(parameters.max_tokens, parameters.temperature, parameters.top_p),
    )
