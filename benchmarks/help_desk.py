"""What a ticket's context and a new ticket cost, and what the cache and reading at the same time save.

    python -m benchmarks.help_desk [requests]

The router's code, in one process. Three ways take turns: what was read of the customer is kept; it is read anew; it is
read anew, one thing after another. Each call of AWS, and of the Postgres that this starts, is answered 5 ms late. Then
the router's cold start beside that of a function with one of its routes, in fresh interpreters.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import aws_stand_in
from benchmarks.aws_stand_in import LATENCY_SECONDS, running_stand_in
from benchmarks.init_bytecode import ENVIRONMENT
from knowledge_base.context import wiring
from knowledge_base.context.domain.contexts import TicketContexts
from knowledge_base.context.handlers import customer_context
from knowledge_base.customers.adapters.interactions import InteractionRecord
from knowledge_base.customers.adapters.postgres.records import PostgresCustomers
from knowledge_base.customers.domain.contexts import CustomerService, Reading
from knowledge_base.customers.domain.interactions import InteractionKind, interaction
from knowledge_base.customers.domain.recording import OrderPlaced, Registered
from knowledge_base.customers.domain.records import Records
from knowledge_base.customers.wiring import interactions, versions
from knowledge_base.suggestions.adapters.records import OfferRecord
from knowledge_base.suggestions.domain.passages import Passage
from knowledge_base.suggestions.domain.suggesting import Offer, digest
from knowledge_base.tickets.adapters.records import EntryRecord, TicketRecord
from knowledge_base.tickets.domain.reading import question_of
from knowledge_base.tickets.domain.threads import Entry
from knowledge_base.tickets.domain.threads import Kind as EntryKind
from knowledge_base.tickets.domain.tickets import Channel, Due, Priority, Ticket, TicketStatus
from knowledge_base.tickets.handlers import ticket_ingestion
from knowledge_base.tickets.wiring import tickets
from local.postgres.process import PostgresProcess
from local.workspace import free_port
from shared.dynamodb.connection import readers
from shared.money import Money
from shared.observability.logs import logger
from tests.knowledge_base.customers.postgres import new_database
from tests.shared.gateway_events import CLIENT_ID, ISSUER, access_claims, http_api_event
from tests.shared.lambda_context import CONTEXT

_REQUESTS = 200
_COLD_STARTS = 5
_NOW = datetime.now(UTC)
_CUSTOMER, _TICKET = "0197a1b2-0000-7000-8000-000000000001", "0197a1b2-0000-7000-8000-000000000002"
_ISSUED = {"TOKEN_ISSUER": ISSUER, "TOKEN_CLIENT_ID": CLIENT_ID}
_KEPT, _ANEW, _IN_TURN = "kept", "read anew", "read anew, one after another"

type Call = Callable[[], dict[str, Any]]


class _Late:
    """Customers in Postgres, each answer as late as the stand-in's."""

    def __init__(self, customers: PostgresCustomers) -> None:
        self._customers, self.calls = customers, 0

    def find(self, user_id: str, newest: int) -> Records:
        self.calls += 1
        time.sleep(LATENCY_SECONDS)
        return self._customers.find(user_id, newest)


