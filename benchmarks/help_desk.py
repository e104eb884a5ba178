"""What a ticket's context and a new ticket cost, and what the cache and reading at the same time save.

    python -m benchmarks.help_desk [requests]

The router's code, in one process. Three ways take turns: what was read of the customer is kept; it is read anew; it is
read anew, one thing after another. Each call of AWS, and of the Postgres that this starts, is answered 5 ms late, and
then as soon as it can be. Then the router's cold start beside that of a function with one of its routes, in fresh
interpreters.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks import aws_stand_in
from benchmarks.aws_stand_in import StandIn, running_stand_in
from benchmarks.init_bytecode import ENVIRONMENT
from benchmarks.latencies import p50_p99_longest
from knowledge_base.context import wiring as of_contexts
from knowledge_base.context.domain.contexts import TicketContexts
from knowledge_base.context.handlers import customer_context
from knowledge_base.customers.adapters.interactions import InteractionRecord
from knowledge_base.customers.adapters.postgres.records import PostgresCustomers
from knowledge_base.customers.domain.contexts import CustomerService, Reading
from knowledge_base.customers.domain.interactions import InteractionKind, interaction
from knowledge_base.customers.domain.recording import OrderPlaced, Registered
from knowledge_base.customers.domain.records import Records
from knowledge_base.customers.wiring import interactions, versions
from knowledge_base.documents.domain.documents import document_id_of
from knowledge_base.suggestions import wiring as of_suggestions
from knowledge_base.suggestions.adapters import offers as of_offers
from knowledge_base.suggestions.adapters.records import OfferRecord
from knowledge_base.suggestions.domain.passages import Passage
from knowledge_base.suggestions.domain.suggesting import Offer, digest
from knowledge_base.tickets import wiring as of_tickets
from knowledge_base.tickets.adapters.records import EntryRecord, TicketRecord
from knowledge_base.tickets.domain.assisting import Assisting
from knowledge_base.tickets.domain.reading import question_of
from knowledge_base.tickets.domain.threads import Entry
from knowledge_base.tickets.domain.threads import Kind as EntryKind
from knowledge_base.tickets.domain.tickets import Channel, Due, Priority, Ticket, TicketStatus
from knowledge_base.tickets.handlers import ticket_ingestion
from local.postgres.process import PostgresProcess
from local.workspace import free_port
from shared.dynamodb.connection import readers
from shared.money import Money
from shared.observability.logs import logger
from tests.knowledge_base.customers.postgres import new_database
from tests.shared.executors import InTurn
from tests.shared.gateway_events import CLIENT_ID, ISSUER, access_claims, http_api_event
from tests.shared.lambda_context import CONTEXT

_REQUESTS = 200
_COLD_STARTS = 5
_NOW = datetime.now(UTC)
_CUSTOMER, _TICKET = "0197a1b2-0000-7000-8000-000000000001", "0197a1b2-0000-7000-8000-000000000002"
_ISSUED = {"TOKEN_ISSUER": ISSUER, "TOKEN_CLIENT_ID": CLIENT_ID}
_KEPT, _ANEW, _IN_TURN = "kept", "read anew", "read anew, one after another"

_DOCUMENTS = [f"parcels-{number}.md" for number in range(5)]
_CONTEXT, _OPEN = "GET context", "POST /tickets"

type Call = Callable[[], dict[str, Any]]


class _Late:
    """Customers in Postgres, each answer as late as the stand-in's."""

    def __init__(self, customers: PostgresCustomers) -> None:
        self._customers, self.calls = customers, 0

    def find(self, user_id: str, newest: int) -> Records:
        self.calls += 1
        time.sleep(aws_stand_in.LATENCY_SECONDS)
        return self._customers.find(user_id, newest)


