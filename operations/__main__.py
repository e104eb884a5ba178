"""python -m operations bootstrap ENV REPOSITORY       prepare an account for deployments from GitHub Actions
python -m operations region ENV                     the region that samconfig.toml says
python -m operations show ENV                       URLs, ids and the API key of what is deployed
python -m operations admin ENV EMAIL [NAME]         make somebody an administrator
python -m operations help-pages ENV                 upload the shop's help pages, which the support chat answers from
python -m operations smoke ENV                      check that somebody can sign in, and that the APIs answer
python -m operations unknown-sends ENV              list messages of which nobody can say whether they were sent
python -m operations resend ENV ID [--go]           send one of those, or one that has failed, again
python -m operations redrive-sends ENV CHANNEL [--go]  have dead letters of email, sms or push sent
python -m operations teardown ENV [--data]          delete an environment; --data: also its tables, buckets and users
"""

import os
import sys
from collections.abc import Callable

from operations.administrators import make_administrator
from operations.bootstrap import bootstrap
from operations.environment import CannotContinue, Environment, environment, explained
from operations.help_pages import publish_help_pages
from operations.sends import list_unknown, redrive, resend
from operations.smoke import smoke
from operations.teardown import check_may_be_deleted, tear_down


def run_bootstrap(here: Environment, repository: str = "") -> None:
    outputs = bootstrap(here, repository)
    variables = {
        "AWS_ROLE_ARN": outputs["DeployRoleArn"],
        "CLOUDFORMATION_ROLE_ARN": outputs["CloudFormationRoleArn"],
        "ARTIFACT_BUCKET": outputs["ArtifactBucket"],
    }
    print(f"{here.bootstrap_stack} is ready. Give the GitHub environment {here.name} these variables:\n")
    for name, value in variables.items():
        print(f"gh variable set {name} --env {here.name} --body {value}")


def run_region(here: Environment) -> None:
    print(here.region)


def run_show(here: Environment) -> None:
    outputs = here.outputs()
    print(f"{'region':28} {here.region}")
    for context in ("Personalization", "Commerce"):
        print(f"{context + ' API':28} {here.api(context, outputs)}")
    print(f"{'API key':28} {here.api_key(outputs)}")
    for name, value in sorted(outputs.items()):
        print(f"{name:28} {value}")


def run_admin(here: Environment, email: str = "", name: str = "") -> None:
    print(make_administrator(here, email, name))


def run_help_pages(here: Environment) -> None:
    changed = publish_help_pages(here.client("s3"), here.outputs()["CommerceHelpBucket"])
    print(f"{changed} help pages were uploaded.")


def run_smoke(here: Environment) -> None:
    smoke(here, lambda what, milliseconds: print(f"  ok  {what:32} {milliseconds:6.0f} ms", flush=True))
    print(f"{here.stack} works.")


def run_unknown_sends(here: Environment) -> None:
    print(f"{list_unknown(here, print)} messages are unknown.")


def run_resend(here: Environment, outbox_id: str = "", go: str = "") -> None:
    resend(here, outbox_id, print, go=_goes(go))


def run_redrive_sends(here: Environment, channel: str = "", go: str = "") -> None:
    print(f"{redrive(here, channel, print, go=_goes(go))} dead letters.")


def _goes(option: str) -> bool:
    if option not in ("", "--go"):
        raise CannotContinue(f"There is no option {option!r}: with --go it is done, without it shown.")
    if not option:
        print("With --go, this would be done:")
    return bool(option)


def run_teardown(here: Environment, with_data: str = "") -> None:
    if with_data not in ("", "--data"):
        raise CannotContinue(f"teardown takes no option {with_data!r}")
    check_may_be_deleted(here)
    what = "and all of its data" if with_data else "but not its tables, buckets and users"
    confirm(here, f"This deletes {here.stack} in {here.region}, {what}.")
    kept = tear_down(here, lambda what: print(f"  {what}", flush=True), with_data=bool(with_data))
    print(f"{here.stack} is deleted.")
    if kept:
        print("What its templates keep is still there:")
        for resource in kept:
            print(f"  {resource.kind:26} {resource.name}")


def confirm(here: Environment, what: str) -> None:
    """Raises CannotContinue unless the stack's name is typed, or $CONFIRM."""
    given = os.environ.get("CONFIRM")
    if given is None and sys.stdin.isatty():
        given = input(f"{what}\nType {here.stack} to continue: ")
    if given != here.stack:
        raise CannotContinue(f"{what} Nothing was done. To confirm: CONFIRM={here.stack}")


COMMANDS: dict[str, Callable[..., None]] = {
    "bootstrap": run_bootstrap,
    "region": run_region,
    "show": run_show,
    "admin": run_admin,
    "help-pages": run_help_pages,
    "smoke": run_smoke,
    "unknown-sends": run_unknown_sends,
    "resend": run_resend,
    "redrive-sends": run_redrive_sends,
    "teardown": run_teardown,
}
_ARGUMENTS = {
    "bootstrap": 1,
    "region": 0,
    "show": 0,
    "admin": 2,
    "help-pages": 0,
    "smoke": 0,
    "unknown-sends": 0,
    "resend": 2,
    "redrive-sends": 2,
    "teardown": 1,
}


def main(arguments: list[str]) -> int:
    match arguments:
        case [command, name, *rest] if command in COMMANDS and len(rest) <= _ARGUMENTS[command]:
            try:
                with explained():
                    COMMANDS[command](environment(name), *rest)
            except CannotContinue as problem:
                print(problem, file=sys.stderr)
                return 1
            except KeyboardInterrupt:
                return 130
            return 0
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
