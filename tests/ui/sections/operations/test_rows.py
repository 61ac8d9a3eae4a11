"""The rows of Operations: by which tabs they are listed, what is searched, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.ids import BlogId, InvoiceId, LicenseKey, ProductSlug, RequestId
from jpmanage_tui.operations.entry import NO_TIME, Entry, EntryState
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.invoices import PayInvoice
from jpmanage_tui.operations.mutations.licenses import (
    AssignLicense,
    IssueLicense,
    RevokeLicense,
    UnassignLicense,
)
from jpmanage_tui.operations.run import PAUSED, Run, RunCounts, RunItem, RunState
from jpmanage_tui.operations.scopes import Kinship
from jpmanage_tui.rules.prices import Price
from jpmanage_tui.services.operation_text import run_words, short_sentence, short_summary
from jpmanage_tui.services.operations_list import (
    Days,
    Filters,
    History,
    Operation,
    Status,
    matches,
    read_days,
)
from jpmanage_tui.services.runs import PriceChange, RunReview
from jpmanage_tui.ui.common.run_text import stopped_text
from jpmanage_tui.ui.sections.operations import text

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = date(2026, 3, 1)
KEY = LicenseKey("jetpack-scan_abcdefgh")
ENTRY = Entry(
    7,
    "api partner 1 key 2",
    RevokeLicense(KEY, "Jetpack Scan"),
    EntryState.DONE,
    AT,
    None,
    None,
    None,
    (),
    RequestId("req_1"),
    "Fine.",
    (),
    "",
)


def run_of(state: RunState = RunState.ENDED, *, interrupted: bool = False, **counts: int) -> Run:
    total = sum(counts.values())
    return Run(
        3, "api partner 1 key 2", "Revoke licenses", "", AT, "app", state, "", "", "", False, None, interrupted,
        RunCounts(total, **counts),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("run", "statuses", "words", "short"),
    [
        (run_of(RunState.RUNNING, waiting=2, active=1), {Status.RUNNING}, "running", "0/3"),
        (run_of(RunState.WAITING, waiting=2), {Status.RUNNING}, "waiting", "0/2"),
        (run_of(RunState.PAUSED, waiting=2, done=1), {Status.PAUSED}, "! paused", "1/3"),
        (run_of(RunState.RUNNING, interrupted=True, waiting=1), {Status.PAUSED}, "! interrupted", "0/1"),
        (run_of(done=2), {Status.DONE}, "✓ done", "2/2"),
        (run_of(done=2, failed=1), {Status.FAILED}, "✗ partly done", "2/3 ✗1"),
        (run_of(failed=1), {Status.FAILED}, "✗ failed", "0/1 ✗1"),
        (run_of(done=1, failed=1, unknown=2), {Status.FAILED, Status.UNKNOWN}, "? unknown", "1/4 ✗1 ?2"),
        (run_of(RunState.CANCELED, done=1, skipped=2), {Status.CANCELED}, "– canceled", "1/3"),
        (
            run_of(RunState.PAUSED, waiting=1, unknown=1),
            {Status.PAUSED, Status.UNKNOWN},
            "! paused",
            "0/2 ?1",
        ),
    ],
)
def test_a_run_is_listed_by_how_it_stands(run: Run, statuses: set[Status], words: str, short: str) -> None:
    assert Operation(run=run).statuses == statuses
    assert (run_words(run), text.short_count_words(run)) == (words, short)


@pytest.mark.parametrize(("reason", "said"), [(PAUSED, "."), ("No answer.", ": No answer.")])
def test_a_run_that_the_user_paused_does_not_say_so_twice(reason: str, said: str) -> None:
    run = replace(run_of(RunState.PAUSED, waiting=2, done=1), reason=reason)
    assert stopped_text(run).endswith(f"paused, 1 of 3 done, 2 not begun{said} Press 0 for the report.")


def test_a_change_in_a_list_names_the_site_as_other_lists_do() -> None:
    change = UnassignLicense(
        LicenseKey("jetpack-scan_abcdef123456"),
        send_email=True,
        product="Jetpack Scan",
        site_url="https://acme.example/",
    )
    assert short_summary(change) == "Unassign Jetpack Scan …123456 from acme.example"
    assert short_sentence(f"{change.summary()}: waiting.", change) == f"{short_summary(change)}: waiting."
    assert short_summary(replace(change, site_url="")) == "Unassign Jetpack Scan …123456 from its site"


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (EntryState.QUEUED, Status.RUNNING),
        (EntryState.SENT, Status.RUNNING),
        (EntryState.DONE, Status.DONE),
        (EntryState.CONFIRMED_DONE, Status.DONE),
        (EntryState.REFUSED, Status.FAILED),
        (EntryState.NOT_SENT, Status.FAILED),
        (EntryState.CONFIRMED_NOT_DONE, Status.FAILED),
        (EntryState.UNKNOWN, Status.UNKNOWN),
    ],
)
def test_a_single_change_is_listed_by_how_it_ended(state: EntryState, status: Status) -> None:
    assert Operation(entry=replace(ENTRY, state=state)).statuses == {status}


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("2026-02-03", Days(date(2026, 2, 3), date(2026, 2, 3))),
        (" 2026-02-03 .. 2026-02-05", Days(date(2026, 2, 3), date(2026, 2, 5))),
        ("2026-02-05..2026-02-03", Days(date(2026, 2, 3), date(2026, 2, 5))),
        ("1", Days(TODAY, TODAY)),
        ("7", Days(date(2026, 2, 23), TODAY)),
        ("0", None),
        ("9999", None),
        ("2026-02-30", None),
        ("2026-02-03..", None),
        ("yesterday", None),
        ("٧", None),
    ],
)
def test_days_are_typed(typed: str, days: Days | None) -> None:
    assert read_days(typed, TODAY) == days


@given(st.integers(-3, 3), st.integers(-3, 3), st.integers(0, 86_399))
def test_a_day_is_a_day_in_utc_whatever_the_time_of_day(first: int, last: int, seconds: int) -> None:
    days = Days(TODAY + timedelta(days=min(first, last)), TODAY + timedelta(days=max(first, last)))
    at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    row = Operation(entry=replace(ENTRY, created_at=at))
    assert matches(row, Filters(days=days), "") == (min(first, last) <= 0 <= max(first, last))


def test_words_codes_ids_and_keys_are_searched() -> None:
    row = Operation(entry=ENTRY)
    for found in ("jetpack SCAN", "abcdefgh", "req_1", "fine", "revoke", "✓ done", "acme"):
        assert matches(row, Filters(found), "Acme"), found
    assert not matches(row, Filters("revoke other"), "")
    assert not matches(row, Filters(key=""), "Acme")
    assert matches(row, Filters(key="Acme"), "Acme")
    assert not matches(
        Operation(entry=replace(ENTRY, created_at=NO_TIME)), Filters(days=Days(TODAY, TODAY)), ""
    )


def test_rows_stand_newest_first_and_what_happens_to_them_is_taken_over() -> None:
    later = replace(ENTRY, id=9, created_at=AT + timedelta(hours=1))
    run = replace(run_of(done=1), created_at=AT + timedelta(minutes=1))
    history = History({3: run}, {7: ENTRY, 9: later}, None)
    assert [row.key for row in history.operations] == [("entry", 9), ("run", 3), ("entry", 7)]
    of_run = replace(ENTRY, id=11, run_id=3)
    newer = history.with_run(replace(run, title="Other")).with_entries(
        [replace(later, message="New."), of_run]
    )
    assert [row.key for row in newer.operations] == [row.key for row in history.operations]
    assert newer.entries[9].message == "New."


def test_an_unknown_change_says_first_what_can_be_done_about_it() -> None:
    unknown = replace(ENTRY, state=EntryState.UNKNOWN, message="No answer.", result=(KEY,))
    lines = text.entry_lines(unknown, "", Kinship.SAME)
    assert lines[1:3] == [
        "? unknown. No answer.",
        "l looks it up again; d it was done, n it was not (you have looked yourself)",
    ]
    assert lines[3:] == [f"Code: {KEY}", "Request id: req_1"]
    assert "chosen (K)" in text.way_out(unknown, Kinship.SIBLING)
    assert "another token" in text.way_out(unknown, Kinship.UNCLEAR)


def test_a_change_that_was_not_begun_says_why_and_at_which_price() -> None:
    issue = IssueLicense(ProductSlug("jetpack-scan"), None, "Scan")
    item = RunItem(1, 0, issue, None, Price(Decimal("4.95"), "USD", "month"), None, "Canceled.", True, None)
    assert text.item_lines(item, "Acme", Kinship.SIBLING) == [
        "[Acme] Issue one Scan license.",
        "– not begun. Canceled.",
        "Price confirmed: $4.95/month.",
    ]


def test_going_on_names_old_and_new_prices_and_the_new_total() -> None:
    def usd(amount: str) -> Price:
        return Price(Decimal(amount), "USD", "month")

    issue = IssueLicense(ProductSlug("jetpack-scan"), None, "Scan")
    items = tuple(RunItem(1, n, issue, None, usd("1"), None, "", False, None) for n in range(2))
    higher = PriceChange("Scan", usd("1"), usd("2"), (0, 1))
    lower = PriceChange("Backup", usd("3"), usd("1"), (2,))
    run = run_of(RunState.PAUSED, waiting=2)
    asked = text.review_question(RunReview(run, items, 1, (usd("2"), usd("2"), None), (higher, lower)))
    assert asked.button == "Go on at the new price"
    assert asked.require_text == "3"
    assert [(row.what, row.where, row.which) for row in asked.rows] == [
        ("Scan", "$1.00/month → $2.00/month", "×2")
    ]
    assert asked.text == [
        "Prices are not what was confirmed:",
        "Issues 3 licenses and bundles: $0.13 a day, $4.00 a month. "
        "The price of 1 license is not known and not included.",
        "Issuing cannot be undone: revoking ends the billing, and the days until then are paid for.",
        "1 unknown: first it is looked up whether it was done.",
        "Lower than confirmed: Backup.",
    ]
    same = text.review_question(RunReview(run, items, 0, (usd("1"),) * 2, ()))
    assert same.button == "Go on"
    assert same.text[0].startswith("Issues 2 licenses: "), "no bundle is among them"
    assert text.review_question(RunReview(run, (), 0, (), (), retry=True)).text == [
        "Nothing of it is left to begin."
    ]


def test_going_on_names_what_is_done_whom_it_mails_and_what_cannot_be_undone() -> None:
    changes: tuple[Mutation[Any], ...] = (
        AssignLicense(KEY, BlogId(7), "https://a.example", "Scan"),
        UnassignLicense(KEY, True, "Scan", "https://a.example"),
        UnassignLicense(KEY, False, "Boost", "https://b.example"),
        RevokeLicense(KEY, "Scan"),
        RevokeLicense(KEY, "Boost"),
        PayInvoice(InvoiceId("in_1"), "NLD-1", Decimal(5), "USD"),
    )
    items = tuple(
        RunItem(1, n, change, None, None, None, "", False, None) for n, change in enumerate(changes)
    )
    asked = text.review_question(RunReview(run_of(RunState.PAUSED, waiting=6), items, 0, (), (), retry=True))
    assert asked.text == [
        "Assigns 1 license again.",
        "Unassigns 2 licenses again: their sites lose these products.",
        "The customer is told by e-mail that the product was removed.",
        "Revokes 2 licenses again: the codes cannot be used again. This cannot be undone.",
        "Pay invoice NLD-1 of $5.00.",
    ]
    assert asked.danger
    assert asked.require_text == "2"
