"""Pictures of clothes, bags and accessories."""

from collections.abc import Callable

from local.sample_data.shop.drawings.canvas import Canvas, Points, Tint

_BUTTON, _LEATHER = (250, 246, 236), (92, 62, 44)


def mirrored(left: Points) -> Points:
    """A symmetric polygon, given by its left half from top to bottom."""
    return [*left, *((100 - x, y) for x, y in reversed(left))]


def dress(on: Canvas, tint: Tint, pattern: str) -> None:
    on.cloth(mirrored([(40, 12), (30, 18), (24, 30), (33, 34), (38, 48), (24, 86)]), tint, pattern)
    on.polygon([(43, 11), (57, 11), (50, 32)], tint.dark)
    on.polygon([(37, 47), (63, 47), (62, 53), (38, 53)], tint.dark)
    on.line([(44, 53), (40, 68)], tint.dark, 2)


def pinafore(on: Canvas, tint: Tint, pattern: str) -> None:
    for x in (37, 59):
        on.box(x, 10, x + 4, 34, tint.dark)
    on.cloth(mirrored([(35, 30), (35, 50), (24, 86)]), tint, pattern)
    on.box(40, 36, 60, 46, tint.light, 1)
    for x in (39, 61):
        on.circle(x, 32, 1.6, _BUTTON)


def skirt(on: Canvas, tint: Tint, pattern: str) -> None:
    on.cloth(mirrored([(36, 22), (20, 84)]), tint, pattern)
    for top, bottom in ((41, 33), (47, 44), (53, 56), (59, 67)):
        on.line([(top, 28), (bottom, 84)], tint.dark, 1)
    on.box(35, 18, 65, 26, tint.dark, 1)


def shirt(on: Canvas, tint: Tint, pattern: str) -> None:
    on.cloth(mirrored([(40, 14), (26, 20), (14, 52), (24, 56), (31, 40), (31, 86)]), tint, pattern)
    on.polygon([(40, 13), (60, 13), (50, 27)], tint.dark)
    on.polygon([(40, 13), (50, 25), (41, 30)], tint.light)
    on.polygon([(60, 13), (50, 25), (59, 30)], tint.light)
    on.line([(50, 26), (50, 86)], tint.dark, 0.8)
    for y in range(34, 84, 11):
        on.circle(50, y, 1.3, _BUTTON)


def tshirt(on: Canvas, tint: Tint, pattern: str) -> None:
    on.cloth(mirrored([(40, 16), (24, 22), (14, 42), (25, 49), (31, 40), (31, 84)]), tint, pattern)
    on.pie((39, 6, 61, 26), 0, 180, tint.dark)


def jumper(on: Canvas, tint: Tint, pattern: str) -> None:
    on.cloth(mirrored([(40, 15), (25, 21), (13, 66), (24, 69), (31, 46), (31, 80)]), tint, pattern)
    on.pie((38, 8, 62, 25), 0, 180, tint.dark)
    on.box(30, 79, 70, 86, tint.dark, 2)
    on.polygon([(12, 65), (25, 69), (24, 75), (11, 71)], tint.dark)
    on.polygon([(88, 65), (75, 69), (76, 75), (89, 71)], tint.dark)


def cardigan(on: Canvas, tint: Tint, pattern: str) -> None:
    jumper(on, tint, pattern)
    on.polygon([(41, 15), (59, 15), (50, 44)], (252, 250, 246))
    on.line([(41, 15), (50, 44), (50, 86)], tint.dark, 2)
    on.line([(59, 15), (50, 44)], tint.dark, 2)
    for y in range(50, 84, 9):
        on.circle(50, y, 1.6, _BUTTON)


def jacket(on: Canvas, tint: Tint, pattern: str) -> None:
    on.cloth(mirrored([(40, 14), (25, 19), (15, 66), (26, 68), (31, 46), (29, 84)]), tint, pattern)
    on.polygon([(42, 13), (58, 13), (50, 48)], (245, 242, 234))
    on.polygon([(41, 13), (50, 48), (36, 34)], tint.dark)
    on.polygon([(59, 13), (50, 48), (64, 34)], tint.dark)
    on.line([(50, 48), (50, 84)], tint.dark)
    for y in (55, 64):
        on.circle(50, y, 1.8, _LEATHER)
    for x in (33, 58):
        on.box(x, 68, x + 9, 71, tint.dark)


def waistcoat(on: Canvas, tint: Tint, pattern: str) -> None:
    on.cloth(mirrored([(38, 14), (29, 18), (33, 38), (29, 78), (42, 88)]), tint, pattern)
    on.polygon([(40, 13), (60, 13), (50, 46)], (245, 242, 234))
    on.line([(39, 13), (50, 46), (50, 86)], tint.dark, 1.6)
    on.line([(61, 13), (50, 46)], tint.dark, 1.6)
    for y in range(52, 84, 8):
        on.circle(50, y, 1.5, _BUTTON)


