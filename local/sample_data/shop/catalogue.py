"""The sample shop's products, composed of hand-written words; always the same."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import product as combinations
from pathlib import Path
from typing import Any

from commerce.catalogue.domain.products import Image, Kind, Product, Status
from commerce.images.domain.pictures import PictureType
from commerce.images.domain.uploads import image_key
from local.sample_data.shop.drawings.canvas import SIDE_PIXELS
from local.sample_data.shop.drawings.pictures import Picture
from shared.money import Money

_FOLDER = Path(__file__).parent
_CURRENCY = "GBP"
_OLDEST = timedelta(days=90)
_SOLD_OUT_OF_A_HUNDRED = 4
_CARE_COLOURS = ("teal", "rose", "lilac", "sky blue", "coral", "sage")

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A product and its picture. `pence` is the price of one; `stock` is None for donation items."""

    name: str
    description: str
    category: str
    tags: tuple[str, ...]
    pence: int
    stock: int | None
    picture: Picture
    shows: str


@dataclass(frozen=True, slots=True)
class Stocked:
    product: Product
    picture: Picture


def sample_products(midnight: datetime) -> list[Stocked]:
    """All products, added over the ninety days before `midnight`; otherwise always the same."""
    samples = [*_goods(), *_books(), *_records(), *_donations()]
    turns = list(range(len(samples)))
    _dice("the order in which things came in").shuffle(turns)
    step = _OLDEST / len(samples)
    return [
        Stocked(_product(f"sample-{number:03}", sample, midnight - _OLDEST + step * turn), sample.picture)
        for number, (sample, turn) in enumerate(zip(samples, turns, strict=True), start=1)
    ]


def _product(product_id: str, sample: Sample, created_at: datetime) -> Product:
    key, alt = f"{image_key(product_id, 'drawing')}.png", f"A drawing: {sample.shows}"
    image = Image("drawing", key, PictureType.PNG.value, alt, SIDE_PIXELS, SIDE_PIXELS)
    return Product(
        product_id=product_id,
        kind=Kind.GOODS if sample.stock is not None else Kind.DONATION,
        name=sample.name,
        description=sample.description,
        category=sample.category,
        tags=sample.tags,
        price=Money(sample.pence, _CURRENCY),
        stock=sample.stock,
        status=Status.ACTIVE,
        images=(image,),
        version=1,
        revision=1,
        movements=0,
        opening_stock=sample.stock,
        created_at=created_at,
        updated_at=created_at,
    )


@cache
def _words() -> Json:
    words: Json = json.loads((_FOLDER / "words.json").read_text())
    return words


@cache
def _titles() -> dict[str, list[list[Any]]]:
    titles: dict[str, list[list[Any]]] = json.loads((_FOLDER / "titles.json").read_text())
    return titles


def _goods() -> Iterator[Sample]:
    for number, line in enumerate(_words()["lines"]):
        dice = _dice(f"{line['category']}, {line['thing']}")
        plain, every = line.get("plain", False), [line["of"], line["in"], line.get("pattern", [""])]
        kinds = list(combinations(*every, line.get("editions", [""])))
        dice.shuffle(kinds)
        if plain:  # their colours do not distinguish them
            kinds = list(
                {(of, edition): (of, colour, pattern, edition) for of, colour, pattern, edition in kinds}.values()
            )
        for turn in range(line["count"]):
            yield _piece(line, kinds[turn % len(kinds)], plain=plain, ground=number, dice=dice)


