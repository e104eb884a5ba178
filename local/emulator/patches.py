"""Every patch of the emulator, in the order in which they are applied, and why it is there.

tests/contracts/emulator/test_patches.py shows for each that MiniStack still needs it.
"""

from collections.abc import Callable, Collection
from typing import NamedTuple

from local.emulator import (
    api_urls,
    cognito_triggers,
    event_rules,
    event_sources,
    forked_workers,
    http_api,
    lambda_workers,
    nested_stacks,
    references,
    rest_import,
    rest_logs,
    rest_requests,
    signatures,
    sockets,
    state_machines,
    tables,
    transport,
)


class Patch(NamedTuple):
    """A change to MiniStack that takes effect when it is called."""

    apply: Callable[[], None]
    why: str


PATCHES: dict[str, Patch] = {
    "nested-transform": Patch(
        nested_stacks.transform_children,
        "a context is a nested SAM application",
    ),
    "sam-parameters": Patch(
        nested_stacks.hand_parameters_to_sam,
        "a digest that a parameter carries makes a new version of a function",
    ),
    "nested-exports": Patch(
        nested_stacks.register_exports_of_children,
        "Fn::ImportValue finds what a child exports",
    ),
    "nested-attributes": Patch(
        nested_stacks.keep_attributes_on_update,
        "a second deployment of a context would roll back",
    ),
    "nested-names": Patch(
        nested_stacks.keep_names_on_update,
        "a second deployment of a context would lose what its tables hold",
    ),
    "nested-secrets": Patch(
        nested_stacks.resolve_secrets_in_children,
        "a context reads secrets by dynamic reference",
    ),
    "references": Patch(
        references.refuse_dangling_references,
        "a template with a slip is refused here, and not first on AWS",
    ),
    "rest-body": Patch(
        rest_import.import_whole_body,
        "the gateway validates requests, shapes its errors and answers CORS preflights",
    ),
    "rest-id": Patch(
        rest_import.keep_id_on_update,
        "an API keeps its URL when a route is added",
    ),
    "rest-explanations": Patch(
        rest_requests.explain_invalid_requests,
        "a 400 says what is wrong with the body",
    ),
    "rest-token-use": Patch(
        rest_requests.accept_only_id_tokens_without_scopes,
        "a route without scopes would accept an access token here, and nowhere else",
    ),
    "rest-size-limits": Patch(
        rest_requests.refuse_large_requests,
        "413 for what API Gateway or Lambda would not take",
    ),
    "rest-failures": Patch(
        rest_requests.answer_failures_as_gateway_response,
        "a failing function is answered in the shape of all other errors",
    ),
    "rest-time-limit": Patch(
        rest_requests.end_slow_integrations,
        "a request ends after 29 seconds",
    ),
    "rest-request-id": Patch(
        rest_logs.name_requests_once,
        "the id in an error, in the access log and in the function's log is the same",
    ),
    "rest-access-logs": Patch(
        rest_logs.write_access_logs,
        "access logs are written",
    ),
    "http-body": Patch(
        http_api.import_body,
        "an HTTP API has routes at all",
    ),
    "socket-messages": Patch(
        sockets.deliver_messages_side_by_side,
        "nobody relies on the order of messages, or on what a function returns",
    ),
    "socket-message-size": Patch(
        sockets.close_on_large_messages,
        "a client that sends too much loses its connection",
    ),
    "socket-post-size": Patch(
        sockets.refuse_large_posts,
        "a function cannot send more than 128 KB at once",
    ),
    "function-api-urls": Patch(
        api_urls.lead_functions_to_local_apis,
        "a function sends to sockets by the same URL as on AWS",
    ),
    "loopback-transport": Patch(
        transport.count_loopback_as_encrypted,
        "a bucket's policy may refuse plain HTTP",
    ),
    "object-signatures": Patch(
        signatures.refuse_old_signatures,
        "a signed URL is for one request, and ends",
    ),
    "state-machine-yaml": Patch(
        state_machines.read_definitions_in_yaml,
        "a state machine's definition has comments",
    ),
    "table-ttl": Patch(
        tables.apply_time_to_live,
        "items expire",
    ),
    "table-streams": Patch(
        tables.keep_streams_over_a_restart,
        "what changes after a restart still becomes an event",
    ),
    "lambda-nagle": Patch(
        lambda_workers.send_answers_at_once,
        "40 ms less for each invocation",
    ),
    "lambda-log-wait": Patch(
        lambda_workers.wait_less_for_logs,
        "40 ms less for each invocation that logs nothing",
    ),
    "lambda-starts": Patch(
        lambda_workers.start_workers_in_turn,
        "a hundred conversations at once are served within seconds",
    ),
    "lambda-forks": Patch(
        forked_workers.fork_workers,
        "a cold function with the SDK costs 60 ms of CPU instead of 600",
    ),
    "queue-concurrency": Patch(
        event_sources.let_mappings_grow,
        "the sixth conversation doesn't wait for the first",
    ),
    "cognito-verified": Patch(
        cognito_triggers.verify_confirmed_addresses,
        "a confirmed sign-up has a verified address",
    ),
    "cognito-post-confirmation": Patch(
        cognito_triggers.run_post_confirmation,
        "a confirmed sign-up becomes an event for the contexts",
    ),
    "event-retries": Patch(
        event_rules.retry_functions,
        "an event that a function could not handle is tried again, and not lost",
    ),
}


def apply_patches(without: Collection[str] = ()) -> None:
    """Apply all patches but the named ones."""
    if unknown := set(without) - PATCHES.keys():
        raise ValueError(f"no such patches: {', '.join(sorted(unknown))}")
    for name, patch in PATCHES.items():
        if name not in without:
            patch.apply()
