"""Images of products on the running platform: from a browser's form to what customers get."""

import io
import json
import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from PIL import Image, PngImagePlugin

from commerce.images.domain.pictures import PictureType
from tests.e2e.clients import Api, Platform, User, eventually, is_problem

pytestmark = pytest.mark.platform

PNG = "image/png"


@pytest.fixture
def shop(commerce: Callable[..., Api], admin: User) -> Api:
    return commerce(admin)


@pytest.fixture
def product_id(shop: Api) -> str:
    wanted = {"name": "China cup", "category": "Cups", "price": {"amount": 250, "currency": "GBP"}, "stock": 1}
    product_id: str = shop("POST", "/products", json=wanted).json()["productId"]
    return product_id


def picture(**how: Any) -> bytes:
    written = io.BytesIO()
    Image.effect_noise((40, 30), 80).save(written, "PNG", **how)
    return written.getvalue()


def offered(shop: Api, product_id: str, size: int = 100_000, content_type: str = PNG) -> dict[str, Any]:
    wanted = {"contentType": content_type, "size": size, "alt": "Eine Tasse – 茶碗"}
    answer = shop("POST", f"/products/{product_id}/images", json=wanted)
    assert answer.status_code == 201, answer.text
    offer: dict[str, Any] = answer.json()
    return offer


def upload(offer: Mapping[str, Any], content: bytes, **changed: str) -> requests.Response:
    """Submit a form, as a browser of our origin does."""
    files = {"file": ("cup.png", content, "application/octet-stream")}
    origin = {"Origin": "http://localhost:5173"}
    fields = offer["upload"]["fields"] | changed
    return requests.post(offer["upload"]["url"], fields, files=files, headers=origin, timeout=10)


def images(shop: Api, product_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop.get(f"/admin/products/{product_id}").json()["images"]
    return found


def states(shop: Api, product_id: str) -> dict[str, str]:
    items = shop.get(f"/products/{product_id}/images").json()["items"]
    return {item["imageId"]: item["state"] for item in items}


def kept(platform: Platform, prefix: str) -> list[str]:
    listed = platform.aws("s3").list_objects_v2(Bucket=platform.stack["CommerceImagesBucket"], Prefix=prefix)
    return [found["Key"] for found in listed.get("Contents", [])]


def test_uploaded_picture_is_shown_and_can_be_taken_away(
    shop: Api, commerce: Callable[..., Api], platform: Platform, product_id: str
) -> None:
    offer, content = offered(shop, product_id), picture()
    assert states(shop, product_id) == {offer["imageId"]: "waiting"}

    answer = upload(offer, content + b"what a camera adds")

    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:5173"
    eventually(lambda: images(shop, product_id))
    [image] = commerce().get(f"/products/{product_id}").json()["images"]
    assert (image["imageId"], image["alt"]) == (offer["imageId"], "Eine Tasse – 茶碗")
    assert (image["width"], image["height"]) == (40, 30)
    assert states(shop, product_id) == {offer["imageId"]: "shown"}
    assert set(image["urls"].values()) == {image["url"]}  # nothing is enlarged
    served = requests.get(image["url"], timeout=10)
    assert served.headers["Content-Type"] == "image/webp"
    assert Image.open(io.BytesIO(served.content)).size == (40, 30)
    assert served.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    eventually(lambda: not kept(platform, f"uploads/{product_id}/"))

    assert shop("DELETE", f"/products/{product_id}/images/{image['imageId']}").status_code == 204
    assert images(shop, product_id) == []
    assert requests.get(image["url"], timeout=10).status_code in {403, 404}

    assert upload(offer, picture()).status_code == 204  # gone stays gone
    eventually(lambda: not kept(platform, f"uploads/{product_id}/"))
    assert images(shop, product_id) == []
    assert states(shop, product_id) == {}
    assert requests.get(image["url"], timeout=10).status_code in {403, 404}


@pytest.mark.parametrize("content_type", [each.value for each in PictureType])
def test_large_picture_is_shown_in_three_widths(
    shop: Api, platform: Platform, product_id: str, content_type: str
) -> None:
    written = io.BytesIO()
    Image.linear_gradient("L").resize((2000, 1000)).convert("RGB").save(written, PictureType(content_type).name)
    offer = offered(shop, product_id, 5_000_000, content_type)

    upload(offer, written.getvalue())

    eventually(lambda: images(shop, product_id))
    [image] = images(shop, product_id)
    assert (image["width"], image["height"]) == (2000, 1000)
    files = {width: requests.get(url, timeout=10) for width, url in image["urls"].items()}
    assert {width: Image.open(io.BytesIO(file.content)).size for width, file in files.items()} == {
        "320": (320, 160),
        "800": (800, 400),
        "1600": (1600, 800),
    }
    assert len(kept(platform, f"images/{product_id}/")) == 3
    shop("DELETE", f"/products/{product_id}/images/{image['imageId']}")
    assert kept(platform, f"images/{product_id}/") == []


def test_script_in_a_picture_is_not_served(shop: Api, product_id: str) -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "<script>alert(1)</script>")

    upload(offered(shop, product_id), picture(pnginfo=notes) + b"<script>alert(2)</script>")

    eventually(lambda: images(shop, product_id))
    assert b"script" not in requests.get(images(shop, product_id)[0]["url"], timeout=10).content


