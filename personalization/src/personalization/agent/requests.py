"""What clients ask the agent."""

from typing import Annotated

from pydantic import AfterValidator, Field

from personalization.agent.domain.conversation import Question
from shared.auth.callers import Caller
from shared.http.fields import Body, SessionId, UserId, written


class AskAgent(Body):
    MAX_BODY_BYTES = 100 * 1024  # 8,000 characters, each escaped as a pair of surrogates

    user_id: UserId
    input: Annotated[str, Field(min_length=1, max_length=8000), AfterValidator(written)]
    session_id: SessionId

    def to_question(self, caller: Caller) -> Question:
        return Question(self.user_id, self.session_id, self.input, requested_by=caller.user_id)
