from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.auth.callers import Caller, Claims, caller_from, groups_from
from shared.errors import Forbidden, NotFound, Unauthenticated
from tests.shared.gateway_events import CLIENT_ID, access_claims, http_api_event, rest_event

type MakeEvent = Callable[[Mapping[str, Any]], dict[str, Any]]

group_names = st.text(st.characters(categories=("L", "Nd"), include_characters="-_."), min_size=1)
kinds_of_api = pytest.mark.parametrize("event_with", [rest_event, http_api_event])


def knows(tokens: Mapping[str, Claims]) -> Callable[[str], Claims]:
    """A verifier that knows some good tokens."""

    def verify(token: str) -> Claims:
        if token not in tokens:
            raise Unauthenticated("The access token is not valid, or no longer.")
        return tokens[token]

    return verify


knows_none = knows({})


# --- Groups


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (["staff", "editors"], {"staff", "editors"}),
        (("staff",), {"staff"}),
        ("[staff editors]", {"staff", "editors"}),
        ("[staff, editors]", {"staff", "editors"}),
        ("[staff]", {"staff"}),
        ("staff,editors", {"staff", "editors"}),
        ("staff, editors", {"staff", "editors"}),
        ("staff", {"staff"}),
        ([], set()),
        ("[]", set()),
        ("", set()),
        ("  ", set()),
        (None, set()),
        (7, set()),
        ({"staff": True}, set()),
        (["staff", 7, None], {"staff"}),
    ],
)
def test_groups_are_read_in_every_shape(claim: object, expected: set[str]) -> None:
    assert groups_from(claim) == expected


@given(st.lists(group_names))
def test_groups_are_the_same_whatever_the_kind_of_api(groups: list[str]) -> None:
    assert groups_from(groups) == groups_from(f"[{' '.join(groups)}]") == groups_from(",".join(groups)) == set(groups)


@pytest.mark.parametrize("groups", [{"staff"}, {"admin"}, {"admin", "staff"}, {"staff", "editors"}])
def test_members_of_staff_groups_are_staff(groups: set[str]) -> None:
    assert Caller("u1", frozenset(groups)).is_staff


@pytest.mark.parametrize("groups", [set(), {"editors"}, {"Staff"}, {"ADMIN"}, {"staffordshire"}, {"non-staff"}, {""}])
def test_everybody_else_is_a_supporter(groups: set[str]) -> None:
    assert not Caller("u1", frozenset(groups)).is_staff


# --- Whose data


def test_supporter_may_see_their_own_data() -> None:
    Caller("u1").require_access_to("u1")


def test_supporter_cannot_tell_another_supporter_from_nobody() -> None:
    with pytest.raises(NotFound, match="There is no such supporter"):
        Caller("u1", frozenset({"editors"})).require_access_to("u2")


@pytest.mark.parametrize("similar", ["", "U1", "u1 ", " u1", "u1\0", "u", "u11"])
def test_similar_user_id_is_another_user(similar: str) -> None:
    with pytest.raises(NotFound):
        Caller("u1").require_access_to(similar)


@pytest.mark.parametrize("group", ["staff", "admin"])
def test_staff_may_see_everybodys_data(group: str) -> None:
    Caller("u1", frozenset({group})).require_access_to("u2")


# --- Claims that an authorizer verified


@kinds_of_api
@pytest.mark.parametrize("groups", [["staff", "a"], "[staff a]", "staff,a"])
def test_caller_is_read_from_the_claims_of_the_authorizer(event_with: MakeEvent, groups: object) -> None:
    event = event_with(access_claims("u1", groups))

    assert caller_from(event, CLIENT_ID, knows_none) == Caller("u1", frozenset({"staff", "a"}))


@kinds_of_api
def test_caller_without_groups_is_a_supporter(event_with: MakeEvent) -> None:
    assert caller_from(event_with(access_claims("u1")), CLIENT_ID, knows_none) == Caller("u1")


@kinds_of_api
@pytest.mark.parametrize(
    "claims",
    [
        pytest.param(access_claims("u1", token_use="id"), id="id token"),
        pytest.param(access_claims("u1", token_use="id", aud=CLIENT_ID, client_id=None), id="id token of our client"),
        pytest.param(access_claims("u1", token_use=None), id="no token_use"),
        pytest.param(access_claims("u1", token_use=["access"]), id="token_use is a list"),
        pytest.param(access_claims("u1", client_id="another"), id="foreign client"),
        pytest.param(access_claims("u1", client_id=None), id="no client"),
        pytest.param(access_claims("u1", client_id=None, aud=CLIENT_ID), id="client only as audience"),
        pytest.param(access_claims("u1", client_id=f"{CLIENT_ID} "), id="almost our client"),
        pytest.param(access_claims("u1", sub=None), id="no sub"),
        pytest.param(access_claims(""), id="empty sub"),
        pytest.param(access_claims("u1", sub=7), id="sub is a number"),
        pytest.param(access_claims("u1", sub=["u1"]), id="sub is a list"),
    ],
)
def test_claims_that_are_not_of_an_access_token_of_ours_are_refused(
    event_with: MakeEvent, claims: Mapping[str, Any]
) -> None:
    with pytest.raises(Unauthenticated):
        caller_from(event_with(claims), CLIENT_ID, knows_none)


