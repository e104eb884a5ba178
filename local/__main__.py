"""The local platform's commands.

python -m local up | down | status | logs | inbox | watch | reset | rebuild-search [--verify] | with-platform COMMAND…
"""

import argparse
import os
import shutil
import subprocess
import sys
import time

from local import deployment, search_index, services
from local.inbox.server import serve as serve_inbox
from local.logs import show_logs
from local.outputs import write_outputs
from local.payments.connection import connect_payments
from local.postgres.connection import offer_database
from local.progress import note, report_error, step
from local.sample_data.accounts import PASSWORD
from local.sample_data.load import load
from local.stores import reporting_lost_stores
from local.watch import watch_sources
from local.workspace import DEFAULT_INBOX_PORT, ROOT, CannotContinue, Workspace, workspace


def up(here: Workspace) -> None:
    """Start the local AWS, deploy what has changed, create the sample data and write outputs.json."""
    started = time.monotonic()
    here.state.mkdir(parents=True, exist_ok=True)
    if services.emulator(here).died:
        note("the local AWS stopped without saving its data: recreating it")
    with step("local AWS"):
        services.start(here)
    with step("search engine"):
        services.start_search(here)
    database = offer_database(here)
    if database is None:
        note("Postgres is not installed: uv sync --group postgres")
    bring_up_to_date(here)
    connect_payments(here)
    with step("sample data"):
        users = load(here)
        outputs = write_outputs(here, users, database)
    # missing, or written by another release: stream events alone cannot restore it
    if not search_index.is_readable(here.search_url):
        with step("search index"):
            search_index.rebuild(here, verify=False)
    print(f"\nAlmoner is up ({time.monotonic() - started:.0f} s).\n")
    for context, url in outputs["apis"].items():
        print(f"  {context:16} {url}")
    for user in outputs["users"]:
        print(f"  {', '.join(user['groups']) or 'supporter':16} {user['email']}")
    print(f"  {'password':16} {PASSWORD}")
    print(f"  {'mail':16} {here.mail.relative_to(ROOT)}   (the newest last; with SMS and push messages: make inbox)")
    print(f"  {'everything':16} {here.outputs.relative_to(ROOT)}   (make status, make logs, make watch, make down)")


def bring_up_to_date(here: Workspace) -> None:
    """Build and deploy what has changed. Holds the workspace's lock, so `make up` waits for a running `make watch`."""
    with here.locked():
        sources = deployment.fingerprint(here)  # before the build, so that a file saved during it counts as changed
        if deployment.deployed_fingerprint(here) == sources:
            note("nothing has changed since the last deployment")
            return
        with step("sam build"):
            deployment.build(here)
        with reporting_lost_stores(here), step("sam deploy"):
            deployment.deploy(here, sources, offer_database(here))
            deployment.migrate_database(here)
            deployment.verify_sender(here)
            deployment.create_push_applications(here)
        services.reload_functions(here)


def down(here: Workspace) -> None:
    note("stopped; its data is kept" if services.stop(here) else "nothing was running")


def reset(here: Workspace) -> None:
    services.stop(here)
    kept = (
        here.emulator,
        here.build,
        here.mail,
        here.messages,
        here.state / "model",
        here.payments,
        here.postgres,
        here.search,
        here.opensearch,
    )
    for folder in kept:
        shutil.rmtree(folder, ignore_errors=True)
    here.outputs.unlink(missing_ok=True)
    here.credentials_file.unlink(missing_ok=True)
    for remembered in ("port", "payments-port", "postgres-port", "search-engine"):
        (here.state / remembered).unlink(missing_ok=True)
    note("the local platform and its data have been deleted")


def status(here: Workspace) -> int:
    """0 if the platform is up and current; otherwise print what to do and return 1."""
    for service in services.chosen(here):
        if service.pid is None:
            note(f"{service.name} stopped unexpectedly; run `make up`" if service.died else "down; run `make up`")
            return 1
        note(f"{service.name:28} port {service.port}, pid {service.pid}, {service.memory_mb} MB including its workers")
    if deployment.deployed_stack(here) is None:
        note("nothing is deployed; run `make up`")
        return 1
    for name, value in sorted(deployment.stack_outputs(here).items()):
        note(f"{name:28} {value}")
    if deployment.deployed_fingerprint(here) != deployment.fingerprint(here):
        note("the source tree has changed since the deployment; run `make up` or `make watch`")
        return 1
    note("deployed and current")
    return 0


def with_platform(here: Workspace, command: list[str]) -> int:
    """Run a command against a fresh platform, and stop it afterwards."""
    reset(here)
    try:
        up(here)
        environment = here.environment() | {"ALMONER_OUTPUTS": str(here.outputs)}
        process = subprocess.Popen(command, cwd=ROOT, env=environment)
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # the command received Ctrl-C too, and may still be cleaning up
                continue
    finally:
        services.stop(here)


def rebuild_search(here: Workspace, arguments: list[str]) -> None:
    """Rebuild the shop's search index or, with --verify, compare it with the catalogue and repair it."""
    if arguments not in ([], ["--verify"]):
        raise CannotContinue("Usage: python -m local rebuild-search [--verify]")
    with step("search index"):
        report = search_index.rebuild(here, verify=bool(arguments))
    for name, count in report.items():
        note(f"{name:28} {count}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = ["up", "down", "status", "logs", "inbox", "watch", "reset", "rebuild-search", "with-platform"]
    parser.add_argument("command", choices=commands)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    try:
        here = workspace()
        match arguments.command:
            case "up":
                up(here)
            case "down":
                down(here)
            case "status":
                return status(here)
            case "logs":
                show_logs(here)
            case "inbox":
                serve_inbox(here, int(os.environ.get("INBOX_PORT", DEFAULT_INBOX_PORT)))
            case "watch":
                up(here)
                watch_sources(here, bring_up_to_date)
            case "reset":
                reset(here)
            case "rebuild-search":
                rebuild_search(here, arguments.arguments)
            case "with-platform":
                return with_platform(here, arguments.arguments)
    except CannotContinue as problem:
        report_error(str(problem))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())
