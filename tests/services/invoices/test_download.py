"""The names of invoices' files, and sizes in words."""

from typing import Any

from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.services.invoices.batch import _common_start
from jpmanage_tui.services.invoices.download import file_stem, format_size, progress_text


def invoice(id: str, **fields: Any) -> Invoice:
    return Invoice.model_validate({"id": id, "number": id.upper(), "status": "open", **fields})


def test_sizes_are_written_as_people_do() -> None:
    assert [format_size(n) for n in (12, 3541, 2_450_000)] == ["12 B", "3.5 kB", "2.5 MB"]
    assert progress_text(500, 2000) == "25 % of 2.0 kB"
    assert progress_text(500, None) == "500 B"


def test_a_file_is_named_after_the_number_or_after_the_id_where_there_is_none() -> None:
    assert file_stem(invoice("in_1", number="A/1")) == "A-1"
    assert file_stem(invoice("in_1", number="")) == "in_1"


def test_the_common_start_of_names_makes_the_pattern() -> None:
    assert _common_start(["NLD-0021", "NLD-0022"]) == "NLD-002"
    assert _common_start(["NLD-1", "NLD-10"]) == "NLD-1"
    assert _common_start(["A", "B"]) == ""