class _InTurn(Executor):
    """Does at once, and before anything else, what is submitted."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  whoever waits for the future gets it
            future.set_exception(error)
        return future


def main() -> None:
    logger.setLevel("CRITICAL")
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else _REQUESTS
    with ExitStack() as stack:
        stand_in = stack.enter_context(running_stand_in())
        os.environ.update(ENVIRONMENT | _ISSUED | {"AWS_ENDPOINT_URL": stand_in.url})
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = new_database(stack.enter_context(PostgresProcess(folder, free_port())))
        customers = PostgresCustomers(stack.enter_context(database.open()))
        late = _Late(customers)
        _fill(customers)
        _rows()
        ways = _ways(late)
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        calls: dict[str, int] = {}
        for _ in range(requests):
            for name, call in ways.items():
                before, started = len(stand_in.calls) + late.calls, time.perf_counter()
                answer = call()
                seconds[name].append(time.perf_counter() - started)
                calls[name] = len(stand_in.calls) + late.calls - before
                if answer["statusCode"] >= 300:
                    raise SystemExit(f"{name}: {answer}")
    base = statistics.median(seconds[f"GET context, {_IN_TURN}"])
    for name, each in seconds.items():
        p50, p99 = statistics.median(each), statistics.quantiles(each, n=100)[98]
        print(
            f"{name:46} p50 {p50 * 1000:6.1f} ms  p99 {p99 * 1000:6.1f} ms  calls {calls[name]:2}  ÷ {p50 / base:.2f}"
        )
    _cold_starts()


def _ways(late: _Late) -> Mapping[str, Call]:
    suggest = wiring.ticket_contexts().suggest
    event = _event("GET /tickets/{ticketId}/context", {"ticketId": _TICKET})

    def way(threads: Executor, *, keeps: bool) -> Call:
        kept: dict[str, Reading] = {}
        service = CustomerService(late, interactions(), versions(), kept, threads, lambda: datetime.now(UTC))
        contexts = TicketContexts(tickets(), service, suggest, threads)

        def call() -> dict[str, Any]:
            if not keeps:
                kept.clear()
            wiring.ticket_contexts = lambda: contexts  # type: ignore[assignment]  # in the place of the deployed one
            return customer_context.app(event, CONTEXT)

        return call

    def open_ticket() -> dict[str, Any]:
        body = {"subject": "Where is my teapot?", "body": "It has not come.", "channel": "web"}
        return ticket_ingestion.app(_event("POST /tickets", {}, body), CONTEXT)

    return {
        f"GET context, {_KEPT}": way(readers(), keeps=True),
        f"GET context, {_ANEW}": way(readers(), keeps=False),
        f"GET context, {_IN_TURN}": way(_InTurn(), keeps=False),
        "POST /tickets": open_ticket,
    }


def _event(route: str, path: Mapping[str, str], body: object = None) -> dict[str, Any]:
    headers = {"content-type": "application/json", "idempotency-key": os.urandom(8).hex()}
    event = http_api_event(access_claims("priya", "[staff]"), headers)
    event["requestContext"]["http"] = {"method": route.partition(" ")[0], "path": "/"}
    return event | {"routeKey": route, "pathParameters": dict(path), "body": json.dumps(body) if body else None}


def _fill(customers: PostgresCustomers) -> None:
    customers.record(Registered(_CUSTOMER, "Ada Lovelace", "ada@example.org", _NOW))
    for number in range(50):
        order = OrderPlaced(_CUSTOMER, f"order-{number}", str(number), Money(1299, "GBP"), _NOW - timedelta(number))
        customers.record(order)


def _rows() -> None:
    """Teach the stand-in a ticket, what was written on it, what was suggested, and what its customer did."""
    ticket = Ticket(
        ticket_id=_TICKET,
        number=7,
        user_id=_CUSTOMER,
        subject="Where is my teapot?",
        channel=Channel.WEB,
        status=TicketStatus.OPEN,
        priority=Priority.NORMAL,
        due=Due(_NOW, _NOW),
        created_at=_NOW,
        updated_at=_NOW,
    )
    entry = Entry(
        ticket_id=_TICKET,
        entry_id="1",
        user_id=_CUSTOMER,
        number=7,
        author=_CUSTOMER,
        kind=EntryKind.OPENING,
        text="It has not come.",
        at=_NOW,
    )
    passages = tuple(
        Passage(document_id=f"d{n}", version=1, title="Parcels", source="s3://docs/parcels.md", text="x" * 500, score=1)
        for n in range(5)
    )
    offer = Offer(_TICKET, digest(question_of(ticket.subject, entry.text)), passages, _NOW)
    done = [interaction(InteractionKind.ORDER, _CUSTOMER, str(n), _NOW - timedelta(n), str(n)) for n in range(20)]
    document = {"library": {"S": "documents"}, "name": {"S": "parcels.md"}, "state": {"S": "searchable"}}
    document |= {"version": {"N": "1"}, "sizeBytes": {"N": "1"}, "revision": {"N": "1"}}
    document |= {"versionId": {"S": "1"}, "fingerprint": {"S": "1"}, "updatedAt": {"S": "2026-01-01T00:00:00.000Z"}}
    items = {
        "TICKETS_TABLE": TicketRecord.of(ticket).to_dynamodb_dict(),
        "SUGGESTIONS_TABLE": OfferRecord.of(offer).to_dynamodb_dict(),
        "DOCUMENTS_TABLE": document,
    }
    lists = {
        "TICKET_ENTRIES_TABLE": [EntryRecord.of(entry).to_dynamodb_dict()],
        "INTERACTIONS_TABLE": [InteractionRecord.of(each, timedelta(400)).to_dynamodb_dict() for each in done],
    }
    by_table = {ENVIRONMENT[variable]: item for variable, item in items.items()}
    lists_by_table = {ENVIRONMENT[variable]: several for variable, several in lists.items()}
    aws_stand_in._item = lambda table, key: by_table[table] | key if table in by_table else None
    aws_stand_in._changed = lambda table: {"last": {"N": "8"}} if table == ENVIRONMENT["TICKET_COUNTERS_TABLE"] else {}
    aws_stand_in._items = lambda request: lists_by_table.get(request["TableName"], [])


def _cold_starts() -> None:
    """CPU of a fresh interpreter until the handler is there, and the modules that it has loaded by then."""
    handlers = {"the router": "knowledge_base.router", "one route": "knowledge_base.context.handlers.customer_context"}
    milliseconds: dict[str, list[float]] = {name: [] for name in handlers}
    modules: dict[str, list[str]] = {}
    for _ in range(_COLD_STARTS):
        for name, module in handlers.items():
            program = f"import {module}, json, sys, time; print(json.dumps([time.process_time(), *sys.modules]))"
            output = subprocess.run([sys.executable, "-c", program], env=os.environ, check=True, capture_output=True)
            cpu, *modules[name] = json.loads(output.stdout)
            milliseconds[name].append(cpu * 1000)
    for name, each in milliseconds.items():
        ours = [module for module in modules[name] if module.partition(".")[0] in {"knowledge_base", "shared"}]
        loaded = f"{len(modules[name])} modules, {len(ours)} ours"
        print(f"cold start, {name:10} {statistics.median(each):6.0f} ms CPU  {loaded}")
    ratio = statistics.median(milliseconds["the router"]) / statistics.median(milliseconds["one route"])
    print(f"cold start, the router ÷ one route {ratio:.2f}")


if __name__ == "__main__":
    main()
