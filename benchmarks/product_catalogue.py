"""A shop's catalogue of any size, generated with a fixed random seed."""

import random
import string
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from commerce.catalogue.domain.products import Kind, Product, Status
from shared.money import Money

_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
_WORDS = 20_000  # for descriptions, besides the real words: about as many as in a large shop
_WORDS_OF_A_DESCRIPTION = (20, 60)
CATEGORIES = tuple(f"Category {number}" for number in range(1, 41))
LOOKS = """
    antique bamboo beeswax blue brass bright checked classic cotton cream crocheted dark embroidered enamel
    felted floral folding gilded glazed gold golden green grey handmade handwoven heavy hemp knitted large
    leather light lightweight linen little natural navy oak organic painted patterned pewter pink plain
    porcelain printed purple quilted recycled red reversible rustic silk silver slate small soft striped tartan
    terracotta turquoise velvet vintage warm waterproof waxed white wicker wooden wool yellow
""".split()  # noqa: SIM905  a list of quoted words is harder to read
THINGS = """
    apron backpack basket bauble beanie blanket book bookmark bowl bracelet brooch bucket cafetiere calendar
    candle candlestick card cardigan coaster colander cushion diary doormat dress earrings envelope fan figurine
    flask frame glove hammock handbag hat jacket jar jigsaw jug jumper kettle keyring kite ladle lampshade
    lantern mitten mobile mug napkin necklace notebook ornament paintbrush paperweight pencil pendant photograph
    pillow pinafore planter plate pot poster pouch puppet purse puzzle quilt rattle ribbon rug saucepan saucer
    scarf shawl shirt skirt slipper sock soap spoon stool sunhat tablecloth teapot teaspoon teddy throw tie toy
    tray trivet tumbler umbrella vase wallet watch waistcoat whisk wreath
""".split()  # noqa: SIM905  a list of quoted words is harder to read


def drawn_products(count: int) -> Iterator[Product]:
    source = random.Random(6)  # noqa: S311  no secret is drawn
    made_up = _made_up(source)
    usual = [1 / (rank + 10) for rank in range(len(made_up))]  # the distribution of words in a language
    said = source.choices(made_up, usual, k=count * 4 + 1_000)
    for number in range(count):
        look, other, thing = source.choice(LOOKS), source.choice(LOOKS), source.choice(THINGS)
        length = source.randint(*_WORDS_OF_A_DESCRIPTION)
        start = source.randrange(len(said) - length)
        words = [*said[start : start + length], source.choice(LOOKS), source.choice(THINGS)]
        source.shuffle(words)
        gives = source.random() < 0.05
        at = _BEGIN + timedelta(minutes=7 * number)
        category, tags = source.choice(CATEGORIES), tuple(source.sample(LOOKS, 2))
        price, stock = Money(int(source.lognormvariate(7, 1)), "GBP"), None if gives else source.randrange(50)
        yield Product(
            product_id=f"product-{number}",
            kind=Kind.DONATION if gives else Kind.GOODS,
            name=f"{look.capitalize()} {other} {thing} {said[number]}",
            description=f"{' '.join(words).capitalize()}.",
            category=category,
            tags=tags,
            price=price,
            stock=stock,
            status=Status.ACTIVE,
            images=(),
            version=1,
            revision=1,
            movements=0,
            opening_stock=stock,
            created_at=at,
            updated_at=at,
        )


def mistyped(word: str, source: random.Random) -> str:
    """With one typo after the first letter: a letter omitted, doubled, changed or swapped with the next."""
    at = source.randrange(1, len(word) - 1)
    other = source.choice(string.ascii_lowercase)
    slips = [
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + other + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ]
    return source.choice(slips)


def _made_up(source: random.Random) -> list[str]:
    syllables = [a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "al", "en", "ir", "on", "us")]
    words = {"".join(source.choices(syllables, k=source.randint(2, 4))) for _ in range(_WORDS)}
    return sorted(words, key=lambda _: source.random())
