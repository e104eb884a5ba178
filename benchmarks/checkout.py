"""What safety costs: a checkout beside a script that makes the same writes, one after the other, with none.

`make up`, then `python -m benchmarks.checkout .local/outputs.json`. Calls are counted in this process, on the adapters
of the platform's functions; latencies and throughput are those of the platform, by HTTP, and of the script.
"""

import json
import os
import statistics
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3

from shared.dynamodb.connection import connection
from tests.commerce.checkout.examples import SENT_ADDRESS
from tests.commerce.checkout.real_ports import Services, real_ports, services
from tests.commerce.checkout.till import Till
from tests.e2e.clients import Api, Platform
from tests.local.payments.conftest import client_of

_BUYERS, _PURCHASES = (1, 8, 32), 4
_WRITES = {"PutItem": 1, "UpdateItem": 1, "DeleteItem": 1}


@contextmanager
def counted(client: Any) -> Iterator[Counter[str]]:
    """DynamoDB's calls by name, and `writes`: items that were written."""
    found: Counter[str] = Counter()

    def note(params: Any, model: Any, **_: Any) -> None:
        found[model.name] += 1
        body = json.loads(params["body"])
        found["writes"] += _WRITES.get(model.name, 0) + len(body.get("TransactItems", ()))

    client.meta.events.register("before-call.dynamodb", note)
    try:
        yield found
    finally:
        client.meta.events.unregister("before-call.dynamodb", note)


def checkout_calls(at: Services) -> dict[str, int]:
    ports = real_ports(at)
    till = Till(ports)
    for product, quantity in zip(ports.shop, (2, 1, 1), strict=True):
        till.put(ports.user_id, product, quantity)
    with counted(connection().client) as calls:
        checkout = till.buy()
        till.work()
    execution = till.executions[checkout.checkout_id]
    provider = [point for point in till.boundaries.points if point.call.startswith("provider.")]
    reads = calls["GetItem"] + calls["BatchGetItem"] + calls["Query"]
    return {
        "writes": calls["writes"],
        "write calls": calls["PutItem"] + calls["UpdateItem"] + calls["TransactWriteItems"],
        "read calls": reads,
        "provider calls": len(provider) // 2,
        "state transitions": len(execution.history),
    }


class Script:
    """No transaction, no condition, no key, nothing to go on from."""

    def __init__(self, at: Services, endpoint: str) -> None:
        self._tables, self._stripe = at.tables, client_of(at.stand_in.endpoint).v1
        self.dynamodb: Any = boto3.client("dynamodb", endpoint_url=endpoint)

    def buy(self, ports: Any) -> None:
        dynamodb, tables, user = self.dynamodb, self._tables, ports.user_id
        dynamodb.get_item(TableName=tables["CartsTable"], Key={"cartId": {"S": f"user#{user}"}})
        ids = [product.product_id for product in ports.shop]
        dynamodb.batch_get_item(
            RequestItems={tables["ProductsTable"]: {"Keys": [{"productId": {"S": each}} for each in ids]}}
        )
        created = self._stripe.payment_intents.create({"amount": 5445, "currency": "gbp"})
        options: Any = {"payment_method": "pm_card_visa", "return_url": "https://shop.example"}
        self._stripe.payment_intents.confirm(created.id, options)
        order_id = uuid.uuid4().hex
        for product in ports.shop[:2]:
            self._add(tables["ProductsTable"], {"productId": {"S": product.product_id}}, "stock", -1)
        self._put("StockMovementsTable", movementId=order_id, lines=json.dumps(ids))
        self._add(tables["CountersTable"], {"counter": {"S": "order"}}, "last", 1)
        self._put("OrdersTable", orderId=order_id, userId=user, lines=json.dumps(ids))
        self._put("LedgerTable", entryId=f"charge:{order_id}", paymentId=created.id)
        self._put("LedgerTable", entryId=f"order:{order_id}", paymentId=created.id)
        dynamodb.update_item(
            TableName=tables["CartsTable"],
            Key={"cartId": {"S": f"user#{user}"}},
            UpdateExpression="SET #lines = :none",
            ExpressionAttributeNames={"#lines": "lines"},
            ExpressionAttributeValues={":none": {"M": {}}},
        )

    def _put(self, table: str, **texts: str) -> None:
        self.dynamodb.put_item(TableName=self._tables[table], Item={name: {"S": text} for name, text in texts.items()})

    def _add(self, table: str, key: Any, name: str, number: int) -> None:
        self.dynamodb.update_item(
            TableName=table,
            Key=key,
            UpdateExpression="ADD #name :number",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues={":number": {"N": str(number)}},
        )