def main() -> None:
    logger.setLevel("CRITICAL")
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else _REQUESTS
    with ExitStack() as stack:
        stand_in = stack.enter_context(running_stand_in())
        os.environ.update(ENVIRONMENT | _ISSUED | {"AWS_ENDPOINT_URL": stand_in.url})
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = new_database(stack.enter_context(PostgresProcess(folder, free_port())))
        customers = PostgresCustomers(stack.enter_context(database.open()))
        _fill(customers)
        _rows()
        for latency in (aws_stand_in.LATENCY_SECONDS, 0.0):
            aws_stand_in.LATENCY_SECONDS = latency
            print(f"each call answered {latency * 1000:.0f} ms late")
            _show(stand_in, _Late(customers), requests)
    _cold_starts()


def _show(stand_in: StandIn, late: _Late, requests: int) -> None:
    ways = _ways(late)
    seconds: dict[tuple[str, str], list[float]] = {each: [] for each in ways}
    calls: dict[tuple[str, str], int] = {}
    for _ in range(requests):
        for each, call in ways.items():
            before, started = len(stand_in.calls) + late.calls, time.perf_counter()
            answer = call()
            seconds[each].append(time.perf_counter() - started)
            calls[each] = len(stand_in.calls) + late.calls - before
            if answer["statusCode"] >= 300:
                raise SystemExit(f"{each}: {answer}")
    for route, way in ways:
        base = statistics.median(seconds[route, _IN_TURN])
        p50, p99, _ = p50_p99_longest(seconds[route, way])
        share = statistics.median(seconds[route, way]) / base
        print(f"  {route:13} {way:29} p50 {p50:6.1f} ms  p99 {p99:6.1f} ms  calls {calls[route, way]:2}  ÷ {share:.2f}")


def _ways(late: _Late) -> Mapping[tuple[str, str], Call]:
    """What calls each route, and how what it needs is read."""
    suggest = of_contexts.ticket_contexts().suggest
    event = _event("GET /tickets/{ticketId}/context", {"ticketId": _TICKET})
    ticket = {"subject": "Where is my teapot?", "body": "Not here yet.", "channel": "phone", "userId": _CUSTOMER}

    def of(threads: Executor, *, keeps: bool) -> tuple[Call, Call]:
        kept: dict[str, Reading] = {}
        service = CustomerService(late, interactions(), versions(), kept, threads, lambda: datetime.now(UTC))
        contexts = TicketContexts(of_tickets.tickets(), service, suggest, threads)
        _put(of_suggestions, readers=threads)
        bedrock = of_suggestions.bedrock_service.__wrapped__()
        assisting = Assisting(service, lambda id_, text: bedrock.suggest(id_, lambda: text, datetime.now(UTC)), threads)

        def put_in_place() -> None:
            if not keeps:
                kept.clear()
            _put(of_offers, readers=threads)
            _put(of_contexts, bedrock_service=bedrock, ticket_contexts=contexts)
            _put(of_tickets, assisting=assisting)

        def read_context() -> dict[str, Any]:
            put_in_place()
            return customer_context.app(event, CONTEXT)

        def open_ticket() -> dict[str, Any]:
            put_in_place()
            return ticket_ingestion.app(_event("POST /tickets", {}, ticket), CONTEXT)

        return read_context, open_ticket

    found = {_KEPT: of(readers(), keeps=True), _ANEW: of(readers(), keeps=False), _IN_TURN: of(InTurn(), keeps=False)}
    return {(route, way): found[way][at] for at, route in enumerate((_CONTEXT, _OPEN)) for way in found}


def _put(module: ModuleType, **made: object) -> None:
    """Have what the module makes be this."""
    for name, value in made.items():
        setattr(module, name, lambda value=value: value)


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
        Passage(document_id=document_id_of(name), version=1, title="Parcels", source=name, text="x" * 500, score=1)
        for name in _DOCUMENTS
    )
    retrieved = [
        {"content": {"text": each.text}, "score": 1, "location": {"s3Location": {"uri": f"s3://docs/{each.source}"}}}
        for each in passages
    ]
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
    aws_stand_in._retrieved = lambda: retrieved
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