def test_images_are_ordered_and_described(shop: Api, product_id: str) -> None:
    for _ in range(2):
        upload(offered(shop, product_id), picture())
    eventually(lambda: len(images(shop, product_id)) == 2)
    first, second = [image["imageId"] for image in images(shop, product_id)]
    path = f"/products/{product_id}/images"

    ordered = shop("PUT", f"{path}/order", json={"imageIds": [second, first]})
    assert ordered.status_code == 200, ordered.text
    assert [image["imageId"] for image in images(shop, product_id)] == [second, first]
    is_problem(shop("PUT", f"{path}/order", json={"imageIds": [second]}), 422)

    seen = ordered.json()["version"]
    described = shop("PATCH", f"{path}/{second}", json={"alt": "The handle", "version": seen})
    assert (described.status_code, described.json()["version"]) == (200, seen + 1)
    assert images(shop, product_id)[0]["alt"] == "The handle"
    is_problem(shop("PATCH", f"{path}/{second}", json={"alt": "The lid", "version": seen}), 409)


def test_nobody_is_served_an_upload(shop: Api, product_id: str) -> None:
    offer = offered(shop, product_id)
    url = f"{offer['upload']['url']}/{offer['upload']['fields']['key']}"
    upload(offer, b"<script>")

    assert requests.get(url, timeout=10).status_code == 403


def test_form_takes_nothing_but_what_it_was_made_for(shop: Api, platform: Platform, product_id: str) -> None:
    offer, content = offered(shop, product_id, size=1000), picture()[:900]
    everything = b64encode(json.dumps({"expiration": "2099-01-01T00:00:00Z", "conditions": []}).encode()).decode()

    refusals = {
        "wrong type": upload(offer, content, **{"Content-Type": "text/html"}),
        "too large": upload(offer, bytes(1001)),
        "empty": upload(offer, b""),
        "another key": upload(offer, content, key=f"images/{product_id}/x.png"),
        "another policy": upload(offer, content, policy=everything),
        "open to everybody": upload(offer, content, acl="public-read"),
    }

    assert {why: (answer.status_code, _code(answer)) for why, answer in refusals.items()} == {
        "wrong type": (403, "AccessDenied"),
        "too large": (400, "EntityTooLarge"),
        "empty": (400, "EntityTooSmall"),
        "another key": (403, "AccessDenied"),
        "another policy": (403, "SignatureDoesNotMatch"),
        "open to everybody": (403, "AccessDenied"),
    }
    assert "Content-Type" in refusals["wrong type"].text
    assert kept(platform, f"uploads/{product_id}/") == []