def script_calls(at: Services, script: Script) -> dict[str, int]:
    ports = _filled(at)
    with counted(script.dynamodb) as calls:
        script.buy(ports)
    return {
        "writes": calls["writes"],
        "write calls": calls["PutItem"] + calls["UpdateItem"],
        "read calls": calls["GetItem"] + calls["BatchGetItem"],
        "provider calls": 2,
        "state transitions": 0,
    }


def _filled(at: Services) -> Any:
    ports = real_ports(at)
    till = Till(ports)
    for product, quantity in zip(ports.shop, (2, 1, 1), strict=True):
        till.put(ports.user_id, product, quantity)
    return ports


def timed(buyers: int, buy: Callable[[int], None]) -> tuple[float, Sequence[float]]:
    """Purchases a second, and the seconds of each."""

    def purchases(number: int) -> list[float]:
        seconds = []
        for _ in range(_PURCHASES):
            started = time.monotonic()
            buy(number)
            seconds.append(time.monotonic() - started)
        return seconds

    started = time.monotonic()
    with ThreadPoolExecutor(buyers) as pool:
        each = [seconds for found in pool.map(purchases, range(buyers)) for seconds in found]
    return len(each) / (time.monotonic() - started), each


def by_http(platform: Platform, buyers: int) -> tuple[float, Sequence[float]]:
    url, key = platform.outputs["apis"]["commerce"], platform.api_key
    shop = Api(url, key, platform.sample_user("admin").access_token)
    cup = {"name": "Cup", "category": "Homeware", "price": {"amount": 250, "currency": "GBP"}, "stock": 100_000}
    product_id = shop("POST", "/products", json=cup).json()["productId"]
    customers = [Api(url, key, platform.sign_up("Ada").access_token) for _ in range(buyers)]

    def buy(number: int) -> None:
        customer = customers[number]
        customer("PUT", f"/cart/items/{product_id}", json={"quantity": 1})
        wanted = {"paymentMethodId": "pm_card_visa", "delivery": SENT_ADDRESS}
        begun = customer("POST", "/checkout", json=wanted, headers={"Idempotency-Key": uuid.uuid4().hex}).json()
        while customer.get(f"/checkout/{begun['checkoutId']}").json()["status"] != "completed":
            time.sleep(0.05)

    buy(0)  # the first one starts the functions
    return timed(buyers, buy)


def _buy_again(script: Script, carts: Sequence[Any], number: int) -> None:
    script.buy(carts[number])


def main(outputs: Path) -> None:
    platform = Platform(json.loads(outputs.read_text()))
    endpoint = platform.outputs["endpoint"]
    os.environ |= {"AWS_ENDPOINT_URL": endpoint, "AWS_DEFAULT_REGION": platform.outputs["region"]}
    os.environ |= platform.root_user.environment
    stand_in: Any = SimpleNamespace(endpoint=platform.outputs["payments"])
    with services(endpoint, stand_in) as at:
        script = Script(at, endpoint)
        ours, theirs = checkout_calls(at), script_calls(at, script)
        print(f"{'a purchase of three products':32}{'checkout':>10}{'script':>10}{'ratio':>8}")
        for name, number in ours.items():
            ratio = f"{number / theirs[name]:.2f}" if theirs[name] else ""
            print(f"  {name:30}{number:>10}{theirs[name]:>10}{ratio:>8}")
        print("buyers: checkout p50 s, p95 s, purchases a second; script p50 s, purchases a second")
        for buyers in _BUYERS:
            rate, seconds = by_http(platform, buyers)
            carts = [_filled(at) for _ in range(buyers)]
            script_rate, script_seconds = timed(buyers, partial(_buy_again, script, carts))
            p50, p95 = statistics.median(seconds), sorted(seconds)[int(len(seconds) * 0.95)]
            alone = f"{statistics.median(script_seconds):.2f}, {script_rate:.1f}"
            print(f"{buyers:>6}: {p50:.2f}, {p95:.2f}, {rate:.1f}; {alone}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
