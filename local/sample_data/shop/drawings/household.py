"""Pictures of household goods."""

from collections.abc import Callable

from local.sample_data.shop.drawings.canvas import Canvas, Tint

_PAPER, _BRASS, _WOOD, _FLAME = (252, 249, 240), (206, 163, 86), (150, 104, 66), (247, 190, 72)


def lamp(on: Canvas, tint: Tint, pattern: str) -> None:
    on.cloth([(36, 14), (64, 14), (78, 48), (22, 48)], tint, pattern)
    on.box(47, 48, 53, 60, _BRASS)
    on.ellipse(36, 56, 64, 84, tint.dark)
    on.box(32, 82, 68, 88, _BRASS, 2)


def vase(on: Canvas, tint: Tint, pattern: str) -> None:
    for x, y, flower in ((38, 22, (232, 120, 112)), (52, 14, (244, 196, 84)), (64, 24, (176, 142, 200))):
        on.line([(50, 52), (x, y)], (96, 138, 88), 1.6)
        on.circle(x, y, 6, flower)
        on.circle(x, y, 2.2, _PAPER)
    on.cloth(
        [(43, 44), (57, 44), (58, 50), (70, 64), (66, 82), (60, 88), (40, 88), (34, 82), (30, 64), (42, 50)],
        tint,
        pattern,
    )
    on.box(41, 42, 59, 46, tint.dark, 1)


def cushion(on: Canvas, tint: Tint, pattern: str) -> None:
    on.cloth([(20, 24), (50, 29), (80, 24), (76, 54), (80, 84), (50, 79), (20, 84), (24, 54)], tint, pattern)
    on.line([(20, 24), (50, 29), (80, 24), (76, 54), (80, 84), (50, 79), (20, 84), (24, 54), (20, 24)], tint.dark, 1.6)
    on.circle(50, 54, 2.4, tint.dark)


def clock(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001  wood has no pattern
    on.pie((22, 14, 78, 82), 180, 360, tint.base)
    on.box(22, 47, 78, 84, tint.base)
    on.box(17, 82, 83, 89, tint.dark, 1)
    on.circle(50, 47, 21, _BRASS)
    on.circle(50, 47, 19, _PAPER)
    for x, y in ((50, 31), (66, 47), (50, 63), (34, 47)):
        on.circle(x, y, 1.3, tint.dark)
    on.line([(50, 47), (50, 34)], tint.dark, 1.6)
    on.line([(50, 47), (60, 52)], tint.dark, 1.6)


def frame(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.box(22, 14, 78, 88, tint.base, 1)
    on.box(26, 18, 74, 84, tint.dark)
    on.box(30, 22, 70, 80, _PAPER)
    on.box(35, 28, 65, 74, (180, 211, 226))
    on.circle(57, 38, 5, _FLAME)
    on.polygon([(35, 74), (35, 62), (46, 50), (55, 62), (60, 56), (65, 62), (65, 74)], (110, 150, 108))


def candles(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    for x, top in ((32, 34), (62, 26)):
        on.polygon([(x + 3, top - 13), (x + 6, top - 5), (x, top - 5)], _FLAME)
        on.box(x - 1, top - 4, x + 7, top + 22, _PAPER, 1)
        on.box(x - 4, top + 22, x + 10, top + 26, tint.dark, 1)
        on.box(x, top + 26, x + 6, 80, tint.base)
        on.ellipse(x - 8, 78, x + 14, 89, tint.base)


def candle(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.polygon([(50, 16), (56, 30), (50, 36), (44, 30)], _FLAME)
    on.line([(50, 34), (50, 44)], (70, 60, 54))
    on.box(28, 42, 72, 88, tint.base, 5)
    on.ellipse(28, 37, 72, 49, tint.light)
    on.box(36, 56, 64, 76, _PAPER, 2)
    on.line([(41, 63), (59, 63)], tint.dark)
    on.line([(44, 69), (56, 69)], tint.dark)


def teapot(on: Canvas, tint: Tint, pattern: str) -> None:
    on.arc((68, 42, 92, 72), 260, 100, tint.dark, 4)
    on.polygon([(28, 66), (8, 42), (15, 38), (34, 54)], tint.dark)
    around = [(26, 60), (30, 46), (40, 38), (60, 38), (70, 46), (75, 60), (72, 76), (64, 86), (36, 86), (29, 76)]
    on.cloth(around, tint, pattern)
    on.ellipse(36, 32, 64, 44, tint.dark)
    on.circle(50, 29, 4.4, tint.light)


def mug(on: Canvas, tint: Tint, pattern: str) -> None:
    on.arc((60, 38, 88, 72), 270, 90, tint.dark, 5)
    on.cloth([(24, 30), (70, 30), (68, 82), (62, 87), (32, 87), (26, 82)], tint, pattern)
    on.ellipse(24, 25, 70, 36, tint.dark)
    on.ellipse(28, 27, 66, 35, (118, 78, 52))


def bowl(on: Canvas, tint: Tint, pattern: str) -> None:
    on.line([(60, 44), (82, 14)], _WOOD, 4)
    on.cloth([(14, 44), (86, 44), (80, 66), (64, 82), (36, 82), (20, 66)], tint, pattern)
    on.box(38, 80, 62, 87, tint.dark, 1)
    on.ellipse(14, 37, 86, 51, tint.dark)
    on.ellipse(18, 39, 82, 49, (250, 236, 204))


def plate(on: Canvas, tint: Tint, pattern: str) -> None:
    on.circle(50, 50, 36, tint.dark)
    on.circle(50, 49, 35, tint.base)
    if pattern:
        for x, y in ((50, 20), (71, 28), (79, 49), (71, 70), (50, 78), (29, 70), (21, 49), (29, 28)):
            on.circle(x, y, 2.6, tint.light)
    on.circle(50, 49, 23, tint.light)
    on.circle(50, 49, 21.6, tint.base)


def saucepan(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.box(66, 48, 96, 54, (70, 64, 62), 2)
    on.box(16, 42, 68, 84, tint.base, 6)
    on.ellipse(13, 36, 71, 50, tint.dark)
    on.circle(42, 35, 4, (70, 64, 62))


def pot(on: Canvas, tint: Tint, pattern: str) -> None:
    for points in (
        [(50, 46), (30, 16), (46, 30)],
        [(50, 46), (70, 14), (56, 30)],
        [(50, 46), (18, 34), (42, 40)],
        [(50, 46), (84, 34), (58, 40)],
    ):
        on.polygon(points, (104, 150, 96))
    on.cloth([(30, 52), (70, 52), (64, 84), (36, 84)], tint, pattern)
    on.box(26, 44, 74, 54, tint.dark, 1)
    on.box(30, 83, 70, 88, tint.dark, 2)


def soap(on: Canvas, tint: Tint, pattern: str) -> None:  # noqa: ARG001
    on.box(16, 48, 84, 82, tint.dark, 8)
    on.box(16, 42, 84, 76, tint.base, 8)
    on.box(26, 50, 74, 68, tint.light, 5)
    for x, y, radius in ((30, 30, 7), (46, 22, 5), (62, 32, 8), (74, 20, 4)):
        on.circle(x, y, radius, (226, 238, 244))
        on.circle(x - radius / 3, y - radius / 3, radius / 4, (255, 255, 255))


HOUSEHOLD: dict[str, Callable[[Canvas, Tint, str], None]] = {
    drawing.__name__: drawing
    for drawing in (bowl, candle, candles, clock, cushion, frame, lamp, mug, plate, pot, saucepan, soap, teapot, vase)
}