def _code(answer: requests.Response) -> str:
    return answer.text.partition("<Code>")[2].partition("</Code>")[0]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<html><script>alert(document.cookie)</script></html>", "not of the form's type"),
        (picture()[:200], "damaged or incomplete"),
    ],
    ids=["page", "half a picture"],
)
def test_what_is_no_picture_is_discarded_and_admins_see_why(
    shop: Api, platform: Platform, product_id: str, content: bytes, why: str
) -> None:
    offer = offered(shop, product_id)

    assert upload(offer, content).status_code == 204  # S3 does not inspect it

    eventually(lambda: states(shop, product_id) == {offer["imageId"]: "refused"})
    [refused] = shop.get(f"/products/{product_id}/images").json()["items"]
    assert why in refused["reason"]
    assert images(shop, product_id) == []
    assert kept(platform, f"uploads/{product_id}/") == []
    assert kept(platform, f"images/{product_id}/") == []


def test_two_pictures_at_once_are_both_shown(shop: Api, product_id: str) -> None:
    offers = [offered(shop, product_id) for _ in range(6)]

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda offer: upload(offer, picture()), offers))

    eventually(lambda: len(images(shop, product_id)) == 6)
    assert {image["imageId"] for image in images(shop, product_id)} == {offer["imageId"] for offer in offers}


def test_form_that_is_posted_twice_shows_one_picture(shop: Api, platform: Platform, product_id: str) -> None:
    offer, first = offered(shop, product_id), picture()
    upload(offer, first)
    eventually(lambda: images(shop, product_id))
    served = requests.get(images(shop, product_id)[0]["url"], timeout=10).content

    assert upload(offer, picture()).status_code == 204

    eventually(lambda: not kept(platform, f"uploads/{product_id}/"))
    [image] = images(shop, product_id)
    assert requests.get(image["url"], timeout=10).content == served


def test_only_admins_handle_images(commerce: Callable[..., Api], staff: User, product_id: str) -> None:
    wanted = {"contentType": PNG, "size": 10, "alt": "A cup"}

    is_problem(commerce(staff)("POST", f"/products/{product_id}/images", json=wanted), 403)
    is_problem(commerce(staff).get(f"/products/{product_id}/images"), 403)
    is_problem(commerce(staff)("DELETE", f"/products/{product_id}/images/x"), 403)
    is_problem(commerce()("POST", f"/products/{product_id}/images", json=wanted), 401)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"contentType": 1}, 400),
        ({"contentType": "image/svg+xml"}, 422),
        ({"contentType": "image/heic"}, 422),
        ({"size": 5_000_001}, 422),
        ({"size": 0}, 422),
    ],
    ids=["a number", "SVG", "HEIC", "6 MB", "nothing"],
)
def test_what_cannot_be_an_image_gets_no_form(shop: Api, product_id: str, changed: dict[str, Any], status: int) -> None:
    wanted = {"contentType": PNG, "size": 10, "alt": "A cup"} | changed

    is_problem(shop("POST", f"/products/{product_id}/images", json=wanted), status)


def test_archived_and_unknown_products_get_no_form(shop: Api, product_id: str) -> None:
    wanted = {"contentType": PNG, "size": 10, "alt": "A cup"}
    shop("DELETE", f"/products/{product_id}")

    is_problem(shop("POST", f"/products/{product_id}/images", json=wanted), 409)
    is_problem(shop("POST", f"/products/{secrets.token_hex(8)}/images", json=wanted), 404)


def test_picture_of_a_product_archived_meanwhile_is_discarded(shop: Api, platform: Platform, product_id: str) -> None:
    offer = offered(shop, product_id)
    shop("DELETE", f"/products/{product_id}")

    upload(offer, picture())

    eventually(lambda: not kept(platform, f"uploads/{product_id}/"))
    assert kept(platform, f"images/{product_id}/") == []
    assert images(shop, product_id) == []


def test_upload_is_looked_at_within_seconds(shop: Api, product_id: str) -> None:
    upload(offered(shop, product_id), picture())
    eventually(lambda: images(shop, product_id))  # the function is warm
    before = time.monotonic()

    upload(offered(shop, product_id), picture())

    eventually(lambda: len(images(shop, product_id)) == 2)
    assert time.monotonic() - before < 5
