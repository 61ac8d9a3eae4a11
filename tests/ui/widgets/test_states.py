"""States look the same in every list: the sign before the words says the color, and there is one for each color."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from textual.widget import Widget

from jpmanage_tui.api.invoices import Invoice, InvoiceStatus
from jpmanage_tui.api.payment_methods import PaymentMethod
from jpmanage_tui.api.sites import Site
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.rules.site_health import health_state
from jpmanage_tui.services.billing_chart import Scale, invoice_row
from jpmanage_tui.services.invoices.download_batch import DownloadState
from jpmanage_tui.services.invoices.status import SIGNS as INVOICE_SIGNS
from jpmanage_tui.services.operation_text import WORDS
from jpmanage_tui.ui.sections.billing.overview import chart_lines
from jpmanage_tui.ui.sections.invoices.columns import invoice_columns
from jpmanage_tui.ui.sections.operations.text import ITEM_WORDS
from jpmanage_tui.ui.sections.payment_methods.columns import card_columns
from jpmanage_tui.ui.sections.sites.columns import COLUMNS as SITE_COLUMNS
from jpmanage_tui.ui.terminal.ascii import ascii_cells
from jpmanage_tui.ui.widgets.detail_pane import DetailPane, Fact, rows_of
from jpmanage_tui.ui.widgets.item_list import Column
from jpmanage_tui.ui.widgets.states import (
    BAD,
    GOOD,
    MUTED,
    STATE_CLASSES,
    STATE_CSS,
    STYLE_OF_SIGN,
    WARNING,
    state_style,
)
from jpmanage_tui.ui.widgets.status_line import SIGNS as MESSAGE_SIGNS
from jpmanage_tui.ui.widgets.text_line import TextLine, Tone, state_tone
from jpmanage_tui.ui.widgets.virtual_list import VirtualList


@pytest.mark.parametrize(
    ("words", "style"),
    [
        (WORDS[EntryState.DONE], GOOD),
        (WORDS[EntryState.CONFIRMED_DONE], GOOD),
        (WORDS[EntryState.REFUSED], BAD),
        (WORDS[EntryState.NOT_SENT], BAD),
        (WORDS[EntryState.UNKNOWN], WARNING),
        (WORDS[EntryState.SENT], ""),
        (WORDS[EntryState.QUEUED], ""),
        (DownloadState.SAVED.value, GOOD),
        (DownloadState.FAILED.value, BAD),
        (DownloadState.NO_PDF.value, MUTED),
        ("○ Unassigned", WARNING),
        ("– Revoked", MUTED),
        ("  Open", ""),
        ("", ""),
    ],
)
def test_the_sign_says_the_color(words: str, style: str) -> None:
    assert state_style(words) == style


def test_every_sign_of_a_state_has_its_color_and_every_color_is_one_of_the_list() -> None:
    signed = [*INVOICE_SIGNS.values(), *(words for words in ITEM_WORDS.values() if not words[0].isalpha())]
    assert all(state_style(sign) for sign in signed)
    assert state_style(MESSAGE_SIGNS["success"]) == GOOD
    assert state_style(MESSAGE_SIGNS["warning"]) == WARNING
    assert state_style(MESSAGE_SIGNS["error"]) == BAD


def test_every_sign_has_a_form_in_ascii() -> None:
    assert "?" not in [ascii_cells(sign)[0] for sign in STYLE_OF_SIGN if sign != "?"]


# -- every section takes them from the one table ---------------------------------------------

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize("widget", [VirtualList, TextLine, DetailPane])
def test_every_widget_that_shows_states_has_the_rules_of_the_one_table(widget: type[Widget]) -> None:
    assert STATE_CLASSES <= widget.COMPONENT_CLASSES
    assert STATE_CSS in widget.DEFAULT_CSS
    assert set(STYLE_OF_SIGN.values()) <= STATE_CLASSES


def shown(column: Column[Any], item: object) -> tuple[str, str]:
    style = column.style(item) if callable(column.style) else column.style
    return column.cell(item), style


def site(**given: object) -> tuple[str, str]:
    health = next(column for column in SITE_COLUMNS if column.title == "Health")
    return shown(health, Site.model_validate({"blog_id": 1, "url": "a.example", **given}))


def card(month: int, year: int) -> tuple[str, str]:
    method = PaymentMethod.model_validate(
        {"id": "pm_1", "card": {"brand": "visa", "exp_month": month, "exp_year": year}}
    )
    columns = card_columns(lambda: TODAY, lambda _: "", wide=True)
    return shown(next(column for column in columns if column.title == "Expires"), method)


def invoice(status: InvoiceStatus, days: int) -> Invoice:
    return Invoice.model_validate(
        {
            "id": "in_1", "status": status.value, "currency": "usd", "total": 100,
            "due_date": int((NOW + timedelta(days=days)).timestamp()),
        }
    )  # fmt: skip


def listed(status: InvoiceStatus, days: int) -> tuple[str, str]:
    column = next(column for column in invoice_columns(lambda: NOW) if column.title == "Status")
    return shown(column, invoice(status, days))


def charted(status: InvoiceStatus, days: int) -> tuple[str, str]:
    words = chart_lines([Scale("", (invoice_row(invoice(status, days), NOW),))], 120)[0]
    text, tone = words[1]
    return text.removeprefix("  "), tone.value if tone is not Tone.PLAIN else ""


@pytest.mark.parametrize(
    ("found", "sign", "style"),
    [
        (lambda: site(is_connection_healthy=True), " ", ""),
        (lambda: site(is_connection_healthy=False), "✗", BAD),
        (lambda: site(monitor_active=True, monitor_site_status=False), "✗", BAD),
        (lambda: site(latest_scan_threats_found=[1]), "✗", BAD),
        (lambda: site(awaiting_plugin_updates=["a"]), "!", WARNING),
        (lambda: card(2, 2026), "✗", BAD),
        (lambda: card(3, 2026), "!", WARNING),
        (lambda: card(9, 2026), " ", ""),
        (lambda: listed(InvoiceStatus.PAID, 9), "✓", GOOD),
        (lambda: listed(InvoiceStatus.OPEN, -9), "!", WARNING),
        (lambda: listed(InvoiceStatus.OPEN, 9), " ", ""),
        (lambda: listed(InvoiceStatus.UNCOLLECTIBLE, 9), "✗", BAD),
        (lambda: charted(InvoiceStatus.PAID, 9), "✓", GOOD),
        (lambda: charted(InvoiceStatus.OPEN, -9), "!", WARNING),
        (lambda: charted(InvoiceStatus.OPEN, 9), " ", ""),
        (lambda: charted(InvoiceStatus.UNCOLLECTIBLE, 9), "✗", BAD),
    ],
)
def test_the_states_of_every_section_have_sign_and_color_of_the_one_table(
    found: Callable[[], tuple[str, str]], sign: str, style: str
) -> None:
    words, style_shown = found()
    assert (words[0], style_shown) == (sign, style)
    assert state_style(words) == style


def test_the_pane_colors_a_state_as_its_row_does() -> None:
    down = Site.model_validate({"blog_id": 1, "url": "a.example", "is_connection_healthy": False})
    rows = rows_of([Fact("Health", health_state(down).strip(), state=True), Fact("Scan", "- none")], 40, 9)
    assert [row[1] for row in rows] == [("✗ disconnected", BAD), ("- none", "")]


def test_a_sign_without_a_color_of_its_own_keeps_that_of_the_line() -> None:
    assert state_tone("- draft", Tone.MUTED) is Tone.MUTED
    assert state_tone("✗ failed", Tone.MUTED) is Tone.BAD
