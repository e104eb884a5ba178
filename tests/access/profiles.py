"""Supporters, their gifts, and the charity's content."""

from tests.access.matrix import Call, own_and_staff, row, staff
from tests.access.people import PERSONALIZATION, unique
from tests.access.world import World

GIFT = {"amount": {"amount": 1000, "currency": "GBP"}}
PAGE = {"kind": "campaign", "title": "A page", "summary": "In short.", "body": "At length."}


@row(PERSONALIZATION, "GET /profile", own_and_staff(200))
def read_profile(world: World) -> Call:
    return Call(query={"userId": world.supporter_id})


@row(PERSONALIZATION, "GET /supporters", staff(200))
def find(_: World) -> Call:
    return Call(query={"q": "rosa"})


@row(PERSONALIZATION, "PATCH /profile", own_and_staff(200))
def amend_profile(world: World) -> Call:
    profile = world.done(PERSONALIZATION, "GET", f"/profile?userId={world.supporter_id}")
    return Call(query={"userId": world.supporter_id}, json={"version": profile["version"], "interests": ["running"]})


@row(PERSONALIZATION, "POST /donations", staff(201))
def give(world: World) -> Call:
    return Call(json=GIFT | {"userId": world.supporter_id})


@row(PERSONALIZATION, "GET /donations", own_and_staff(200))
def list_donations(world: World) -> Call:
    return Call(query={"userId": world.supporter_id})


@row(PERSONALIZATION, "POST /donations/{donationId}/refunds", staff(201))
def refund(world: World) -> Call:
    gift = world.done(PERSONALIZATION, "POST", "/donations", GIFT | {"userId": world.supporter_id})
    return Call(path={"donationId": gift["donationId"]}, json={"reason": "given twice"})


@row(PERSONALIZATION, "POST /search", own_and_staff(200))
def search(world: World) -> Call:
    return Call(json={"userId": world.supporter_id, "query": "screening"})


@row(PERSONALIZATION, "GET /content", staff(200))
def list_content(_: World) -> Call:
    return Call(query={"kind": "campaign"})


@row(PERSONALIZATION, "PUT /content/{contentId}", staff(201))
def put_content(_: World) -> Call:
    return Call(path={"contentId": unique()}, json=PAGE)


@row(PERSONALIZATION, "GET /content/{contentId}", staff(200))
@row(PERSONALIZATION, "DELETE /content/{contentId}", staff(204))
def of_content(world: World) -> Call:
    content_id = unique()
    world.done(PERSONALIZATION, "PUT", f"/content/{content_id}", PAGE)
    return Call(path={"contentId": content_id})
