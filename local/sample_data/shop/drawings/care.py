"""Pictures for donation items: care, research and company."""

from collections.abc import Callable

from local.sample_data.shop.drawings.canvas import Canvas, Colour, Tint

_PAPER, _DARK, _GREEN, _FLAME = (252, 249, 240), (58, 54, 62), (104, 150, 96), (247, 190, 72)
_SKINS: tuple[Colour, ...] = ((224, 178, 148), (141, 96, 70), (186, 134, 100))


def _heart(on: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    """Given by its centre and width."""
    half = size / 4
    on.circle(x - half, y - half / 2, half * 1.08, colour)
    on.circle(x + half, y - half / 2, half * 1.08, colour)
    on.polygon([(x - 2 * half, y), (x + 2 * half, y), (x, y + 2.3 * half)], colour)


def _person(on: Canvas, x: float, head: float, size: float, clothes: Colour, skin: Colour) -> None:
    on.pie((x - size, head + size * 0.7, x + size, head + size * 4.2), 180, 360, clothes)
    on.circle(x, head, size * 0.72, skin)


def nurse(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    _person(on, 50, 38, 22, tint.base, _SKINS[sum(tint.base) % 3])
    on.pie((33, 14, 67, 48), 180, 360, _DARK)
    on.box(36, 20, 64, 29, _PAPER, 2)
    on.box(47, 62, 53, 80, _PAPER)
    on.box(41, 68, 59, 74, _PAPER)


def phone(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.box(20, 48, 80, 84, tint.base, 8)
    on.circle(50, 65, 13, _PAPER)
    _heart(on, 50, 65, 13, tint.dark)
    on.arc((12, 22, 88, 74), 195, 345, tint.dark, 9)
    on.box(10, 38, 26, 50, tint.dark, 3)
    on.box(74, 38, 90, 50, tint.dark, 3)


def lift(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.box(10, 34, 90, 76, tint.base, 8)
    on.box(16, 40, 42, 56, (206, 228, 236), 2)
    on.box(46, 40, 66, 56, (206, 228, 236), 2)
    on.polygon([(70, 40), (80, 40), (86, 56), (70, 56)], (206, 228, 236))
    _heart(on, 42, 66, 12, _PAPER)
    for x in (28, 72):
        on.circle(x, 77, 10, _DARK)
        on.circle(x, 77, 4.4, (206, 208, 212))


def microscope(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.arc((26, 26, 82, 82), 280, 80, tint.base, 7)
    on.box(22, 80, 80, 88, tint.dark, 3)
    on.box(30, 66, 62, 71, tint.dark, 1)
    on.polygon([(36, 18), (48, 14), (60, 46), (48, 50)], tint.base)
    on.polygon([(33, 12), (47, 8), (49, 15), (36, 19)], tint.dark)
    on.polygon([(50, 50), (58, 47), (61, 57), (54, 60)], _DARK)
    on.circle(46, 68, 3, _FLAME)


def heart(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    _heart(on, 50, 44, 62, tint.base)
    on.line([(22, 46), (40, 46), (46, 34), (54, 60), (60, 46), (78, 46)], _PAPER, 2.4)


def tea(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    for x in (36, 50):
        on.line([(x, 34), (x - 4, 27), (x + 3, 20), (x, 12)], (214, 208, 204), 2)
    on.arc((58, 44, 82, 70), 270, 90, tint.dark, 4.4)
    on.pie((18, 8, 70, 86), 0, 180, tint.base)
    on.ellipse(18, 40, 70, 52, tint.dark)
    on.ellipse(22, 42, 66, 50, (150, 98, 60))
    on.ellipse(10, 80, 78, 90, tint.light)
    _heart(on, 44, 64, 14, _PAPER)


def family(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    _person(on, 32, 34, 16, tint.base, _SKINS[sum(tint.base) % 3])
    _person(on, 68, 34, 16, tint.dark, _SKINS[sum(tint.light) % 3])
    _person(on, 50, 58, 11, tint.light, _SKINS[2])
    _heart(on, 50, 16, 14, (216, 92, 80))


def home(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.box(24, 46, 76, 88, _PAPER)
    on.box(62, 18, 70, 40, tint.dark)
    on.polygon([(14, 50), (50, 16), (86, 50)], tint.base)
    on.box(44, 64, 56, 88, tint.dark, 1)
    on.box(30, 56, 40, 68, _FLAME, 1)
    on.box(60, 56, 70, 68, _FLAME, 1)
    _heart(on, 50, 39, 13, _PAPER)


def sapling(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.ellipse(22, 76, 78, 92, (132, 96, 66))
    on.line([(50, 82), (50, 40)], (112, 80, 54), 3)
    for x, y, radius in ((50, 26, 14), (36, 38, 12), (64, 38, 12), (50, 42, 12)):
        on.circle(x, y, radius, _GREEN)
    on.box(58, 64, 80, 76, tint.light, 1)
    on.line([(62, 70), (76, 70)], tint.dark, 1)
    on.line([(68, 76), (68, 86)], tint.dark, 1.6)


def remembrance(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.circle(50, 30, 22, (252, 232, 176))
    on.polygon([(50, 14), (57, 30), (50, 38), (43, 30)], _FLAME)
    on.box(40, 40, 60, 82, tint.light, 2)
    on.box(26, 80, 74, 88, tint.dark, 3)
    _heart(on, 50, 60, 11, tint.base)


CARE: dict[str, Callable[[Canvas, Tint, str], None]] = {
    drawing.__name__: drawing
    for drawing in (family, heart, home, lift, microscope, nurse, phone, remembrance, sapling, tea)
}