def _piece(line: Json, kind: Sequence[str], *, plain: bool, ground: int, dice: random.Random) -> Sample:
    stuff, colour, pattern, edition = kind
    thing, words, is_ours = line["thing"], _words(), line["by"] == "own"
    looks = _together("" if plain else colour, pattern, stuff, thing)
    size = dice.choice(words["sizes"][line["sizes"]]) if "sizes" in line else ""
    maker = dice.choice(words["makers"][line["by"]])
    said = [
        dice.choice(line["about"]),
        "" if is_ours else f"By {maker}.",
        dice.choice(words["conditions"][line["condition"]]),
    ]
    return Sample(
        name=", ".join(filter(None, [_capital(looks), edition, size])),
        description=_together(*said),
        category=line["category"],
        tags=(*line["tags"], "new" if is_ours else "second-hand"),
        pence=_pence(line["pounds"], dice),
        stock=_pieces(line, dice),
        picture=Picture(line["drawing"], words["colours"][colour], pattern, ground),
        shows=looks,
    )


def _books() -> Iterator[Sample]:
    colours, conditions = _cover_colours(), _words()["conditions"]["books"]
    for title, author, about, tags in _titles()["books"]:
        dice = _dice(f"{title} by {author}")
        binding = dice.choice(["Paperback", "Hardback", "Hardback with its dust jacket", "Pocket edition"])
        yield Sample(
            name=f"{title} by {author}",
            description=f"{about} {binding}. {dice.choice(conditions)}",
            category="Books",
            tags=(*tags.split(","), "second-hand"),
            pence=_pence([1, 9], dice),
            stock=_few(dice),
            picture=Picture("book", dice.choice(colours), dice.choice(["", "", "spotted", "striped"]), ground=0),
            shows="a book",
        )


def _records() -> Iterator[Sample]:
    conditions = _words()["conditions"]["music"]
    drawings = {"LP": "record", "CD": "cd", "box set of LPs": "boxset"}
    colours = _cover_colours()
    for title, artist, medium, tags in _titles()["records"]:
        dice = _dice(f"{title} by {artist}")
        yield Sample(
            name=f"{title}: {artist}, {medium}",
            description=f"{_capital(tags.partition(',')[0])} on {medium}. {dice.choice(conditions)}",
            category="Music",
            tags=(*tags.split(","), "vinyl" if "LP" in medium else "CD", "second-hand"),
            pence=_pence([2, 6] if medium == "CD" else [4, 18], dice),
            stock=_few(dice),
            picture=Picture(drawings[medium], dice.choice(colours), "", ground=1),
            shows=f"a {medium}",
        )


def _donations() -> Iterator[Sample]:
    colours = _words()["colours"]
    for number, (name, about, pence, drawing, tags) in enumerate(_titles()["donations"]):
        yield Sample(
            name=name,
            description=f"{about} Nothing is sent to you: all of it goes where it is needed.",
            category="Gifts that care",
            tags=(*tags.split(","), "donation"),
            pence=pence,
            stock=None,
            picture=Picture(drawing, colours[_CARE_COLOURS[number % len(_CARE_COLOURS)]], "", ground=4),
            shows=name.lower(),
        )


def _cover_colours() -> list[str]:
    """Few enough colours that some covers look alike and need to be drawn only once."""
    return list(_words()["colours"].values())[::3]


def _pence(pounds: Sequence[int], dice: random.Random) -> int:
    return 100 * dice.randint(*pounds) - dice.choice([0, 0, 1, 50, 51])


def _pieces(line: Json, dice: random.Random) -> int:
    """There is one of each donated garment, and plenty of what we make ourselves."""
    if line.get("plenty"):
        return 0 if _is_sold_out(dice) else dice.randint(8, 80)
    return int(not _is_sold_out(dice)) if "sizes" in line else _few(dice)


def _few(dice: random.Random) -> int:
    return 0 if _is_sold_out(dice) else dice.choice([1, 1, 1, 2, 3, 5])


def _is_sold_out(dice: random.Random) -> bool:
    return dice.randrange(100) < _SOLD_OUT_OF_A_HUNDRED


def _dice(subject: str) -> random.Random:
    """A generator that depends on the subject only, so that a new product does not change others."""
    return random.Random(subject)  # noqa: S311  not for secrets


def _together(*words: str) -> str:
    return " ".join(filter(None, words))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
