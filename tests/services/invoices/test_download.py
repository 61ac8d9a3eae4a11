"""The files of invoices: their names, which of them are there already; and sizes in words."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hypothesis import given, strategies as st

from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.services.invoices.download import (
    default_path,
    file_stem,
    format_size,
    progress_text,
    saved_copy,
)
from jpmanage_tui.services.invoices.download_batch import _common_start

MADE = int(datetime(2026, 3, 1, 0, 10, tzinfo=UTC).timestamp())
ANY_TEXT = st.text(max_size=120) | st.text("ABC-/. 01", max_size=8)


def invoice(id: str, **fields: Any) -> Invoice:
    return Invoice.model_validate({"id": id, "number": id.upper(), "status": "open", **fields})


def test_sizes_are_written_as_people_do() -> None:
    assert [format_size(n) for n in (12, 3541, 2_450_000)] == ["12 B", "3.5 kB", "2.5 MB"]
    assert progress_text(500, 2000) == "25 % of 2.0 kB"
    assert progress_text(500, None) == "500 B"


def test_a_file_is_named_after_date_and_number_or_what_there_is_of_them() -> None:
    named = invoice("in_1", number="ABC123-0004", created=str(MADE))
    assert file_stem(named) == "jetpack-invoice-2026-03-01-ABC123-0004"
    assert file_stem(invoice("in_1", number="", created=MADE)) == "jetpack-invoice-2026-03-01-in_1"
    assert file_stem(invoice("in_1", number="A-1", created=None)) == "jetpack-invoice-A-1"
    assert file_stem(invoice("in_1", number="", created="soon")) == "jetpack-invoice-in_1"


@given(ANY_TEXT.filter(str.strip), ANY_TEXT, st.none() | st.datetimes(timezones=st.just(UTC)))
def test_whatever_the_api_calls_an_invoice_its_file_lies_in_the_folder_under_a_plain_name(
    id: str, number: str, created: datetime | None
) -> None:
    one = Invoice.model_construct(id=id, number=number, created=created)
    path = default_path(one, Path("/folder"))
    assert path.parent == Path("/folder")
    assert path.name.startswith("jetpack-invoice-")
    assert path.name.endswith(".pdf")
    assert path.name.isascii()
    assert len(path.name) <= 160
    assert not set(path.name) & set("/\\ *?:\"'$~")


@given(ANY_TEXT, ANY_TEXT)
def test_invoices_with_other_numbers_have_other_names(one: str, other: str) -> None:
    first, second = (
        Invoice.model_construct(id=f"in_{place}", number=number, created=None)
        for place, number in enumerate((one, other))
    )
    assert (file_stem(first) == file_stem(second)) is (one == other != "")


@given(st.dates(), st.dates(), st.text("AB-019", max_size=6), st.text("AB-019", max_size=6))
def test_names_sort_by_date(one: date, other: date, number: str, another: str) -> None:
    stems = [
        file_stem(
            Invoice.model_construct(
                id="in_1", number=name, created=datetime(day.year, day.month, day.day, tzinfo=UTC)
            )
        )
        for day, name in ((one, number), (other, another))
    ]
    if one != other:
        assert (stems[0] < stems[1]) is (one < other)


def test_an_invoice_is_there_when_a_pdf_has_its_name_and_what_is_no_pdf_is_something_else(
    tmp_path: Path,
) -> None:
    one = invoice("in_1", number="A-1")
    names = [tmp_path / f"jetpack-invoice-A-1{more}.pdf" for more in ("", "-2", "-3", "-4")]
    assert saved_copy(one, tmp_path) is None
    names[0].mkdir()
    names[1].symlink_to("nowhere")
    names[2].write_bytes(b"<!doctype html>")
    assert saved_copy(one, tmp_path) is None
    names[3].write_bytes(b"\n\n%PDF-1.4")
    assert saved_copy(one, tmp_path) == names[3]
    assert saved_copy(invoice("in_1", number="A-2"), tmp_path) is None
    assert saved_copy(one, tmp_path / "not there") is None


def test_the_common_start_of_names_makes_the_pattern() -> None:
    assert _common_start(["NLD-0021", "NLD-0022"]) == "NLD-002"
    assert _common_start(["NLD-1", "NLD-10"]) == "NLD-1"
    assert _common_start(["A", "B"]) == ""