def coat(on: Canvas, tint: Tint, pattern: str) -> None:
    on.pie((34, 4, 66, 34), 180, 360, tint.dark)
    on.cloth(mirrored([(40, 17), (26, 21), (15, 64), (26, 67), (31, 46), (26, 88)]), tint, pattern)
    on.line([(50, 20), (50, 88)], tint.dark)
    for y in (34, 48, 62):
        on.line([(43, y), (57, y)], _LEATHER, 2.2)
    for x in (31, 58):
        on.box(x, 68, x + 11, 71, tint.dark, 1)


def trousers(on: Canvas, tint: Tint, pattern: str) -> None:
    on.cloth([(33, 14), (67, 14), (72, 88), (56, 88), (50, 38), (44, 88), (28, 88)], tint, pattern)
    on.box(33, 12, 67, 18, tint.dark, 1)
    on.line([(50, 18), (50, 38)], tint.dark)
    on.arc((28, 14, 44, 30), 0, 90, tint.light, 0.8)
    on.arc((56, 14, 72, 30), 90, 180, tint.light, 0.8)
    on.circle(50, 15, 1.4, (214, 170, 90))


def dungarees(on: Canvas, tint: Tint, pattern: str) -> None:
    for x in (36, 60):
        on.box(x, 8, x + 4, 36, tint.dark)
    on.cloth([(36, 28), (64, 28), (66, 50), (72, 88), (55, 88), (50, 64), (45, 88), (28, 88), (34, 50)], tint, pattern)
    on.box(42, 36, 58, 47, tint.light, 1)
    for x in (38, 62):
        on.circle(x, 31, 2, (214, 170, 90))


def hat(on: Canvas, tint: Tint, pattern: str) -> None:
    on.circle(50, 21, 10, tint.light)
    on.cloth([(24, 72), (25, 54), (31, 40), (41, 30), (59, 30), (69, 40), (75, 54), (76, 72)], tint, pattern)
    on.box(21, 66, 79, 81, tint.dark, 4)
    for x in range(27, 78, 8):
        on.line([(x, 68), (x, 79)], tint.base, 1)


def boots(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001  leather has no pattern
    for x in (14, 46):
        on.polygon([(x, 26), (x + 18, 26), (x + 19, 58), (x + 38, 68), (x + 40, 80), (x, 80)], tint.base)
        on.polygon([(x + 5, 30), (x + 12, 30), (x + 14, 52), (x + 7, 52)], tint.dark)
        on.box(x, 80, x + 40, 84, tint.dark, 1)
        on.box(x, 80, x + 12, 88, tint.dark)


def wellies(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    for x in (16, 47):
        on.box(x, 16, x + 19, 70, tint.base, 2)
        on.pie((x, 54, x + 38, 102), 180, 360, tint.base)
        on.box(x, 76, x + 38, 84, tint.base)
        on.box(x, 82, x + 38, 88, tint.dark, 1)
        on.box(x, 16, x + 19, 22, tint.light, 1)


def shoe(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.polygon([(12, 42), (30, 38), (48, 54), (76, 62), (88, 72), (88, 78), (12, 78)], tint.base)
    on.pie((66, 60, 92, 98), 180, 360, tint.dark)
    on.box(10, 76, 92, 84, (236, 228, 210), 2)
    for at in range(4):
        on.line([(33 + 6 * at, 49 + 4 * at), (41 + 6 * at, 43 + 5 * at)], _BUTTON, 1.4)


def bag(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.arc((30, 8, 70, 72), 180, 360, tint.dark, 3)
    on.box(18, 40, 82, 86, tint.base, 6)
    on.polygon([(18, 42), (82, 42), (76, 64), (24, 64)], tint.dark)
    on.box(45, 58, 55, 69, (214, 170, 90), 2)


def tote(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.arc((34, 8, 66, 68), 180, 360, tint.dark, 3)
    on.polygon([(22, 36), (78, 36), (82, 88), (18, 88)], tint.base)
    on.circle(44, 58, 7, tint.light)
    on.circle(56, 58, 7, tint.light)
    on.polygon([(38, 61), (62, 61), (50, 77)], tint.light)


def scarf(on: Canvas, tint: Tint, pattern: str) -> None:
    on.cloth([(28, 16), (72, 16), (76, 34), (62, 38), (66, 84), (46, 84), (44, 38), (24, 34)], tint, pattern)
    on.cloth([(34, 30), (50, 34), (36, 80), (20, 76)], tint, pattern)
    on.line([(28, 26), (50, 34), (72, 26)], tint.dark, 1.4)
    for x in range(47, 67, 4):
        on.line([(x, 84), (x, 90)], tint.dark, 1.2)


CLOTHES: dict[str, Callable[[Canvas, Tint, str], None]] = {
    drawing.__name__: drawing
    for drawing in (
        bag, boots, cardigan, coat, dress, dungarees, hat, jacket, jumper, pinafore,
        scarf, shirt, shoe, skirt, tote, trousers, tshirt, waistcoat, wellies,
    )
}  # fmt: skip
