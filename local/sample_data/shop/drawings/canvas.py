"""A square canvas; coordinates are percentages of its side from the top left corner."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw

SIDE_PIXELS = 240
_FINER = 2  # drawn larger and then scaled down, for smooth edges
_UNIT = SIDE_PIXELS * _FINER / 100
_SIZE = (SIDE_PIXELS * _FINER, SIDE_PIXELS * _FINER)
_COLOURS = 48

type Colour = tuple[int, int, int]
type Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Tint:
    """A colour with a darker and a lighter variant."""

    base: Colour
    dark: Colour
    light: Colour


def tint(hex_colour: str) -> Tint:
    """From a colour such as `#27375f`."""
    red, green, blue = bytes.fromhex(hex_colour[1:])
    base = (red, green, blue)
    return Tint(base, mixed(base, (0, 0, 0), 0.28), mixed(base, (255, 255, 255), 0.38))


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """Mix in `share` of the other colour."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


class Canvas:
    def __init__(self, ground: Colour) -> None:
        self._image = Image.new("RGB", _SIZE, ground)
        self._draw = ImageDraw.Draw(self._image)
        self.ellipse(18, 84, 82, 93, mixed(ground, (0, 0, 0), 0.1))  # a shadow on the ground

    def polygon(self, points: Points, colour: Colour) -> None:
        self._draw.polygon(_scaled(points), fill=colour)

    def ellipse(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        self._draw.ellipse(_scaled([(left, top), (right, bottom)]), fill=colour)

    def circle(self, x: float, y: float, radius: float, colour: Colour) -> None:
        self.ellipse(x - radius, y - radius, x + radius, y + radius, colour)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour, radius: float = 0) -> None:
        self._draw.rounded_rectangle(_scaled([(left, top), (right, bottom)]), radius * _UNIT, fill=colour)

    def line(self, points: Points, colour: Colour, width: float = 1.2) -> None:
        self._draw.line(_scaled(points), fill=colour, width=round(width * _UNIT), joint="curve")

    def arc(
        self, box: tuple[float, float, float, float], start: float, end: float, colour: Colour, width: float
    ) -> None:
        """Angles in degrees, clockwise from three o'clock."""
        left, top, right, bottom = box
        self._draw.arc(_scaled([(left, top), (right, bottom)]), start, end, fill=colour, width=round(width * _UNIT))

    def pie(self, box: tuple[float, float, float, float], start: float, end: float, colour: Colour) -> None:
        left, top, right, bottom = box
        self._draw.pieslice(_scaled([(left, top), (right, bottom)]), start, end, fill=colour)

    def cloth(self, points: Points, colour: Tint, pattern: str) -> None:
        """A polygon of cloth with a pattern: plain, striped, spotted or checked."""
        if not pattern:
            self.polygon(points, colour.base)
            return
        shape = Image.new("L", _SIZE)
        ImageDraw.Draw(shape).polygon(_scaled(points), fill=255)
        self._image.paste(_stuff(colour, pattern), mask=shape)

    def png(self) -> bytes:
        small = self._image.reduce(_FINER)
        written = io.BytesIO()
        small.quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(written, "PNG")
        return written.getvalue()


def _scaled(points: Points) -> list[tuple[float, float]]:
    return [(x * _UNIT, y * _UNIT) for x, y in points]


@cache
def _stuff(colour: Tint, pattern: str) -> Image.Image:
    """A whole square of patterned cloth."""
    stuff = Image.new("RGB", _SIZE, colour.base)
    draw = ImageDraw.Draw(stuff)
    if pattern == "striped":
        for at in range(0, 100, 8):
            draw.rectangle(_scaled([(0, at), (100, at + 3)]), fill=colour.light)
    elif pattern == "checked":
        for at in range(0, 100, 12):
            draw.rectangle(_scaled([(0, at), (100, at + 3)]), fill=colour.dark)
            draw.rectangle(_scaled([(at, 0), (at + 3, 100)]), fill=colour.light)
    elif pattern == "spotted":
        for row, y in enumerate(range(3, 100, 8)):
            for x in range(3 + row % 2 * 4, 100, 8):
                draw.ellipse(_scaled([(x - 1.4, y - 1.4), (x + 1.4, y + 1.4)]), fill=colour.light)
    else:
        raise ValueError(f"unknown pattern: {pattern}")
    return stuff
