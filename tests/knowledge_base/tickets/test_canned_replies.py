from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.tickets.domain.canned_replies import Variable, filled
from tests.knowledge_base.tickets.help_desk import ADA, BOB, PRIYA, TOM, as_user, opened

pytestmark = pytest.mark.usefixtures("edge")

POST, LIST = "POST /canned-replies", "GET /canned-replies"
ONE = "/canned-replies/{cannedReplyId}"
FILL = "GET /tickets/{ticketId}/canned-replies/{cannedReplyId}"
TEXT = "Dear {{ customerName }},\nabout #{{number}}, “{{subject}}”.\n{{staffName}}"


def added(text: str = TEXT, key: str | None = None) -> dict[str, Any]:
    status, answer = as_user(PRIYA, POST, {"title": "Receipts", "text": text}, key=key)
    assert status == 201, answer
    return dict(answer)


@pytest.mark.usefixtures("help_desk")
def test_staff_add_change_and_delete_canned_replies() -> None:
    reply = added()
    path = {"cannedReplyId": reply["cannedReplyId"]}
    changed = {"title": "Receipt", "text": "Dear {{customerName}}", "version": 1}
    status, answer = as_user(TOM, f"PUT {ONE}", changed, **path)

    assert (status, answer["version"], answer["text"], answer["updatedBy"]) == (200, 2, changed["text"], TOM)
    assert as_user(PRIYA, f"PUT {ONE}", changed, **path)[0] == 409
    assert as_user(PRIYA, f"GET {ONE}", **path) == (200, answer)
    assert as_user(PRIYA, f"PUT {ONE}", {**answer, "title": "PUT takes what GET gives"}, **path)[0] == 200
    for _ in range(2):
        assert as_user(PRIYA, f"DELETE {ONE}", **path)[0] == 204
    assert as_user(PRIYA, f"GET {ONE}", **path)[0] == as_user(PRIYA, f"PUT {ONE}", changed, **path)[0] == 404


@pytest.mark.usefixtures("help_desk")
def test_they_are_listed_and_added_once_under_a_key() -> None:
    first, second = added(key="1"), added(key="2")
    assert added(key="1") == first

    page = as_user(PRIYA, LIST, query={"limit": "1"})[1]
    assert page["items"] == [second]
    rest = as_user(PRIYA, LIST, query={"limit": "1", "cursor": page["nextCursor"]})[1]
    assert (rest["items"], rest["nextCursor"]) == ([first], None)


@pytest.mark.usefixtures("help_desk")
def test_supporters_have_no_part_in_it() -> None:
    reply_id = added()["cannedReplyId"]
    calls = [(POST, {"title": "x", "text": "y"}), (LIST, None), (f"GET {ONE}", None), (f"DELETE {ONE}", None)]
    for route, body in [*calls, (FILL, None)]:
        assert as_user(ADA, route, body, cannedReplyId=reply_id, ticketId=opened())[0] == 403


@pytest.mark.usefixtures("help_desk")
def test_ticket_fills_in_the_variables() -> None:
    ticket_id = opened(ADA, "{{number}} of {{staffName}}")
    status, answer = as_user(PRIYA, FILL, ticketId=ticket_id, cannedReplyId=added()["cannedReplyId"])

    text = "Dear Ada Lovelace,\nabout #1, “{{number}} of {{staffName}}”.\nPriya Nair"
    assert (status, answer) == (200, {"text": text, "missing": []})


@pytest.mark.usefixtures("help_desk")
def test_what_nobody_knows_stays_and_is_named() -> None:
    reply_id = added("{{customerName}}, {{customerName}}: {{number}}")["cannedReplyId"]
    _, answer = as_user(PRIYA, FILL, ticketId=opened(BOB), cannedReplyId=reply_id)

    assert answer == {"text": "{{customerName}}, {{customerName}}: 1", "missing": ["customerName"]}
    assert as_user(PRIYA, FILL, ticketId="none", cannedReplyId=reply_id)[0] == 404
    assert as_user(PRIYA, FILL, ticketId=opened(), cannedReplyId="none")[0] == 404


@pytest.mark.usefixtures("help_desk")
@pytest.mark.parametrize("text", ["{{nobody}}", "{{ user.email }}", "{{customer name}}"])
def test_unknown_variables_are_refused(text: str) -> None:
    status, problem = as_user(PRIYA, POST, {"title": "x", "text": text})
    assert (status, problem["errors"][0]["field"]) == (422, "text")


@given(st.lists(st.sampled_from([*(f"{{{{{each}}}}}" for each in Variable), "{", "}}", "a "]), max_size=12), st.data())
def test_values_are_put_in_once_and_not_looked_at(parts: list[str], data: st.DataObject) -> None:
    values = {each: data.draw(st.sampled_from(["{{number}}", "x", "}}{{", None])) for each in Variable}
    named = {f"{{{{{each}}}}}": each for each in Variable}
    text = "|".join(parts)
    expected = "|".join(values[named[part]] or part if part in named else part for part in parts)

    found = filled(text, values)
    assert found.text == expected
    assert set(found.missing) == {named[part] for part in parts if part in named and not values[named[part]]}
