"""What the pages and the documents say of a function that serves several routes."""

from pathlib import Path

import pytest

from generate.pages import Function

SEVERAL = '''"""Items of a shop."""

def list_items(request):
    """Everybody reads
    the list.

    At length.
    """

def add_item(request):
    """Staff add one."""

handler = routes({
    "GET /items": list_items,
    "POST /items": add_item,
})
'''
ONE = '''"""GET /items"""

def handler(request):
    """Everybody reads the list."""
'''


@pytest.fixture
def function(tmp_path: Path, request: pytest.FixtureRequest) -> Function:
    file = tmp_path / "items.py"
    file.write_text(request.param)
    return Function("ItemsFunction", file, {}, {})


@pytest.mark.parametrize("function", [SEVERAL], indirect=True)
def test_each_of_several_routes_has_a_name_and_a_purpose_of_its_own(function: Function) -> None:
    assert function.purpose == "Items of a shop."
    assert function.purpose_of("GET /items") == "Everybody reads the list."
    assert function.purpose_of("POST /items") == "Staff add one."
    assert [function.operation(route) for route in ("GET /items", "POST /items")] == ["ListItems", "AddItem"]


@pytest.mark.parametrize("function", [ONE], indirect=True)
def test_handler_of_one_route_speaks_for_it(function: Function) -> None:
    assert function.purpose == function.purpose_of("GET /items") == "Everybody reads the list."
    assert function.operation("GET /items") == "Items"
