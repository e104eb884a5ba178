"""The models that the stand-in emulates, and what each of them refuses.

Sources, as of November 2026: Bedrock's model cards and lifecycle page, Anthropic's migration guides, and public issues.
Two things are less certain than the rest: whether Claude 5.5 accepts a JSON schema through Bedrock, and its limits,
which are assumed to be those of Claude 5.
"""

import re
from dataclasses import dataclass
from enum import Enum

from local.model.errors import ModelRefusal, ResourceNotFoundException, ValidationException
from local.model.prompt import Prompt


class Sampling(Enum):
    FREE = "temperature and top_p"
    ONE = "temperature or top_p"
    NONE = "neither: temperature may only be 1"


@dataclass(frozen=True)
class Model:
    """Limits are in tokens. `profile_only`: on-demand calls need an inference profile (us., eu., apac., global. …)."""

    id: str
    max_output: int
    context_window: int
    sampling: Sampling = Sampling.FREE
    profile_only: bool = True
    prefill: bool = True
    json_schema: bool = False
    forced_tools: bool = True
    embeds: bool = False


def _claude_4(model_id: str, max_output: int) -> Model:
    return Model(f"anthropic.claude-{model_id}", max_output, 200_000, Sampling.ONE, json_schema=True)


def _claude_4_6(model_id: str) -> Model:
    return Model(f"anthropic.claude-{model_id}", 128_000, 1_000_000, Sampling.ONE, prefill=False, json_schema=True)


def _claude_5(model_id: str, *, forced_tools: bool = True) -> Model:
    return Model(
        f"anthropic.claude-{model_id}",
        128_000,
        1_000_000,
        Sampling.NONE,
        prefill=False,
        forced_tools=forced_tools,
    )


MODELS = {
    model.id: model
    for model in (
        _claude_4("opus-4-1-20250805-v1:0", 32_000),
        _claude_4("sonnet-4-5-20250929-v1:0", 64_000),
        _claude_4("haiku-4-5-20251001-v1:0", 64_000),
        _claude_4("opus-4-5-20251101-v1:0", 64_000),
        _claude_4_6("opus-4-6-v1"),
        _claude_4_6("sonnet-4-6"),
        _claude_5("opus-4-7"),
        _claude_5("opus-4-8"),
        _claude_5("sonnet-5"),
        _claude_5("opus-5"),
        _claude_5("fable-5"),
        _claude_5("fable-5-1", forced_tools=False),
        _claude_5("opus-5-5", forced_tools=False),
        _claude_5("sonnet-5-5", forced_tools=False),
        _claude_5("haiku-5-5"),
        Model("amazon.nova-micro-v1:0", 10_000, 128_000, profile_only=False),
        Model("amazon.nova-lite-v1:0", 10_000, 300_000, profile_only=False),
        Model("amazon.nova-pro-v1:0", 10_000, 300_000, profile_only=False),
        Model("amazon.nova-2-lite-v1:0", 64_000, 1_000_000),
        Model("amazon.titan-embed-text-v2:0", 0, 8_192, profile_only=False, embeds=True),
    )
}

END_OF_LIFE = {
    "anthropic.claude-instant-v1",
    "anthropic.claude-v2",
    "anthropic.claude-v2:1",
    "anthropic.claude-3-sonnet-20240229-v1:0",
    "anthropic.claude-3-opus-20240229-v1:0",
    "anthropic.claude-3-haiku-20240307-v1:0",
    "anthropic.claude-3-5-sonnet-20240620-v1:0",
    "anthropic.claude-3-5-sonnet-20241022-v2:0",
    "anthropic.claude-3-5-haiku-20241022-v1:0",
    "anthropic.claude-3-7-sonnet-20250219-v1:0",
    "anthropic.claude-opus-4-20250514-v1:0",
    "anthropic.claude-sonnet-4-20250514-v1:0",
}

_ARN = re.compile(r"arn:aws[^:]*:bedrock:[a-z0-9-]*:\d*:(foundation-model|inference-profile)/(.+)")
_PROFILE = re.compile(r"(?:us|us-gov|eu|apac|jp|au|ca|global)\.(.+)")


def find_model(identifier: str) -> Model:
    """Find a model by its id, an inference profile's id, or the ARN of either; raises Bedrock's errors."""
    arn = _ARN.fullmatch(identifier)
    profile = _PROFILE.fullmatch(arn[2] if arn else identifier)
    model_id = profile[1] if profile else arn[2] if arn else identifier
    if model_id in END_OF_LIFE:
        raise ResourceNotFoundException(
            "This model version has reached the end of its life. Please refer to the AWS documentation for more "
            "details."
        )
    model = MODELS.get(model_id)
    if model is None or (profile and model.embeds):
        raise ValidationException("The provided model identifier is invalid.")
    if model.profile_only and not profile:
        raise ValidationException(
            f"Invocation of model ID {model_id} with on-demand throughput isn’t supported. Retry your request with "
            "the ID or ARN of an inference profile that contains this model."
        )
    return model


def check_capabilities(model: Model, prompt: Prompt, *, top_k: object = None) -> None:
    """Raise ModelRefusal for what this model does not support."""
    if model.sampling is Sampling.ONE and prompt.temperature is not None and prompt.top_p is not None:
        raise ModelRefusal("`temperature` and `top_p` cannot both be specified for this model. Please use only one.")
    if model.sampling is Sampling.NONE:
        given = {"temperature": prompt.temperature not in {None, 1}, "top_p": prompt.top_p is not None}
        given["top_k"] = top_k is not None
        for name in (name for name, is_given in given.items() if is_given):
            raise ModelRefusal(f"`{name}` is deprecated for this model.")
    if prompt.turns[-1].role == "assistant" and not model.prefill:
        raise ModelRefusal(
            "This model does not support assistant message prefill. The conversation must end with a user message."
        )
    if prompt.output_schema is not None and not model.json_schema:
        raise ModelRefusal("output_config.format: Extra inputs are not permitted")
    if prompt.tool_choice.forces and not model.forced_tools:
        raise ModelRefusal("tool_choice forces tool use is not compatible with this model.")
    tokens = prompt.input_tokens()
    if tokens > model.context_window:
        raise ModelRefusal(f"prompt is too long: {tokens} tokens > {model.context_window} maximum")
