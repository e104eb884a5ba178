"""What every table says of its data: whether they outlive it, and by which key they are encrypted."""

import pytest

from tests.architecture.sources import shown
from tests.architecture.templates import TEMPLATES, Json

_A_DAY = "its items live a day at the longest"
SHORT_LIVED_TABLES = {
    "PaymentEventsTable": "a lost row only has an event worked on twice, which changes nothing",
    "AccessEndsTable": _A_DAY,
    "InboxEntriesTable": "whoever was away then reads the lists again",
    "BudgetsTable": "a budget of another time would be wrong",
    "ConnectionsTable": _A_DAY,
    "CustomerVersionsTable": _A_DAY,
    "FramesTable": _A_DAY,
    "IdempotencyTable": _A_DAY,
    "ImportsTable": "its items live a month, and files can be imported again",
    "LocksTable": "its row lives a quarter of an hour",
    "PartsTable": _A_DAY,
    "ProposalsTable": "its items live a week, and what was done is in the order",
    "RunsTable": _A_DAY,
    "SessionsTable": "its items live an hour",
    "SuggestionsTable": "they are retrieved anew",
    "TicketViewersTable": "its items live 30 seconds",
    "TicketsTable": "its items live a minute",
    "WeeklyCapsTable": "its items live a week; lost ones only have somebody hear more often",
    "CategoriesTable": "counted anew from the catalogue: runbook categories_uncounted.md",
    "UploadsTable": "its items live a week, and uploads can be repeated",
}

TABLES = [
    pytest.param(name, resource, id=f"{shown(template.file)}-{name}")
    for template in TEMPLATES
    for name, resource in template.body["Resources"].items()
    if resource["Type"] == "AWS::DynamoDB::Table"
]


@pytest.mark.parametrize(("name", "table"), TABLES)
def test_table_is_kept_and_restorable_or_its_data_is_short_lived(name: str, table: Json) -> None:
    properties = table["Properties"]
    can_be_restored = properties.get("PointInTimeRecoverySpecification") == {"PointInTimeRecoveryEnabled": True}
    policies = table.get("DeletionPolicy"), table.get("UpdateReplacePolicy")
    if name in SHORT_LIVED_TABLES:
        assert not can_be_restored, f"{name}: recovery is billed, and {SHORT_LIVED_TABLES[name]}"
        assert policies == (None, None)
    else:
        assert can_be_restored, f"{name}: set PointInTimeRecoverySpecification, or list it, with the reason"
        assert policies == ("RetainExceptOnCreate", "Retain"), (
            f"{name}: keep its data, but no table of a failed creation"
        )


@pytest.mark.parametrize(("name", "table"), TABLES)
def test_table_has_the_key_of_its_environment(name: str, table: Json) -> None:
    """The key aws/dynamodb is billed by the request, so dev does without; a lock row needs no key of its own."""
    assert name == "LocksTable" or "TableKey" in str(table["Properties"]["SSESpecification"]), (
        f"{name}: set *encryption"
    )
