"""All patches of the emulator in the order in which they are applied, each with the reason for it.

tests/contracts/emulator/test_patches.py shows for each that MiniStack still needs it.
"""

from collections.abc import Callable, Collection
from typing import NamedTuple

from local.emulator import (
    api_urls,
    browsers,
    cognito_addresses,
    cognito_sign_outs,
    cognito_triggers,
    cognito_usernames,
    credentials,
    event_rules,
    event_sources,
    forked_workers,
    http_api,
    lambda_workers,
    mail,
    missing_objects,
    nested_stacks,
    object_events,
    queues,
    references,
    rest_compression,
    rest_import,
    rest_logs,
    rest_requests,
    short_messages,
    signatures,
    sockets,
    state_machines,
    step_executions,
    step_tokens,
    table_streams,
    tables,
    transport,
)
from local.emulator.knowledge_bases import jobs, retrieval, stacks


class Patch(NamedTuple):
    """`apply` changes MiniStack in this process."""

    apply: Callable[[], None]
    why: str


PATCHES: dict[str, Patch] = {
    "root-user": Patch(
        credentials.verify_root_user,
        "nothing happens without the root user's key, and only its owner has it",
    ),
    "keys-of-roles": Patch(
        credentials.make_keys_of_roles_secret,
        "nobody has a function's permissions who knows its name",
    ),
    "own-site": Patch(
        browsers.answer_own_site_only,
        "pages of others cannot read what the local AWS answers",
    ),
    "runtime-api": Patch(
        browsers.hide_runtime_api,
        "pages of others cannot take a function's invocations",
    ),
    "nested-transform": Patch(
        nested_stacks.transform_children,
        "a context is a nested SAM application",
    ),
    "sam-parameters": Patch(
        nested_stacks.pass_parameters_to_sam,
        "a digest that a parameter carries makes a new version of a function",
    ),
    "nested-exports": Patch(
        nested_stacks.register_exports_of_children,
        "Fn::ImportValue finds the exports of a context",
    ),
    "nested-attributes": Patch(
        nested_stacks.keep_attributes_on_update,
        "a second deployment of a context would roll back",
    ),
    "nested-names": Patch(
        nested_stacks.keep_names_on_update,
        "a second deployment of a context would empty its tables",
    ),
    "nested-retention": Patch(
        nested_stacks.retain_in_children,
        "tearing an environment down keeps its tables, as its templates say",
    ),
    "nested-secrets": Patch(
        nested_stacks.resolve_secrets_in_children,
        "a context reads secrets by dynamic reference",
    ),
    "references": Patch(
        references.refuse_dangling_references,
        "a template that refers to something missing is refused here, not first on AWS",
    ),
    "rest-body": Patch(
        rest_import.import_whole_body,
        "the gateway validates requests, answers errors in our format and handles CORS preflights",
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
        "a route without scopes would accept access tokens here, but not on AWS",
    ),
    "rest-size-limits": Patch(
        rest_requests.refuse_large_requests,
        "413 for requests that API Gateway or Lambda would refuse, in API Gateway's own format",
    ),
    "rest-header-names": Patch(
        rest_requests.match_header_names_by_case,
        "a header that only the gateway requires would be missing in every browser's request",
    ),
    "rest-response-headers": Patch(
        rest_requests.rename_response_headers,
        "a client does not get the WWW-Authenticate of a function under that name",
    ),
    "rest-failures": Patch(
        rest_requests.answer_failures_with_gateway_response,
        "the failure of a function is answered in the format of all other errors",
    ),
    "rest-compression": Patch(
        rest_compression.compress_responses,
        "long answers of REST APIs are compressed for whoever accepts that, by the gateway",
    ),
    "rest-time-limit": Patch(
        rest_requests.end_slow_integrations,
        "a request ends after 29 seconds",
    ),
    "rest-request-id": Patch(
        rest_logs.unify_request_ids,
        "errors, access logs and functions' logs name a request by the same id",
    ),
    "rest-access-logs": Patch(
        rest_logs.write_access_logs,
        "access logs are written",
    ),
    "http-body": Patch(
        http_api.import_body,
        "HTTP APIs have routes",
    ),
    "socket-messages": Patch(
        sockets.deliver_messages_concurrently,
        "messages are processed concurrently, and a function's result is not sent to the client",
    ),
    "socket-message-size": Patch(
        sockets.close_on_large_messages,
        "the connection of a client that sends too large a message is closed",
    ),
    "socket-post-size": Patch(
        sockets.refuse_large_posts,
        "a function cannot send messages over 128 KB",
    ),
    "function-api-urls": Patch(
        api_urls.rewrite_api_urls,
        "functions call APIs, such as that of sockets, by the URL that templates give them",
    ),
    "loopback-transport": Patch(
        transport.count_loopback_as_encrypted,
        "a bucket's policy may refuse plain HTTP",
    ),
    "object-signatures": Patch(
        signatures.refuse_old_signatures,
        "a signed URL allows one request, and expires",
    ),
    "missing-objects": Patch(
        missing_objects.tell_only_those_who_may_list,
        "a function that expects a missing object needs s3:ListBucket, or gets 403",
    ),
    "object-event-versions": Patch(
        object_events.name_versions,
        "of two events about an object, the later one is recognised",
    ),
    "knowledge-base-jobs": Patch(
        jobs.run_jobs,
        "documents become searchable, change and go as on AWS, one job at a time",
    ),
    "knowledge-base-retrieval": Patch(
        retrieval.retrieve_by_meaning,
        "a question finds the passage that answers it, also without common words",
    ),
    "knowledge-base-stacks": Patch(
        stacks.deploy_knowledge_bases,
        "the help desk's template deploys its knowledge base",
    ),
    "state-machine-yaml": Patch(
        state_machines.read_definitions_in_yaml,
        "state machines can be defined in YAML, with comments",
    ),
    "step-tokens": Patch(
        step_tokens.wait_for_tokens,
        "a task that waits for a token ends by whatever comes first, and its time limits apply",
    ),
    "queue-batches": Patch(
        queues.authorize_batches,
        "a batch of messages needs the permission for one",
    ),
    "topic-batches": Patch(
        queues.authorize_topic_batches,
        "publishing a batch of messages needs the permission for one",
    ),
    "step-permissions": Patch(
        step_tokens.authorize_answers,
        "who answers a task needs the permission for its state machine, and no other",
    ),
    "step-ends": Patch(
        step_executions.end_executions,
        "an execution ends at its machine's time limit; one that was aborted does nothing more",
    ),
    "step-restarts": Patch(
        step_executions.resume_executions,
        "a checkout goes on after a restart of the local platform",
    ),
    "step-starts": Patch(
        step_executions.start_once,
        "a second start of a running execution with the same input succeeds",
    ),
    "step-data": Patch(
        step_executions.limit_data,
        "data that AWS would refuse is refused",
    ),
    "table-ttl": Patch(
        tables.apply_time_to_live,
        "items expire",
    ),
    "table-streams": Patch(
        tables.keep_streams_over_a_restart,
        "table streams continue after a restart",
    ),
    "stream-failures": Patch(
        table_streams.retry_failed_records,
        "the failed records of a table's stream are retried, not lost, and do not block it for ever",
    ),
    "lambda-nagle": Patch(
        lambda_workers.disable_nagle,
        "each invocation takes 40 ms less",
    ),
    "lambda-log-wait": Patch(
        lambda_workers.shorten_log_wait,
        "each invocation that logs nothing takes 40 ms less",
    ),
    "lambda-starts": Patch(
        lambda_workers.limit_starting_workers,
        "a hundred concurrent conversations are served within seconds",
    ),
    "lambda-forks": Patch(
        forked_workers.fork_workers,
        "a cold start of a function with the SDK takes 50 ms of CPU instead of 450",
    ),
    "lambda-cut-answers": Patch(
        lambda_workers.refuse_cut_answers,
        "a worker that is killed while it answers has failed; its half answer would be its result",
    ),
    "queue-concurrency": Patch(
        event_sources.raise_queue_concurrency,
        "a sixth conversation does not wait for one of the first five to end",
    ),
    "mapping-numbers": Patch(
        event_sources.read_numbers,
        "how many messages of a queue are processed at the same time is a parameter",
    ),
    "cognito-verified": Patch(
        cognito_triggers.verify_confirmed_addresses,
        "the address of a confirmed user is verified",
    ),
    "cognito-post-confirmation": Patch(
        cognito_triggers.run_post_confirmation,
        "a confirmed sign-up becomes an event",
    ),
    "cognito-sign-outs": Patch(
        cognito_sign_outs.report_sign_outs,
        "sign-outs in the console or by a client end sockets and tokens, too",
    ),
    "cognito-usernames": Patch(
        cognito_usernames.ignore_case,
        "an address in another case is the same user",
    ),
    "cognito-aliases": Patch(
        cognito_addresses.refuse_addresses_of_others,
        "nobody takes the address with which somebody else signs in",
    ),
    "cognito-verification": Patch(
        cognito_addresses.verify_changed_addresses,
        "a changed address counts once it is verified, and the one before stays in force until then",
    ),
    "mail-files": Patch(
        mail.keep_mail,
        "what the platform sends can be read, with all headers",
    ),
    "cognito-mail": Patch(
        mail.keep_mail_of_user_pools,
        "codes and first passwords can be read in the local inbox",
    ),
    "mail-suppression": Patch(
        mail.keep_suppressed_addresses,
        "nothing is delivered to an address that bounced",
    ),
    "mail-events": Patch(
        mail.publish_events,
        "what bounced and what was reported as spam become events",
    ),
    "mail-identities": Patch(
        mail.authorize_by_identity,
        "a function may send as one sender",
    ),
    "sms-files": Patch(
        short_messages.deliver_sms,
        "SMS can be read and counted; bad numbers are refused, and whoever has replied STOP gets none",
    ),
    "push-files": Patch(
        short_messages.deliver_push,
        "push messages can be read and counted, and devices that are gone refuse them",
    ),
    "push-permissions": Patch(
        short_messages.authorize_by_endpoint,
        "a function may register and remove devices, and nothing else of SNS",
    ),
    "event-retries": Patch(
        event_rules.retry_functions,
        "an event whose function fails is retried, not lost",
    ),
}


def apply_patches(without: Collection[str] = ()) -> None:
    """Apply all patches except the named ones."""
    if unknown := set(without) - PATCHES.keys():
        raise ValueError(f"unknown patches: {', '.join(sorted(unknown))}")
    for name, patch in PATCHES.items():
        if name not in without:
            patch.apply()
