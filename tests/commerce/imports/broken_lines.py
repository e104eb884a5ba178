"""Lines of products that are broken, each in a way of its own, with the columns that a report names."""

from collections.abc import Callable
from itertools import accumulate

BROKEN_LINES: tuple[tuple[str, set[str]], ...] = (
    # what a line of CSV is
    ('"open,goods,Cup,,Homeware,,1,GBP,1,', {"productId"}),
    ('"closed" early,goods,Cup,,Homeware,,1,GBP,1,', {"productId"}),
    ('inch,goods,5" cup,,Homeware,,1,GBP,1,', {"name"}),
    ("few,goods,Cup", {"line"}),
    ("many,goods,Cup,,Homeware,,1,GBP,1,,,", {"line"}),
    ("x" + "," * 60, {"line"}),
    # ids
    ("two words,goods,Cup,,Homeware,,1,GBP,1,", {"productId"}),
    (f"{'x' * 65},goods,Cup,,Homeware,,1,GBP,1,", {"productId"}),
    ("cup/é,goods,Cup,,Homeware,,1,GBP,1,", {"productId"}),
    # texts
    ("nameless,goods,,,Homeware,,1,GBP,1,", {"name"}),
    (f"long-name,goods,{'x' * 201},,Homeware,,1,GBP,1,", {"name"}),
    ("nul,goods,Cu\x00p,,Homeware,,1,GBP,1,", {"name"}),
    ('two-lines,goods,"Cu\np",,Homeware,,1,GBP,1,', {"name"}),
    ("lost,goods,Cu\ufffdp,,Homeware,,1,GBP,1,", {"name"}),
    (f"long-text,goods,Cup,{'x' * 5001},Homeware,,1,GBP,1,", {"description"}),
    ("bell,goods,Cup,\x07,Homeware,,1,GBP,1,", {"description"}),
    ("no-category,goods,Cup,,,,1,GBP,1,", {"category"}),
    (f"long-category,goods,Cup,,{'x' * 61},,1,GBP,1,", {"category"}),
    ("same-tags,goods,Cup,,Homeware,a;b;a,1,GBP,1,", {"tags"}),
    (f"long-tag,goods,Cup,,Homeware,a|{'x' * 41},1,GBP,1,", {"tags[1]"}),
    (f"many-tags,goods,Cup,,Homeware,{';'.join(map(str, range(21)))},1,GBP,1,", {"tags"}),
    # prices
    ("no-price,goods,Cup,,Homeware,,,GBP,1,", {"price"}),
    ("negative,goods,Cup,,Homeware,,-1,GBP,1,", {"price"}),
    ("nothing,goods,Cup,,Homeware,,0.00,GBP,1,", {"price"}),
    ("exact,goods,Cup,,Homeware,,1.9999,GBP,1,", {"price"}),
    ("huge,goods,Cup,,Homeware,,1000000000.01,GBP,1,", {"price"}),
    ("scientific,goods,Cup,,Homeware,,1e9,GBP,1,", {"price"}),
    ("not-a-number,goods,Cup,,Homeware,,NaN,GBP,1,", {"price"}),
    ("sign,goods,Cup,,Homeware,,€1,GBP,1,", {"price"}),
    ('commas,goods,Cup,,Homeware,,"1,2,3",GBP,1,', {"price"}),
    ("dollars,goods,Cup,,Homeware,,1,USD,1,", {"currency"}),
    # the rest
    ("no-stock,goods,Cup,,Homeware,,1,GBP,,", {"stock"}),
    ("half,goods,Cup,,Homeware,,1,GBP,0.5,", {"stock"}),
    ("debt,goods,Cup,,Homeware,,1,GBP,-1,", {"stock"}),
    ("a-gift,donation,A warm meal,,Gifts,,3,GBP,7,", {"stock"}),
    ("sold,goods,Cup,,Homeware,,1,GBP,1,sold", {"status"}),
    ("all,service, ,,,,free,EUR,many,", {"kind", "name", "category", "price", "currency", "stock"}),
)


def thousand_lines(sound: Callable[[str], str]) -> tuple[list[str], dict[int, set[str]]]:
    """A thousand lines under a header, 37 of them broken, and by the number of each the columns that are wrong.

    `sound` makes a line of an id: item-0 and so on.
    """
    lines = [sound(f"item-{number}") for number in range(1_000)]
    for number, (broken, _) in enumerate(BROKEN_LINES):
        lines[17 + 25 * number] = broken
    starts = accumulate((line.count("\n") + 1 for line in lines), initial=2)
    wrong = dict(BROKEN_LINES)
    return lines, {start: wrong[line] for start, line in zip(starts, lines, strict=False) if line in wrong}
