"""python -m generate                        writes every generated file
python -m generate --check                shows how they would change, and fails if they would
python -m generate --find                 lists the files of every route, and fails if one is missing
python -m generate --find "GET /profile"  lists those of one
"""

import argparse
import difflib
import sys
import warnings

from generate.access import access_page
from generate.account import account_page
from generate.costs import deploy_page
from generate.features import features_page
from generate.finding import report
from generate.functions import ROOT
from generate.gateway import templates
from generate.holidays import holidays_file
from generate.openapi import documents
from generate.pages import pages
from generate.sam_local import template as sam_local_template


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--check", action="store_true", help="write nothing; fail where a file is not up to date")
    arguments.add_argument("--find", metavar="ROUTE", nargs="?", const="", help="write nothing; say where a route is")
    options = arguments.parse_args()
    warnings.simplefilter("error")  # what pydantic cannot describe, or describes twice, is no document
    if options.find is not None:
        found, is_complete = report(options.find)
        sys.stdout.write(found + "\n")
        return int(not is_complete)

    stale = False
    generated = (
        pages()
        | access_page()
        | templates()
        | documents()
        | features_page()
        | sam_local_template()
        | deploy_page()
        | account_page()
        | holidays_file()
    )
    for file, text in generated.items():
        old = file.read_text() if file.exists() else ""
        if old == text:
            continue
        if options.check:
            stale = True
            name = str(file.relative_to(ROOT))
            sys.stdout.writelines(
                difflib.unified_diff(
                    old.splitlines(keepends=True), text.splitlines(keepends=True), name, "as generated"
                )
            )
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    if stale:
        sys.stderr.write("Not up to date: run python -m generate\n")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main())
