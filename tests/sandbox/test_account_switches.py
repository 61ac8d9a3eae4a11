"""Switches, the seed of the account half, the PDF writer, and what scale costs."""

from __future__ import annotations

import io
import sqlite3
import time

import httpx
import pytest
from pypdf import PdfReader

from jpmanage_tui.sandbox.app import create_sandbox
from jpmanage_tui.sandbox.billing.estimate import estimate, month_days
from jpmanage_tui.sandbox.billing.usage import Ledger
from jpmanage_tui.sandbox.cards.stripe_cards import BEHAVIORS, TEST_CARDS, luhn
from jpmanage_tui.sandbox.invoices.pdf import document, text_line
from jpmanage_tui.sandbox.partner.seed import KEY
from tests.sandbox.account_help import turn
from tests.sandbox.harness import NOW, options


async def test_the_switches_are_shown_turned_and_turned_back(api: httpx.AsyncClient) -> None:
    usual = (await api.get("/_sandbox/switches")).json()
    assert (usual["billing"], usual["raw-cards"], usual["pdf-seconds"]) == ("ready", "accepted", 0)
    turned = await api.put("/_sandbox/switches", json={"raw-cards": "unsafe", "pdf-seconds": 3})
    assert turned.json() == {**usual, "raw-cards": "unsafe", "pdf-seconds": 3}
    await turn(api, raw_cards=None, pdf_seconds=None)
    assert (await api.get("/_sandbox/switches")).json() == usual


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"raw-card": "unsafe"}, "did you mean 'raw-cards'"),
        ({"raw-cards": "unsave"}, "accepted, surface, unsafe"),
        ({"pdf-seconds": "soon"}, "whole number"),
        ({"pdf-seconds": -1}, "whole number"),
        (["raw-cards"], "JSON object"),
    ],
)
async def test_a_switch_that_cannot_be_turned_is_told_and_turns_no_other(
    api: httpx.AsyncClient, wanted: object, words: str
) -> None:
    if isinstance(wanted, dict):
        wanted = {"billing": "preparing", **wanted}
    answer = await api.put("/_sandbox/switches", json=wanted)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_switch")
    assert words in answer.json()["message"]
    assert (await api.get("/_sandbox/switches")).json()["billing"] == "ready"


def _account_rows(connection: sqlite3.Connection) -> list[list[tuple[object, ...]]]:
    tables = ("cards", "invoices", "invoice_lines", "billing_modes")
    return [
        [tuple(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY rowid")]
        for table in tables
    ]


async def test_the_same_seed_makes_the_same_cards_and_invoices() -> None:
    seen = []
    for seed in (1, 1, 2):
        sandbox = create_sandbox(options(100, seed=seed))
        seen.append(await sandbox.read(_account_rows))
        await sandbox.close()
    assert seen[0] == seen[1]
    assert seen[0] != seen[2]


async def test_an_empty_sandbox_still_has_cards_and_invoices_of_nothing() -> None:
    sandbox = create_sandbox(options(0))
    cards, invoices, lines, _ = await sandbox.read(_account_rows)
    await sandbox.close()
    assert cards
    assert invoices
    assert lines == []


@pytest.mark.slow
async def test_the_account_half_of_a_hundred_thousand_licenses_is_made_and_billed_in_seconds() -> None:
    sandbox = create_sandbox(options(100_000))
    try:
        await sandbox.ready()
        began = time.process_time()
        charges = await sandbox.read(lambda connection: Ledger(connection, KEY).charges(*month_days(NOW)))
        bill = await sandbox.read(lambda connection: estimate(connection, KEY, NOW))
        assert time.process_time() - began < 4
        assert len(charges) > 10
        assert isinstance(bill, dict)
    finally:
        await sandbox.close()


def test_every_test_card_is_a_number_that_could_be_one_and_has_a_behaviour() -> None:
    assert all(luhn(number) for number in TEST_CARDS)
    assert set(TEST_CARDS.values()) <= set(BEHAVIORS)


def test_a_document_of_many_lines_has_several_pages_and_all_its_text() -> None:
    lines = [text_line(f"line {number} (é €) \\ {'x' * (number % 7)}") for number in range(100)]
    reader = PdfReader(io.BytesIO(document("Many (lines)", lines)), strict=True)
    assert len(reader.pages) == 3
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert all(f"line {number} (é €) \\ " in text for number in range(100))
    assert reader.metadata is not None
    assert reader.metadata.title == "Many (lines)"


def test_a_document_writes_what_helvetica_lacks_as_question_marks() -> None:
    reader = PdfReader(io.BytesIO(document("t", [text_line("Żak 山田")])), strict=True)
    assert reader.pages[0].extract_text() == "?ak ??"
