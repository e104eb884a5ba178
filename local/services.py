"""A workspace's background programs: the local AWS, stand-ins for Bedrock's models and Stripe, Postgres, and
OpenSearch if it is chosen."""

import os
import shutil
import signal
from pathlib import Path

from local.background import Background
from local.emulator.process import emulator_program
from local.fingerprints import fingerprint
from local.guard import CONTROL_KEY
from local.model.process import model_program
from local.opensearch.installation import install
from local.opensearch.process import opensearch_program
from local.payments.process import payment_program
from local.postgres.installation import end_orphan, is_installed
from local.postgres.process import postgres_program
from local.workspace import Workspace

_SOURCES = ("local", "uv.lock")


def emulator(workspace: Workspace) -> Background:
    """The local AWS; it keeps its data in the workspace and saves it when it is terminated."""
    # Functions start twice as fast with bytecode, which is kept outside the source tree.
    bytecode = {"PYTHONPYCACHEPREFIX": str(workspace.state / "pycache"), "PYTHONDONTWRITEBYTECODE": ""}
    sent = {"MAIL_DIR": str(workspace.mail), "MESSAGES_DIR": str(workspace.messages)}
    settings = {**bytecode, **sent, "PRELOAD": "1", "KNOWLEDGE_BASE_MODEL_URL": workspace.model_endpoint}
    program = emulator_program(
        workspace.emulator, workspace.port, workspace.root_user, persist=True, environment=settings
    )
    return Background(program, workspace.emulator)


def model(workspace: Workspace) -> Background:
    """The model stand-in; with MODEL_URL and MODEL_NAME in the environment, it relays to a real model."""
    settings = {**os.environ, CONTROL_KEY: workspace.root_user.secret_access_key}
    return Background(model_program(workspace.model_port, settings), workspace.state / "model")


def payments(workspace: Workspace) -> Background:
    """The stand-in for Stripe; it keeps its data in the workspace."""
    settings = {
        **os.environ,
        "PAYMENTS_FILE": str(workspace.payments / "payments.db"),
        CONTROL_KEY: workspace.root_user.secret_access_key,
    }
    return Background(payment_program(workspace.payments_port, settings), workspace.payments)


def postgres(workspace: Workspace) -> Background:
    """Postgres; it keeps its data in the workspace."""
    return Background(postgres_program(workspace.postgres, workspace.postgres_port, os.environ), workspace.postgres)


def opensearch(workspace: Workspace) -> Background:
    """A node of OpenSearch."""
    return Background(opensearch_program(workspace.opensearch, workspace.opensearch_port), workspace.opensearch)


def chosen(workspace: Workspace) -> list[Background]:
    """Those that this workspace needs."""
    search = [opensearch(workspace)] if workspace.search_engine == "opensearch" else []
    till = [] if workspace.stripe_key else [payments(workspace)]
    database = [postgres(workspace)] if is_installed() else []
    return [emulator(workspace), model(workspace), *till, *database, *search]


def start(workspace: Workspace) -> None:
    """Start the local AWS and the stand-ins, or restart all with their data if their code has changed."""
    started_from, sources = _started_from(workspace), fingerprint(_SOURCES, workspace.root_user.access_key_id)
    if started_from.is_file() and started_from.read_text() != sources:
        stop(workspace)
    if emulator(workspace).pid is None:
        remove_temporary_files(workspace)
        (workspace.emulator / "tmp").mkdir(parents=True)
    emulator(workspace).start()
    model(workspace).start()
    if workspace.stripe_key:
        payments(workspace).stop()
    else:
        payments(workspace).start()
    if is_installed():
        if postgres(workspace).pid is None:
            end_orphan(workspace.postgres)
        postgres(workspace).start()
    (workspace.state / "port").write_text(str(workspace.port))
    (workspace.state / "payments-port").write_text(str(workspace.chosen_payments_port))
    (workspace.state / "postgres-port").write_text(str(workspace.chosen_postgres_port))
    started_from.write_text(sources)


def _started_from(workspace: Workspace) -> Path:
    """The file with the fingerprint of the sources that the running programs were started from."""
    return workspace.state / "made-of"


def start_search(workspace: Workspace) -> None:
    """Start OpenSearch if it is chosen. Delete the index of the other engine, which does not follow the catalogue."""
    if workspace.search_engine == "opensearch":
        install()
        opensearch(workspace).start()
        shutil.rmtree(workspace.search, ignore_errors=True)
    else:
        opensearch(workspace).stop()
        shutil.rmtree(workspace.opensearch, ignore_errors=True)
    (workspace.state / "search-engine").write_text(workspace.search_engine)


def stop(workspace: Workspace) -> bool:
    """Stop all; True if any was running."""
    stopped = [each(workspace).stop() for each in (opensearch, postgres, payments, model, emulator)]
    remove_temporary_files(workspace)
    return any(stopped)


def reload_functions(workspace: Workspace) -> None:
    """Make the next request of each function start a new worker, with the current code."""
    emulator(workspace).signal(signal.SIGHUP)


def remove_temporary_files(workspace: Workspace) -> None:
    """The unpacked functions and layers of an emulator that has stopped."""
    shutil.rmtree(workspace.emulator / "tmp", ignore_errors=True)
