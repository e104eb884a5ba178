"""Cold start of a function as Lambda unpacks it: with our bytecode, with fresh bytecode, and with stale bytecode.

SAM's archives date every file 1980 and Lambda's file system is read-only, so ordinary .pyc files are stale there and
every start compiles all modules. Prints the CPU time of initialization (import the handler, create its adapters) in the
three states.
"""

import compileall
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from local.workspace import ROOT, architecture

_ROUNDS = 9
_YEAR_1980 = 315532800
_INIT = "from personalization.profiles.handlers.get_profile import handler, wiring; wiring.profiles()"
ENVIRONMENT = {
    "ACCESS_ENDS_TABLE": "access-ends",
    "ADDRESSES_TABLE": "addresses",
    "ALLOWED_ORIGIN": "https://example.org",
    "API_URL": "https://api.example.org/v1",
    "ARTICLE_MAX_TOKENS": "4096",
    "ARTICLE_TOKENS_PER_DAY": "2000000",
    "ARTICLE_TOKENS_PER_USER_PER_DAY": "500000",
    "ATTACHMENTS_BUCKET": "attachments",
    "ATTACHMENTS_TABLE": "attachments",
    "AUDIENCE_TABLE": "audience",
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_DEFAULT_REGION": "us-west-2",
    "AWS_LAMBDA_FUNCTION_NAME": "benchmark",  # functions create what they need while they initialize
    "AWS_SECRET_ACCESS_KEY": "x",
    "BLOCKS_TABLE": "blocks",
    "BROADCASTS_TABLE": "broadcasts",
    "BROADCAST_MAILS_PER_SECOND": "10",
    "BROADCAST_QUEUE_URL": "https://sqs.us-west-2.amazonaws.com/123456789012/broadcasts",
    "BUDGETS_TABLE": "budgets",
    "BUSINESS_HOURS": "mon-fri 09:00-17:00",
    "CACHED_BY_GATEWAY": "false",
    "CANNED_REPLIES_TABLE": "canned-replies",
    "CARTS_TABLE": "carts",
    "CATEGORIES_TABLE": "categories",
    "CHARITY_NAME": "Almoner",
    "CHAT_HISTORY_TABLE": "chats",
    "CHECKOUTS_TABLE": "checkouts",
    "CHECKOUT_MACHINE_ARN": "arn:aws:states:us-west-2:123456789012:stateMachine:checkout",
    "CONNECTIONS_TABLE": "connections",
    "CONTENT_TABLE": "contents",
    "CONTEXT_CACHE_SECONDS": "60",
    "CONTEXT_CACHE_SIZE": "500",
    "CONTEXT_TABLE": "context",
    "CONVERSATIONS_TABLE": "conversations",
    "COUNTERS_TABLE": "counters",
    "CURRENCY": "GBP",
    "CURSOR_KEY": "key",
    "CUSTOMER_DATABASE": "127.0.0.1:9/almoner arn:aws:secretsmanager:us-west-2:123456789012:secret:User-1",
    "CUSTOMER_VERSIONS_TABLE": "customer-versions",
    "DATA_SOURCE_ID": "ABCDEFGHIJ",
    "DEAD_LETTERS_QUEUE_URL": "https://sqs.us-west-2.amazonaws.com/123456789012/dead_letters",
    "DATABASE_OWNER_SECRET": "arn:aws:secretsmanager:us-west-2:123456789012:secret:rds!db-1",
    "DECISIONS_TABLE": "decisions",
    "DEVICES_TABLE": "devices",
    "DIRECTORY_TABLE": "directory",
    "DOCUMENTS_BUCKET": "documents",
    "DOCUMENTS_TABLE": "documents",
    "DOCUMENT_NEWS_QUEUE_URL": "https://sqs.us-west-2.amazonaws.com/123456789012/document-news",
    "DONATIONS_TABLE": "donations",
    "EMBEDDING_MODEL_ID": "model",
    "ERASURES_TABLE": "erasures",
    "ERASURE_SETTLES_AFTER": "300",
    "EVALUATIONS_TABLE": "evaluations",
    "EVALUATION_MACHINE_ARN": "arn:aws:states:us-west-2:123456789012:stateMachine:evaluate",
    "EVENT_BUS_NAME": "bus",
    "FIGURES_TABLE": "figures",
    "FIND_DELIVERY_FUNCTION_ARN": "arn:aws:lambda:us-west-2:123456789012:function:find-delivery",
    "FRAMES_TABLE": "frames",
    "GAPS_TABLE": "gaps",
    "GAP_SIMILARITY": "0.6",
    "HELP_ADDRESS": "help@help.almoner.example",
    "HELP_BUCKET": "help",
    "HELP_MODEL_ID": "model",
    "HOLIDAY_COUNTRY": "GB",
    "IDEMPOTENCY_TABLE": "idempotency",
    "IMAGES_BUCKET": "images",
    "IMAGES_URL": "https://images.example.org",
    "IMPORTS_BUCKET": "imports",
    "IMPORTS_TABLE": "imports",
    "IMPORT_QUEUE_URL": "https://sqs.us-west-2.amazonaws.com/123456789012/imports",
    "INBOX_ENTRIES_TABLE": "inbox-entries",
    "INBOX_HEADS_TABLE": "inbox-heads",
    "INTERACTIONS_TABLE": "interactions",
    "INTERACTION_DAYS": "400",
    "KNOWLEDGE_BASE_ID": "ABCDEFGHIJ",
    "KNOWLEDGE_BASE_STORE": "s3-vectors",
    "LEDGER_TABLE": "ledger",
    "LETTERS_TABLE": "letters",
    "LINK_KEY": "key",
    "LOCKS_TABLE": "locks",
    "LONG_TEXTS_BUCKET": "long-texts",
    "MAIL_BUCKET": "mail",
    "MAIL_CONFIGURATION_SET": "mail",
    "MAIL_SENDER": "Almoner <hello@almoner.example>",
    "MEMBERSHIPS_TABLE": "memberships",
    "MESSAGES_TABLE": "messages",
    "MODEL_CURRENCY": "USD",
    "MODEL_ID": "model",
    "MODEL_INPUT_PRICE": "3.00",
    "MODEL_MAX_TOKENS": "1024",
    "MODEL_OUTPUT_PRICE": "15.00",
    "MODEL_SAMPLING": "one",
    "MODEL_TEMPERATURE": "0.3",
    "NOTIFICATIONS_TABLE": "notifications",
    "NOTIFICATIONS_TOPIC_ARN": "arn:aws:sns:us-west-2:123456789012:notifications",
    "ORDERS_TABLE": "orders",
    "ORDER_QUEUE_URL": "https://sqs.us-west-2.amazonaws.com/123456789012/orders",
    "OUTBOX_TABLE": "outbox",
    "OUTGOING_CHANNELS": "email,sms,push",
    "PARTS_TABLE": "parts",
    "PAYMENT_EVENTS_TABLE": "payment-events",
    "PAYMENT_RETURN_URL": "https://example.org/checkout",
    "POWERTOOLS_METRICS_NAMESPACE": "Almoner",
    "POWERTOOLS_SERVICE_NAME": "almoner",
    "PRODUCTS_TABLE": "products",
    "PROJECTS_TABLE": "projects",
    "PROJECT_MEMBERS_TABLE": "members",
    "PROMPTS_TABLE": "prompts",
    "PROMPT_HISTORY_TABLE": "history",
    "PROMPT_TEXTS_BUCKET": "texts",
    "PROPOSALS_TABLE": "proposals",
    "PUSH_APNS": "arn:aws:sns:us-west-2:123456789012:app/APNS/almoner",
    "PUSH_FCM": "none",
    "RECEIPT_SMS": "true",
    "RECORD_YEARS": "7",
    "REDRIVES_TABLE": "redrives",
    "REPLY_KEY": "key",
    "REPORTS_TABLE": "reports",
    "RUNS_TABLE": "runs",
    "RUN_QUEUE_URL": "https://sqs.us-west-2.amazonaws.com/123456789012/runs",
    "SEARCH_URL": "https://127.0.0.1:9",  # the call fails, but everything that it takes has been loaded
    "SESSIONS_TABLE": "sessions",
    "SETTLEMENT_QUEUE_URL": "https://sqs.us-west-2.amazonaws.com/123456789012/settlement",
    "SHIPPING_AMOUNT": "395",
    "SMS_CHANNEL": "true",
    "SMS_ORIGINATION_NUMBER": "none",
    "SMS_SANDBOX": "false",
    "SMS_SENDER_ID": "Almoner",
    "SOCKET_ENDPOINT": "https://example.org/live",
    "SOCKET_LIMIT": "500",
    "SOCKET_URL": "wss://example.org/live",
    "STOCK_LOW_AT": "3",
    "STOCK_MOVEMENTS_TABLE": "movements",
    "STRANGERS_TABLE": "strangers",
    "STRIPE_KEY_SECRET": "arn:aws:secretsmanager:us-west-2:123456789012:secret:StripeKey-1",
    "STRIPE_URL": "https://api.stripe.com",
    "SUGGESTIONS_TABLE": "suggestions",
    "SUPPRESSIONS_TABLE": "suppressions",
    "SYNCHRONIZATIONS_QUEUE_URL": "https://sqs.us-west-2.amazonaws.com/123456789012/synchronizations",
    "SYNCS_TABLE": "syncs",
    "SYNC_QUEUE_URL": "https://sqs.us-west-2.amazonaws.com/123456789012/sync",
    "SYNC_STUCK_MINUTES": "120",
    "THREADS_TABLE": "threads",
    "TICKETS_TABLE": "tickets",
    "TICKET_COUNTERS_TABLE": "ticket-counters",
    "TICKET_ENTRIES_TABLE": "ticket-entries",
    "TICKET_VIEWERS_TABLE": "ticket-viewers",
    "TICKET_WORDS_TABLE": "ticket-words",
    "TIME_ZONE": "Europe/London",
    "TOKEN_CLIENT_ID": "almoner-local-client",
    "TOKEN_ISSUER": "https://example.org/pool",
    "TOMBSTONES_TABLE": "tombstones",
    "UPLOADS_TABLE": "uploads",
    "USERS_TABLE": "users",
    "USER_POOL_ID": "us-west-2_EXAMPLE01",
    "USES_TABLE": "uses",
    "VOTES_TABLE": "votes",
    "WEEKLY_CAP": "3",
    "WEEKLY_CAPS_TABLE": "weekly-caps",
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        built = build(Path(folder) / "build")
        trees = {
            "ours": _unpack(built, Path(folder) / "ours"),
            "fresh": _unpack(built, Path(folder) / "fresh"),
            "stale": _unpack(built, Path(folder) / "stale"),
        }
        _compile_again(trees["fresh"], dated_1980_afterwards=False)
        _compile_again(trees["stale"], dated_1980_afterwards=True)
        seconds: dict[str, list[float]] = {name: [] for name in trees}
        for _ in range(_ROUNDS):
            for name, tree in trees.items():
                seconds[name].append(_init_cpu_seconds(tree))
        medians = {name: statistics.median(values) for name, values in seconds.items()}
        print(f"init CPU, median of {_ROUNDS}: " + ", ".join(f"{n} {s * 1000:.0f} ms" for n, s in medians.items()))
        print(f"ours ÷ fresh bytecode  {medians['ours'] / medians['fresh']:.2f}")
        print(f"stale ÷ fresh bytecode {medians['stale'] / medians['fresh']:.2f}")


def build(target: Path) -> Path:
    """`make build`, for this machine's architecture."""
    environment = os.environ | {"SAM_CLI_TELEMETRY": "0"}
    build = ["sam", "build", "--build-dir", str(target), "--cache-dir", str(ROOT / ".local/sam"), "--cached"]
    build += ["--parameter-overrides", f"Architecture={architecture()}"]
    subprocess.run(build, cwd=ROOT, env=environment, check=True, capture_output=True)
    compile_ = ["-m", "compileall", "-qf", "--invalidation-mode", "unchecked-hash", str(target)]
    subprocess.run([sys.executable, *compile_], check=True)
    return target


def _unpack(built: Path, tree: Path) -> Path:
    """Layer and function as in /opt and /var/task, every file dated 1980 and read-only."""
    shutil.copytree(built / "SharedLayer/python", tree / "opt")
    shutil.copytree(built / "Personalization/GetProfileFunction", tree / "task")
    for file in tree.rglob("*"):
        os.utime(file, (_YEAR_1980, _YEAR_1980))
        file.chmod(0o555 if file.is_dir() else 0o444)
    return tree


def _compile_again(tree: Path, *, dated_1980_afterwards: bool) -> None:
    """Ordinary bytecode, which contains its source's date; it is stale if that date changes afterwards."""
    for file in tree.rglob("*"):
        file.chmod(0o755 if file.is_dir() else 0o644)
        if dated_1980_afterwards and file.suffix == ".py":
            os.utime(file)
    compileall.compile_dir(tree, quiet=1, force=True, invalidation_mode=None)
    if dated_1980_afterwards:
        for file in tree.rglob("*.py"):
            os.utime(file, (_YEAR_1980, _YEAR_1980))


def _init_cpu_seconds(tree: Path) -> float:
    environment = ENVIRONMENT | {"PYTHONPATH": f"{tree / 'task'}:{tree / 'opt'}", "PYTHONDONTWRITEBYTECODE": "1"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # -S: no site-packages of this machine; only what was built
    subprocess.run([sys.executable, "-S", "-c", _INIT], env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


if __name__ == "__main__":
    main()
