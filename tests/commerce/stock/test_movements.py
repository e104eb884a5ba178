import pytest

from commerce.stock.domain.movements import (
    MAX_LINES,
    Movement,
    StockChange,
    refund_return,
    release,
    reservation,
)
from tests.commerce.examples import NOW


def test_movement_has_a_line_for_each_product_and_an_id_made_of_its_cause() -> None:
    reserved = reservation("c1", {"teapot": 2, "cup": 1}, "ada", NOW)

    assert reserved == Movement(
        "reserve:c1", NOW, "ada", "reserved", (StockChange("cup", -1), StockChange("teapot", -2))
    )
    assert release("c1", {"cup": 1}, "ada", NOW) == Movement(
        "release:c1", NOW, "ada", "released", (StockChange("cup", 1),)
    )
    assert refund_return("r1", {"cup": 1}, "tom", NOW) == Movement(
        "return:r1", NOW, "tom", "returned", (StockChange("cup", 1),)
    )


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (StockChange("a", 0),),
        (StockChange("a", 1), StockChange("a", 2)),
        (StockChange("b", 1), StockChange("a", 1)),
        tuple(StockChange(f"{number:03d}", 1) for number in range(MAX_LINES + 1)),
    ],
)
def test_movement_that_cannot_be_written_cannot_be_made(lines: tuple[StockChange, ...]) -> None:
    with pytest.raises(ValueError, match="movement"):
        Movement("m", NOW, "ada", "counted", lines)


@pytest.mark.parametrize("quantity", [0, -1])
def test_nothing_is_reserved_the_wrong_way_round(quantity: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        reservation("c1", {"teapot": quantity}, "ada", NOW)
