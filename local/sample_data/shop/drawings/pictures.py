"""All pictures, by name."""

from dataclasses import dataclass

from local.sample_data.shop.drawings.canvas import Canvas, Colour, tint
from local.sample_data.shop.drawings.care import CARE
from local.sample_data.shop.drawings.clothes import CLOTHES
from local.sample_data.shop.drawings.household import HOUSEHOLD
from local.sample_data.shop.drawings.pastimes import PASTIMES

_DRAWINGS = CLOTHES | HOUSEHOLD | PASTIMES | CARE
_GROUNDS: tuple[Colour, ...] = ((243, 238, 229), (228, 238, 241), (240, 230, 236), (232, 240, 227), (246, 238, 216))


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing's name, its colour (`#27375f`), its pattern (if any) and the index of its background."""

    drawing: str
    colour: str
    pattern: str
    ground: int


def draw(picture: Picture) -> bytes:
    """Returns a PNG; equal pictures have equal bytes."""
    canvas = Canvas(_GROUNDS[picture.ground % len(_GROUNDS)])
    _DRAWINGS[picture.drawing](canvas, tint(picture.colour), picture.pattern)
    return canvas.png()
