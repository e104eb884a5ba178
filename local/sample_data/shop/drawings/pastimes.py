"""Pictures of books, music, toys and gifts."""

from collections.abc import Callable

from local.sample_data.shop.drawings.canvas import Canvas, Tint

_PAPER, _GOLD, _BLACK, _WOOD = (252, 249, 240), (224, 178, 82), (40, 38, 42), (196, 150, 100)
_FRIENDS = ((216, 92, 80), (92, 148, 190), (238, 190, 82), (120, 168, 110))


def book(on: Canvas, tint: Tint, pattern: str) -> None:
    on.polygon([(26, 20), (76, 14), (80, 82), (30, 89)], _PAPER)
    on.cloth([(22, 17), (70, 12), (75, 80), (26, 86)], tint, pattern)
    on.polygon([(22, 17), (28, 16.4), (32, 85.2), (26, 86)], tint.dark)
    on.polygon([(36, 28), (63, 25), (64.5, 44), (37.5, 47)], _PAPER)
    on.line([(41, 34), (59, 32)], tint.dark, 1.4)
    on.line([(44, 40), (58, 38.4)], tint.dark, 1)
    on.line([(39, 72), (66, 69)], tint.light, 1.2)


def record(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.circle(58, 50, 33, _BLACK)
    for radius in (29, 24, 19):
        on.arc((58 - radius, 50 - radius, 58 + radius, 50 + radius), 0, 360, (74, 72, 78), 0.5)
    on.circle(58, 50, 11, tint.base)
    on.circle(58, 50, 1.8, _PAPER)
    on.polygon([(10, 17), (54, 17), (54, 83), (10, 83)], tint.base)
    on.polygon([(10, 17), (54, 17), (10, 60)], tint.light)
    on.circle(32, 50, 12, tint.dark)


def cd(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.box(20, 22, 82, 84, tint.dark, 2)
    on.box(26, 22, 82, 84, tint.base, 1)
    on.circle(54, 53, 24, (212, 218, 226))
    on.pie((30, 29, 78, 77), 300, 340, (244, 226, 238))
    on.pie((30, 29, 78, 77), 120, 160, (222, 244, 240))
    on.circle(54, 53, 8, tint.light)
    on.circle(54, 53, 3.4, tint.base)


def boxset(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    for number, x in enumerate((20, 34, 48)):
        on.box(x, 18, x + 13, 86, (tint.base, tint.dark, tint.light)[number], 1)
        on.line([(x + 6.5, 26), (x + 6.5, 56)], _GOLD, 1.6)
        on.circle(x + 6.5, 76, 3, _GOLD)
    on.polygon([(62, 20), (74, 18), (84, 84), (72, 87)], tint.base)


def teddy(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    for x in (34, 66):
        on.circle(x, 19, 8, tint.dark)
        on.circle(x, 19, 4.4, tint.light)
        on.circle(x, 78, 11, tint.dark)
        on.ellipse(x - 18 if x < 50 else x + 4, 48, x - 4 if x < 50 else x + 18, 66, tint.dark)
    on.ellipse(30, 44, 70, 86, tint.base)
    on.ellipse(38, 54, 62, 80, tint.light)
    on.circle(50, 32, 20, tint.base)
    on.ellipse(40, 32, 60, 48, tint.light)
    for x in (42, 58):
        on.circle(x, 29, 2, _BLACK)
    on.ellipse(46, 35, 54, 40, _BLACK)
    on.arc((45, 36, 55, 45), 20, 160, _BLACK, 0.9)


def blocks(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    for x, y, colour in ((16, 60, tint.base), (46, 60, _FRIENDS[2]), (31, 32, _FRIENDS[1])):
        on.box(x, y, x + 28, y + 27, colour, 2)
        on.box(x + 4, y + 4, x + 24, y + 23, _PAPER, 1)
    on.circle(30, 73.5, 6, tint.base)
    on.polygon([(60, 66), (67, 80), (53, 80)], _FRIENDS[2])
    on.box(40, 40, 50, 51, _FRIENDS[1])
    on.polygon([(31, 32), (45, 14), (59, 32)], tint.dark)


def jigsaw(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.box(18, 18, 82, 84, tint.base, 2)
    on.polygon([(18, 84), (18, 66), (40, 46), (56, 62), (68, 52), (82, 66), (82, 84)], tint.dark)
    on.circle(66, 34, 8, tint.light)
    for at in (39.3, 60.6):
        on.line([(at, 18), (at, 84)], _PAPER, 0.9)
        on.line([(18, at + 1), (82, at + 1)], _PAPER, 0.9)
    for x, y in ((39.3, 29), (60.6, 29), (39.3, 72), (60.6, 50)):
        on.circle(x + 2, y, 3.6, _PAPER)
    on.box(62, 63, 84, 86, _WOOD)


def car(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.polygon([(26, 52), (36, 32), (66, 32), (78, 52)], tint.dark)
    on.polygon([(33, 50), (40, 36), (49, 36), (49, 50)], (206, 228, 236))
    on.polygon([(53, 50), (53, 36), (63, 36), (71, 50)], (206, 228, 236))
    on.box(10, 50, 92, 74, tint.base, 7)
    on.box(86, 56, 92, 63, _GOLD, 1)
    for x in (29, 72):
        on.circle(x, 75, 11, _BLACK)
        on.circle(x, 75, 5, (206, 208, 212))


def boardgame(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.box(16, 16, 84, 84, tint.dark, 2)
    for row in range(6):
        for column in range(6):
            colour = _PAPER if (row + column) % 2 else tint.base
            on.box(20 + 10 * column, 20 + 10 * row, 30 + 10 * column, 30 + 10 * row, colour)
    for x, y, colour in ((35, 45, _FRIENDS[0]), (55, 65, _FRIENDS[1]), (65, 35, _FRIENDS[2])):
        on.polygon([(x, y - 12), (x + 7, y + 7), (x - 7, y + 7)], colour)
        on.circle(x, y - 11, 4.6, colour)


def card(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.polygon([(30, 20), (78, 14), (84, 76), (36, 84)], _PAPER)
    on.polygon([(20, 18), (66, 18), (66, 84), (20, 84)], tint.base)
    on.box(26, 56, 60, 76, tint.light, 2)
    on.line([(26, 64), (60, 64)], tint.dark, 1.4)
    for x in (34, 43, 52):
        on.box(x - 1.2, 44, x + 1.2, 56, _PAPER)
        on.polygon([(x, 36), (x + 2.4, 42), (x, 45), (x - 2.4, 42)], _GOLD)


def tree(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.box(20, 12, 80, 88, tint.base, 2)
    on.box(24, 16, 76, 84, tint.light, 1)
    on.box(47, 70, 53, 80, _WOOD)
    for top, half in ((22, 12), (36, 17), (50, 22)):
        on.polygon([(50, top), (50 + half, top + 22), (50 - half, top + 22)], (62, 116, 84))
    for x, y in ((44, 40), (57, 46), (42, 62), (58, 66), (50, 56)):
        on.circle(x, y, 2.2, _FRIENDS[0])
    on.circle(50, 21, 3.4, _GOLD)


def notebook(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.box(28, 15, 78, 88, _PAPER, 2)
    on.box(24, 12, 74, 86, tint.base, 3)
    on.box(24, 12, 33, 86, tint.dark, 2)
    on.box(40, 26, 66, 40, _PAPER, 1)
    on.line([(44, 33), (62, 33)], tint.dark)
    on.box(65, 12, 68, 86, tint.dark)
    on.polygon([(50, 86), (55, 86), (55, 95), (52.5, 92), (50, 95)], _FRIENDS[0])


def gift(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.box(20, 44, 80, 88, tint.base, 1)
    on.box(16, 34, 84, 48, tint.dark, 1)
    on.box(45, 34, 55, 88, _GOLD)
    on.arc((28, 14, 51, 36), 20, 340, _GOLD, 4)
    on.arc((49, 14, 72, 36), 200, 160, _GOLD, 4)


PASTIMES: dict[str, Callable[[Canvas, Tint, str], None]] = {
    drawing.__name__: drawing
    for drawing in (blocks, boardgame, book, boxset, car, card, cd, gift, jigsaw, notebook, record, teddy, tree)
}
