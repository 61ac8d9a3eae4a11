"""Details beside the lists on a wide terminal: filled when the cursor rests, asked for once, never in the way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial

import pytest

from jpmanage_tui.api.licenses import License, LicenseState
from jpmanage_tui.rules.activity import ProductActivity
from jpmanage_tui.rules.day_range import DayRange
from jpmanage_tui.rules.prices import Price
from jpmanage_tui.services.price_list import Prices
from jpmanage_tui.ui.sections.base import BESIDE, DetailSection
from jpmanage_tui.ui.sections.billing.pane import activity_details
from jpmanage_tui.ui.sections.billing.section import BillingSection
from jpmanage_tui.ui.sections.invoices.section import InvoicesSection
from jpmanage_tui.ui.sections.licenses.list import RowIndex
from jpmanage_tui.ui.sections.licenses.pane import price_details, price_facts, state_text
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.sites.section import SitesSection
from jpmanage_tui.ui.widgets import detail_pane
from jpmanage_tui.ui.widgets.detail_pane import Fact, Title
from tests.ui.harness import Run, running

WIDE = (160, 40)
SITES = "/jetpack-agency/sites"
PRICES = "/partner/product-families"


@pytest.fixture(autouse=True)
def short_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detail_pane, "REST_SECONDS", 0.01)


def shown(view: DetailSection) -> str:
    """The text of the pane."""
    pane = view.detail_pane
    return "" if pane is None else "\n".join("".join(text for text, _ in row) for row in pane.rows)


def assigned(view: LicensesSection) -> list[int]:
    """The lines of the first licenses that are on a site of their own."""
    known, seen, lines = view.state.pages.rows, set(), []
    for row, one in sorted(known.items()):
        if (
            one.state is LicenseState.ATTACHED
            and one.siteurl
            and one.blog_id not in seen
            and not one.is_standard
        ):
            seen.add(one.blog_id)
            lines.append(view.license_list.line_of(RowIndex(row)))
    return lines


def has_pane(view: DetailSection, wide: bool) -> bool:
    return view.has_details is wide


async def filled(run: Run, view: DetailSection, *words: str) -> None:
    await run.until(lambda: all(word in shown(view) for word in words), f"{words} in the pane: {shown(view)}")


async def test_the_pane_is_there_from_140_columns_on_and_overlaps_nothing() -> None:
    async with running((139, 30), licenses=20) as run:
        view = run.view(LicensesSection)
        assert (view.detail_pane, view.has_details) == (None, False)
        assert "F3" not in run.footer
        assert view.detail_pane_disabled_reason() is not None
        for columns, lines in ((140, 30), (200, 50), (141, 12), (100, 30), (300, 50), (40, 10), (150, 24)):
            await run.pilot.resize_terminal(columns, lines)
            await run.until(partial(has_pane, view, columns >= 140), "the pane")
            await run.pilot.pause()
            rows = view.license_list.region
            right = view.region.right
            if view.has_details:
                assert view.detail_pane is not None
                assert rows.right == view.detail_pane.region.x
                assert view.detail_pane.region.right == right == columns
                assert rows.width >= 70
                await filled(run, view, "License code")
            else:
                assert rows.right == right == columns
        await run.press("f3")
        assert (view.has_details, view.license_list.region.right) == (False, 150)
        await run.press("4")  # hidden on every section
        await run.until(lambda: isinstance(run.app.main.section, InvoicesSection), "Invoices")
        assert not run.view(InvoicesSection).has_details
        await run.press("f3", "1")
        await run.until(lambda: view.shown and view.has_details, "the pane again")


async def test_nothing_is_asked_while_the_cursor_moves_and_no_site_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running(WIDE, licenses=60) as run:
        view = run.view(LicensesSection)
        first, second = assigned(view)[:2]
        await run.until(lambda: run.asked("GET", PRICES), "the prices, asked at the first rest")
        await filled(run, view, "Per month")
        monkeypatch.setattr(detail_pane, "REST_SECONDS", 600.0)
        before = len(run.asked("GET", SITES))
        await run.press(*["j"] * 12, *["k"] * 12)
        assert view.detail_pane is not None
        assert view.detail_pane.waits
        assert len(run.asked("GET", SITES)) == before
        monkeypatch.setattr(detail_pane, "REST_SECONDS", 0.01)
        view.detail_pane._timer = None
        counted = []
        for line in (first, second, first, second):
            view.license_list.move_cursor(line)
            license = view.current
            assert license is not None
            await filled(run, view, license.license_key[:20], "Health", f"Site ID       {license.blog_id}")
            await run.until(lambda: "· · ·" not in shown(view), "the site's health")
            counted.append(len(run.asked("GET", SITES)))
        assert before <= counted[0] < counted[1] == counted[2] == counted[3]
        assert len(run.asked("GET", PRICES)) == 1


async def test_what_is_asked_for_a_row_is_dropped_when_the_cursor_goes_on() -> None:
    async with running(WIDE, licenses=60, faults=[f"GET *{SITES} latency=600"]) as run:
        view = run.view(LicensesSection)
        facts = view.license_facts

        def waiting() -> list[object]:
            return [key for key in facts._loader.waiting if key != "prices"]

        first, second = assigned(view)[:2]
        view.license_list.move_cursor(first)
        await run.until(waiting, "the read of the first site")
        before = waiting()
        await filled(run, view, "Health        · · ·")
        view.license_list.move_cursor(second)
        await run.until(lambda: waiting() and waiting() != before, "the read of the second site alone")
        assert len(waiting()) == 1
        await run.press("f3")
        await run.until(lambda: not waiting(), "no read without a pane")


async def test_beside_the_pane_a_bundle_opens_to_its_licenses_and_a_license_to_its_menu() -> None:
    async with running(WIDE, licenses=250) as run:
        view = run.view(LicensesSection)
        assert view.toggle_row_label() == "Menu"
        assert view.expand_disabled_reason() == BESIDE
        await run.press("enter")
        await run.sees("Copy code", "View Site")
        await run.press("escape")
        while not (rows := [row for row, one in view.state.pages.rows.items() if one.is_bundle]):
            await run.press("pagedown", "pagedown")
            await run.until(lambda: view.current is not None and not view.loader.loads_pages, "the page")
        line = view.license_list.line_of(RowIndex(min(rows)))
        view.license_list.move_cursor(line)
        bundle = view.current
        assert bundle is not None
        await filled(run, view, f"Bundle of {bundle.quantity} ≡", ", each ")
        await run.press("enter")
        assert view.toggle_row_label() == "Close"
        assert view.license_list.locate(line + 1)[0] == RowIndex(min(rows), 0)  # nothing stands between
        await run.press("j")
        await run.until(lambda: view.current is not None, "a license of it")
        await filled(run, view, "of a bundle └", "its share of the bundle", "Per day")
        await run.press("f3")
        assert view.license_list.locate(line + 1) == (
            RowIndex(min(rows)),
            1,
        )  # its facts stand below it again


async def test_sites_invoices_and_billing_have_a_pane_of_what_they_know() -> None:
    async with running(WIDE, licenses=60) as run:
        await run.press("4")
        await run.until(lambda: isinstance(run.app.main.section, InvoicesSection), "Invoices")
        await filled(
            run, run.view(InvoicesSection), "Invoice ", "Total", "PDF", "Not now", "Drafts have no PDF yet."
        )
        await run.press("S")
        await run.until(lambda: isinstance(run.app.main.section, SitesSection), "Sites")
        sites = run.view(SitesSection)
        await filled(run, sites, "Health", "Connection", "Assign License", "searches")
        assert (sites.toggle_site_label(), sites.expand_site_disabled_reason()) == ("Menu", BESIDE)
        await run.press("enter")
        await run.sees("Client leaves")
        await run.press("escape", "2")
        await run.until(lambda: isinstance(run.app.main.section, BillingSection), "Billing")
        billing = run.view(BillingSection)
        await filled(run, billing, "Subtotal", "License days", "Show")
        await run.press("right_square_bracket")
        await filled(run, billing, "License code", "What it costs", "Per month", "Assign License")
        await run.press("right_square_bracket")
        await run.until(lambda: not shown(billing), "nothing, since no product is listed")


# -- in words ----------------------------------------------------------------------------------


def license_of(**fields: object) -> License:
    return License.model_validate(
        {"license_key": "jetpack-scan_1", "issued_at": "2026-01-01 00:00:00", **fields}
    )


def test_prices_are_those_of_the_bill() -> None:
    dashes = [Title("Price"), Fact("Per day", "—", muted=True), Fact("Per month", "—", muted=True)]
    assert price_details(license_of(owner_type="user"), Prices(()), {}) == dashes
    assert price_details(license_of(revoked_at="2026-02-01 00:00:00"), Prices(()), {}) == dashes
    assert price_details(license_of(), None, {})[0] == Title("Price")
    assert price_details(license_of(), Prices(None, "No."), {}) == [
        Title("Price"),
        Fact("Per day", "No.", muted=True),
    ]
    assert price_details(license_of(), Prices(()), {})[1] == Fact("Per day", "not known", muted=True)


def test_a_bundles_price_is_told_for_the_whole_and_for_each() -> None:
    assert price_facts(Price(Decimal(10), "USD", "day"), 5) == [
        Fact("Per day", "$10.00, each $2.00"),
        Fact("Per month", "≈$304.17, each ≈$60.83"),
    ]
    assert price_facts(Price(Decimal(300), "USD", "year")) == [Fact("Price", "$300.00/year")]


def test_of_what_was_issued_and_revoked_the_pane_has_the_figures_and_the_days() -> None:
    days = DayRange(date(2026, 3, 1), date(2026, 3, 31))
    details = activity_details(ProductActivity("Jetpack Scan", 1200, 3), days, [("toggle", "Show", None)])
    assert details[1:4] == [
        Fact("Issued", "1,200"),
        Fact("Revoked", "3"),
        Fact("Days (UTC)", "2026-03-01 to 2026-03-31"),
    ]


def test_a_state_is_told_with_the_sign_of_its_row() -> None:
    assert state_text(license_of(quantity=5)) == "Bundle of 5 ≡"
    assert state_text(license_of(parent_license_id=1)) == "○ Unassigned, of a bundle └"
    assert (
        state_text(license_of(owner_type="user", attached_at="2026-02-01 00:00:00"))
        == "Assigned, bought elsewhere ↗"
    )
    assert state_text(license_of(quantity=5, revoked_at="2026-02-01 00:00:00")) == "– Revoked, bundle of 5 ≡"
