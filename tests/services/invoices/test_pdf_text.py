"""The text of a PDF on a terminal: complete, harmless, bounded."""

import json
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.sandbox.invoices.pdf import LEFT, Line, document, text_line
from jpmanage_tui.services.invoices import pdf_reader
from jpmanage_tui.services.invoices.pdf_reader import Unreadable, read_pdf, without_secrets
from jpmanage_tui.services.invoices.pdf_table import fitted

TABLE = [
    "Invoice",
    "Description                        Days                   Amount (USD)",
    "Jetpack AI                           62                        20.28",
    "Jetpack Anti-Spam                 1,088                       169.92",
    "Total                                                        190.20 USD",
]


def python(path: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a script stand for the process that reads."""
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(path))


async def test_the_text_of_an_invoice_is_read_line_by_line_with_its_columns_in_line() -> None:
    rows = [Line(((LEFT, "Jetpack AI"), (370, "62"), (450, "20.28")))]
    page = await read_pdf(document("Invoice", [text_line("Invoice number: A-1"), *rows]))
    assert page.lines[:2] == ("Invoice number: A-1", "Jetpack AI   62   20.28")
    assert (page.pages, page.cut) == (1, False)


async def test_a_long_invoice_is_cut_and_says_so() -> None:
    page = await read_pdf(document("Invoice", [text_line(f"line {n}") for n in range(5000)]))
    assert page.cut
    assert len(page.lines) <= 4000


async def test_control_characters_of_a_pdf_never_reach_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = json.dumps({"lines": ["a\x1b]52;c;aGk=\x07b\x9b31m\u202e"], "pages": 1, "cut": False})
    (tmp_path / "answer").write_text(answer)
    python(tmp_path / "python", f"cat > /dev/null; cat {tmp_path}/answer", monkeypatch)
    page = await read_pdf(b"%PDF")
    assert page.lines == ("ab",)


@pytest.mark.parametrize(
    "data", [b"%PDF-1.4\n", b"%PDF-1.4\n" + b"\xff" * 5000, b""], ids=["empty", "noise", "nothing"]
)
async def test_a_broken_pdf_is_said_to_be_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable, match=r"cannot be read\."):
        await read_pdf(data)


async def test_a_pdf_without_text_is_said_to_have_none() -> None:
    with pytest.raises(Unreadable, match="no text"):
        await read_pdf(document("Invoice", []))


async def test_a_reader_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python(tmp_path / "python", "exec sleep 300", monkeypatch)
    monkeypatch.setattr(pdf_reader, "SECONDS", 0.1)
    with pytest.raises(Unreadable, match="takes too long"):
        await read_pdf(b"%PDF")


async def test_an_answer_that_is_no_answer_is_said_to_be_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python(tmp_path / "python", "cat > /dev/null; echo '[1]'", monkeypatch)
    with pytest.raises(Unreadable, match=r"cannot be read\."):
        await read_pdf(b"%PDF")


async def test_a_pdf_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_reader, "LARGEST", 3)
    with pytest.raises(Unreadable, match="too large"):
        await read_pdf(b"%PDF")


def test_the_process_that_reads_is_given_no_token() -> None:
    env = {"PATH": "/bin", "JPMANAGE_TOKEN": "secret", "JPMANAGE_USER_TOKEN": "secret"}
    assert without_secrets(env) == {"PATH": "/bin"}


def test_a_table_stands_close_and_figures_end_in_line() -> None:
    assert fitted(TABLE) == [
        "Invoice",
        "Description          Days   Amount (USD)",
        "Jetpack AI             62          20.28",
        "Jetpack Anti-Spam   1,088         169.92",
        "Total                         190.20 USD",
    ]


@given(st.lists(st.text("ab 1.,", max_size=30), max_size=12))
def test_no_text_is_lost_or_moved_before_another_of_its_line(lines: list[str]) -> None:
    assert [line.split() for line in fitted(lines)] == [line.split() for line in lines]
