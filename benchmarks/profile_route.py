"""GET /profile on the running platform, and on `sam local start-api`: latency and requests per second.

    make up && local/sam_local/run python -m benchmarks.profile_route

They alternate in one run, at concurrency 1 and 8. On the platform, the gateway checks key, rate, token and parameters;
with `sam local`, the function verifies the token.
"""

import http.client
import json
import os
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.session import get_session

from local.credentials import credentials_in
from local.sam_local.commands import start_api
from local.workspace import HOST

_REQUESTS = 160
_ROUNDS = 3


def main() -> None:
    outputs = json.loads(Path(os.environ["ALMONER_OUTPUTS"]).read_text())
    user = outputs["users"][0]
    with start_api() as sam_local, _unmetered_key(outputs) as key:
        headers = {"x-api-key": key, "Authorization": f"Bearer {_token(outputs, user)}"}
        servers = {"platform": outputs["apis"]["personalization"], "sam local": sam_local}
        for url in servers.values():
            _run(url, user["userId"], headers, concurrency=8, requests=16)  # warm
        for concurrency in (1, 8):
            seconds: dict[str, list[float]] = {name: [] for name in servers}
            rates: dict[str, list[float]] = {name: [] for name in servers}
            for _ in range(_ROUNDS):
                for name, url in servers.items():
                    latencies, rate = _run(url, user["userId"], headers, concurrency, _REQUESTS)
                    seconds[name] += latencies
                    rates[name].append(rate)
            for name in servers:
                p50, p99 = statistics.median(seconds[name]), statistics.quantiles(seconds[name], n=100)[98]
                rate = statistics.median(rates[name])
                print(f"c={concurrency} {name:10} p50 {p50 * 1000:6.1f} ms  p99 {p99 * 1000:6.1f} ms  {rate:6.1f}/s")
            p50_ratio = statistics.median(seconds["platform"]) / statistics.median(seconds["sam local"])
            rate_ratio = statistics.median(rates["platform"]) / statistics.median(rates["sam local"])
            print(f"c={concurrency} platform ÷ sam local: p50 {p50_ratio:.2f}, requests a second {rate_ratio:.2f}")


def _run(
    base: str, user_id: str, headers: dict[str, str], concurrency: int, requests: int
) -> tuple[list[float], float]:
    """Latencies in seconds, and requests per second; any status other than 200 ends the run."""
    url = urlsplit(base)

    def caller(count: int) -> list[float]:
        connection = http.client.HTTPConnection(url.hostname or HOST, url.port, timeout=60)
        latencies = []
        for _ in range(count):
            started = time.perf_counter()
            connection.request("GET", f"{url.path}/profile?userId={user_id}", headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            latencies.append(time.perf_counter() - started)
            if answer.status != 200:
                raise SystemExit(f"{base}: {answer.status} {body.decode()[:300]}")
        connection.close()
        return latencies

    started = time.perf_counter()
    with ThreadPoolExecutor(concurrency) as pool:
        results = list(pool.map(caller, [requests // concurrency] * concurrency))
    latencies = [latency for result in results for latency in result]
    return latencies, len(latencies) / (time.perf_counter() - started)


def _token(outputs: dict[str, Any], user: dict[str, str]) -> str:
    answer = _aws(outputs, "cognito-idp").initiate_auth(
        ClientId=outputs["userPoolClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user["email"], "PASSWORD": user["password"]},
    )
    return str(answer["AuthenticationResult"]["AccessToken"])


@contextmanager
def _unmetered_key(outputs: dict[str, Any]) -> Iterator[str]:
    """An API key without a rate limit; the web site's is limited to 100 requests per second."""
    gateway = _aws(outputs, "apigateway")
    api_id = urlsplit(outputs["apis"]["personalization"]).path.split("/")[-2]
    plan = gateway.create_usage_plan(name="benchmark", apiStages=[{"apiId": api_id, "stage": "v1"}])
    key = gateway.create_api_key(name="benchmark", enabled=True)
    gateway.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
    yield key["value"]
    gateway.delete_api_key(apiKey=key["id"])


def _aws(outputs: dict[str, Any], service: str) -> Any:
    """A client of the local AWS, as its root user."""
    root_user = credentials_in(Path(os.environ["ALMONER_OUTPUTS"]).with_name("credentials"))
    return get_session().create_client(
        service,
        region_name=outputs["region"],
        endpoint_url=outputs["endpoint"],
        aws_access_key_id=root_user.access_key_id,
        aws_secret_access_key=root_user.secret_access_key,
    )


if __name__ == "__main__":
    main()