def test_username_and_email_in_the_claims_are_not_who_asks() -> None:
    claims = access_claims("u1", username="u2", email="u2@example.org")

    assert caller_from(rest_event(claims), CLIENT_ID, knows_none).user_id == "u1"


def test_claims_of_the_authorizer_stand_above_the_header() -> None:
    event = rest_event(access_claims("u1"), headers={"Authorization": "Bearer token-of-u2"})
    verify = knows({"token-of-u2": access_claims("u2", ["admin"])})

    assert caller_from(event, CLIENT_ID, verify) == Caller("u1")


# --- Events without claims

NO_CLAIMS: list[Any] = [
    {},
    {"requestContext": None},
    {"requestContext": {}},
    {"requestContext": {"authorizer": None}},
    {"requestContext": {"authorizer": {}}},
    {"requestContext": {"authorizer": {"claims": None}}},
    {"requestContext": {"authorizer": {"claims": {}}}},
    {"requestContext": {"authorizer": {"claims": "sub=u1"}}},
    {"requestContext": {"authorizer": {"jwt": None}}},
    {"requestContext": {"authorizer": {"jwt": {}}}},
    {"requestContext": {"authorizer": {"principalId": "u1", "sub": "u1", "token_use": "access"}}},
    {"requestContext": {"identity": {"apiKey": "an application's key"}}},
]


@pytest.mark.parametrize("event", [*NO_CLAIMS, {"requestContext": {"authorizer": {"jwt": {"claims": {}}}}}])
def test_absent_claims_never_mean_allowed(event: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        caller_from(event, CLIENT_ID, knows({"good": access_claims("u1")}))


@pytest.mark.parametrize("event", NO_CLAIMS)
def test_token_is_verified_where_no_authorizer_did(event: dict[str, Any]) -> None:
    with_token = event | {"headers": {"Authorization": "Bearer good"}}
    verify = knows({"good": access_claims("u1", ["staff"])})

    assert caller_from(with_token, CLIENT_ID, verify) == Caller("u1", frozenset({"staff"}))


@pytest.mark.parametrize(
    "claims", [access_claims("u1", token_use="id"), access_claims("u1", client_id="another"), access_claims("")]
)
def test_verified_token_must_be_an_access_token_of_ours_too(claims: Mapping[str, Any]) -> None:
    event = rest_event(headers={"Authorization": "Bearer good"})

    with pytest.raises(Unauthenticated):
        caller_from(event, CLIENT_ID, knows({"good": claims}))


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer good"},
        {"authorization": "Bearer good"},
        {"AUTHORIZATION": "bearer good"},
        {"Authorization": "BEARER   good  "},
        {"Accept": "*/*", "Authorization": "Bearer good", "x-api-key": "key"},
    ],
)
def test_bearer_token_is_found_whatever_the_spelling_of_the_header(headers: dict[str, str]) -> None:
    event = rest_event(headers=headers)

    assert caller_from(event, CLIENT_ID, knows({"good": access_claims("u1")})).user_id == "u1"


@pytest.mark.parametrize(
    "headers",
    [
        None,
        {},
        {"Authorization": None},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer    "},
        {"Authorization": "good"},
        {"Authorization": "Basic good"},
        {"Authorization": "Bearergood"},
        {"Authorization": "Bearer\tgood"},
        {"Authorization": "Bearer good good"},
        {"Authorization": "Bearer bad"},
        {"X-Authorization": "Bearer good"},
        {"x-api-key": "good"},
    ],
)
def test_header_without_a_good_bearer_token_is_refused(headers: dict[str, Any] | None) -> None:
    with pytest.raises(Unauthenticated):
        caller_from({"headers": headers}, CLIENT_ID, knows({"good": access_claims("u1"), "": access_claims("u2")}))


@pytest.mark.parametrize("group", ["admin", "finance", "staff"])
def test_staff_may_do_what_staff_do(group: str) -> None:
    Caller("somebody", frozenset({group})).require_staff()


@pytest.mark.parametrize("groups", [frozenset(), frozenset({"editors"})])
def test_others_may_not(groups: frozenset[str]) -> None:
    with pytest.raises(Forbidden):
        Caller("somebody", groups).require_staff()
