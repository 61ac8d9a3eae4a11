"""After issuing: the codes, the downloads; another key; the words of the gate."""

from __future__ import annotations

import pytest

from jpmanage_tui.api.errors import ApiConnectionError
from jpmanage_tui.services.issuing.order import IssuingStatus
from jpmanage_tui.services.issuing.planned_license import without_site
from jpmanage_tui.services.issuing.status import PAUSED
from jpmanage_tui.ui.dialogs.browser import LinkDialog
from jpmanage_tui.ui.dialogs.choice import ChoiceDialog
from jpmanage_tui.ui.sections.issue.pages import review_rows, status_rows
from jpmanage_tui.ui.sections.issue.section import IssueSection
from jpmanage_tui.ui.sections.issue.text import needs_card_text
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.services.issuing.support import quoted
from tests.ui.harness import running
from tests.ui.sections.issue.keyboard import (
    changes,
    free_site,
    issue,
    opened,
    pick_site,
    search,
    to_review_later,
)


@pytest.mark.slow
async def test_y_copies_one_code_and_y_big_all_of_them() -> None:
    async with running(licenses=60) as run:
        view = await opened(run)
        await search(run, "daily")
        await run.press("space", "plus")
        await to_review_later(run, view)
        await issue(run, view)
        assert view.run is not None
        first = view.run.items[0].key
        assert first is not None
        await run.press("y")
        await run.until(lambda: str(first) in run.status, "the code in the message")
        assert "clipboard" in run.status
        await run.press("Y")
        await run.until(lambda: "2 license codes" in run.status, "both codes")


@pytest.mark.slow
async def test_a_woocommerce_license_says_that_a_download_is_needed_and_w_leads_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    async with running(licenses=60) as run:
        url = await free_site(run)
        view = await opened(run)
        await search(run, "book")
        await run.press("space", "enter", "down", "enter")
        await pick_site(run, url)
        await run.until(lambda: view.order.blocker is None, "the review")
        await issue(run, view)
        await run.sees("have to be downloaded", "✓ assigned")
        await run.press("w")
        await run.until(lambda: isinstance(run.app.screen, LinkDialog), "the link")
        await run.sees("woocommerce-bookings")


@pytest.mark.slow
async def test_a_product_that_needs_no_download_says_so() -> None:
    async with running(licenses=60) as run:
        view = await opened(run)
        await search(run, "daily")
        await run.press("space")
        await to_review_later(run, view)
        await issue(run, view)
        await run.press("w")
        assert "nothing to download" in run.status


async def test_the_selection_outlives_a_change_of_the_partner_key() -> None:
    async with running(licenses=60) as run:
        view = await opened(run)
        await run.press("space", "plus", "K")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the keys")
        await run.press("down", "enter")
        await run.until(lambda: run.app.main.section is not view, "the other session")
        other = run.view(IssueSection)
        await run.until(lambda: other.order.has_catalog, "its products")
        assert other.order.selection == view.order.selection


@pytest.mark.parametrize(
    ("gate", "words"),
    [
        (None, "Checking the payment method"),
        (IssuingStatus(needs_card=True), needs_card_text()),
        (IssuingStatus(paused=True), PAUSED),
        (
            IssuingStatus(error=ApiConnectionError("The line is down.", method="GET", path="/x")),
            "the API decides",
        ),
    ],
)
def test_the_review_begins_with_what_stands_before_issuing(gate: IssuingStatus | None, words: str) -> None:
    lines = quoted(("jetpack-scan", 1, 1)).lines
    rows = review_rows(quoted(("jetpack-scan", 1, 1)), None, without_site(lines), gate)
    assert words in rows[0].parts[0][0]


def test_an_open_gate_takes_no_line() -> None:
    assert status_rows(IssuingStatus()) == []


async def test_going_to_licenses_after_issuing_shows_the_new_ones_with_the_cursor_on_the_first() -> None:
    async with running(licenses=60) as run:
        licenses = run.view(LicensesSection)
        await run.press("j", "j", "slash")
        await run.write("scan")
        await run.press("enter")
        view = await opened(run)
        await search(run, "daily")
        await run.press("space", "plus")
        await to_review_later(run, view)
        await issue(run, view)
        assert view.run is not None
        keys = {item.key for item in view.run.items}
        await run.press("1")
        await run.until(lambda: run.app.main.section is licenses, "the list")
        await run.until(lambda: licenses.current and licenses.current.license_key in keys, "a new license")
        assert licenses.license_list.cursor == 0
        assert {licenses.state.pages.rows[row].license_key for row in (0, 1)} == keys


async def test_what_was_issued_unassigned_is_assigned_from_the_result_and_nothing_is_issued_again() -> None:
    async with running(licenses=60) as run:
        url = await free_site(run)
        view = await opened(run)
        await search(run, "daily")
        await run.press("space", "plus", "right_square_bracket", "space")
        await to_review_later(run, view)
        await issue(run, view)
        await run.sees("7 licenses issued.", "a assigns what is unassigned to a site.")
        assert "a Assign License" in run.footer
        await run.press("a")
        await pick_site(run, url)
        await run.sees(
            "1 license stays unassigned: Jetpack Scan Daily: A site takes one", f"Scan Daily to {url}"
        )
        await run.press("tab", "enter")
        await run.until(
            lambda: view.run is not None and view.run.items[0].assign.happened, "the end of assigning"
        )
        await run.sees("✓ assigned", f"on {url}", "a assigns Jetpack Scan Daily to a site.")
        assert await changes(run) == ["issue", "issue", "issue_bundle", "assign"]


async def test_a_bundle_that_was_issued_is_never_called_unassigned() -> None:
    async with running(licenses=60) as run:
        view = await opened(run)
        await search(run, "daily")
        await run.press("right_square_bracket", "space")
        await to_review_later(run, view)
        await issue(run, view)
        await run.sees("5 licenses issued.", "bundle of 5", "are assigned one by one")
        assert "Unassigned" not in "\n".join(run.lines(run.app.main))
        assert "a Assign" not in run.footer


async def test_leaving_the_program_asks_while_something_is_selected_and_not_issued() -> None:
    async with running(licenses=60) as run:
        await opened(run)
        await run.press("space", "1", "q")
        await run.sees("Leave?", "1 license is selected and not issued.")
