from commerce.imports.domain.columns import read_header


def test_columns_may_have_the_names_that_other_programs_write() -> None:
    header = ["SKU", "Name", "category", "price.amount", "Price Currency", ""]

    assert read_header(header) == ["productId", "name", "category", "amount", "currency", None]
