"""Exports: every screen's through the same mechanism, by keyboard, read back from the file."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import stat
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jpmanage_tui.api.invoices import InvoiceStatus
from jpmanage_tui.api.licenses import LicenseFilter
from jpmanage_tui.api.sites import SiteIssue
from jpmanage_tui.rules.unassigned import is_unassigned
from jpmanage_tui.sandbox.switches import turn
from jpmanage_tui.services.exports import masked
from jpmanage_tui.ui.dialogs.choice import ChoiceDialog
from jpmanage_tui.ui.sections.billing.section import BillingSection
from jpmanage_tui.ui.sections.invoices.section import InvoicesSection
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.licenses.text import FILTERS
from jpmanage_tui.ui.sections.prices.section import PricesSection
from jpmanage_tui.ui.sections.sites.section import SitesSection
from tests.cases import cases
from tests.ui.harness import Run, running

CSV, CODES, JSON, JSON_CODES, EXCEL, EXCEL_CODES = range(6)


def files(folder: Path) -> set[Path]:
    return set(folder.iterdir())


async def exported(run: Run, folder: Path, choice: int = CSV) -> list[dict[str, Any]]:
    """Export what is shown, and return the rows of the file, which must be the newest and for the user alone."""
    assert run.app.session is not None
    run.app.session.download_folder = folder
    before = files(folder)
    await run.press("e")
    await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the formats")
    await run.press(*["down"] * choice, "enter")
    await run.until(lambda: "written to" in run.status, "the file")
    [path] = files(folder) - before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert str(path) in run.status
    text = path.read_text(encoding="utf-8")
    excel = text.startswith("\ufeff")
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";" if excel else ",")
    rows: list[dict[str, Any]] = json.loads(text) if path.suffix == ".json" else list(reader)
    return rows


async def opened(run: Run, key: str, kind: type[object]) -> None:
    await run.press(key)
    await run.until(lambda: isinstance(run.app.main.section, kind), key)
    await run.until(lambda: run.app.main.section is not None and run.app.main.section.counter(), "rows")


async def test_licenses_are_exported_with_masked_codes_those_not_loaded_too(tmp_path: Path) -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        count = view.state.pages.count
        assert len(view.state.pages.rows) < count
        rows = await exported(run, tmp_path)
        assert len(rows) > count, "what is inside bundles is in no row of the list"
        assert all("*" in row["license_code"] for row in rows)
        assert run.app.session is not None
        listed = {license.license_key async for license in run.app.session.client.licenses.list_all()}
        again = await exported(run, tmp_path, JSON_CODES)
        assert listed < {row["license_code"] for row in again}
        assert len(again) == len(rows)
        assert {type(row["site_id"]) for row in again} == {int, type(None)}
        await run.press("space", "space")
        assert len(await exported(run, tmp_path, CODES)) == 2, "with marks only those"
        names = sorted(path.name for path in files(tmp_path))
        assert len(names) == 3, "no file went over another"
        assert names[0] == names[1].removesuffix(".csv") + "-2.csv"


async def test_the_estimate_is_exported_as_the_api_gave_it(tmp_path: Path) -> None:
    async with running() as run:
        await opened(run, "2", BillingSection)
        rows = await exported(run, tmp_path)
        assert run.app.session is not None
        estimate = await run.app.session.client.billing.estimate()
        products = {product.product_name: product for product in estimate.products}  # type: ignore[union-attr]
        assert {row["product"] for row in rows} == set(products)
        for row in rows:
            product = products[row["product"]]
            assert Decimal(row["subtotal"]) == product.product_total_cost
            assert Decimal(row["price"]) == product.product_cost
            assert int(row["assigned"]) == product.counts.assigned
            assert row["currency"] == "USD"
        subtotals = [Decimal(row["subtotal"]) for row in rows]
        assert subtotals == sorted(subtotals, reverse=True), "in the order of the screen"


async def test_unassigned_licenses_are_exported_with_prices_to_the_last_or_only_the_marked(
    tmp_path: Path,
) -> None:
    async with running(licenses=900) as run:
        await opened(run, "2", BillingSection)
        await run.press("]")
        view = run.view(BillingSection)
        await run.until(lambda: view.state.items and view.state.products, "unassigned licenses with prices")
        assert not view.state.done
        rows = await exported(run, tmp_path, CODES)
        assert len(rows) > len(view.state.items) - 1
        assert run.app.session is not None
        detached = {
            license.license_key
            async for license in run.app.session.client.licenses.list_all(LicenseFilter.DETACHED)
            if is_unassigned(license)
        }
        assert detached <= {row["license_code"] for row in rows}
        assert all(row["per_month"] for row in rows if row["interval"] == "month")
        issued = [row["issued_at"] for row in rows if not row["part_of_bundle"]]
        assert issued == sorted(issued)
        first = view.state.items[0]
        await run.press("space")
        [only] = await exported(run, tmp_path)
        assert only["license_code"] == masked(first.license.license_key)
        assert only["per_month"] == rows[0]["per_month"] != ""


async def test_prices_are_exported_with_every_bundle_as_far_as_the_search_matches(tmp_path: Path) -> None:
    async with running() as run:
        await opened(run, "5", PricesSection)
        view = run.view(PricesSection)
        assert view.products is not None
        rows = await exported(run, tmp_path)
        assert len(rows) == sum(1 + len(product.supported_bundles) for product in view.products)
        single = next(row for row in rows if row["product_slug"] == "jetpack-scan" and row["licenses"] == "1")
        scan = next(product for product in view.products if product.slug == "jetpack-scan")
        assert Decimal(single["price"]) == scan.amount
        bundle = next(row for row in rows if row["product_slug"] == "jetpack-scan" and row["licenses"] == "5")
        [size] = [size for size in scan.supported_bundles if size.quantity == 5]
        assert Decimal(bundle["price"]) == size.amount
        assert Decimal(bundle["per_license_month"]) == (size.amount / 5).quantize(Decimal("0.01"))
        await run.press("slash")
        await run.write("scan")
        await run.press("enter")
        found = await exported(run, tmp_path, 1)
        assert 0 < len(found) < len(rows)
        assert all(isinstance(row["price"], float | int) for row in found), "a number in JSON"
        assert {row["saves_percent"] for row in found if row["licenses"] == 1} == {None}
        assert len(await exported(run, tmp_path, 2)) == len(found), "for Excel"
        assert any(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in files(tmp_path))


async def test_invoices_of_the_tab_are_exported_to_the_last(tmp_path: Path) -> None:
    async with running() as run:
        await opened(run, "4", InvoicesSection)
        view = run.view(InvoicesSection)
        assert view.invoice_list.has_more
        rows = await exported(run, tmp_path)
        assert run.app.session is not None
        invoices = [invoice async for invoice in run.app.session.client.invoices.list_all()]
        assert [row["invoice_id"] for row in rows] == [invoice.id for invoice in invoices]
        assert [Decimal(row["total"] or 0) for row in rows] == [invoice.total or 0 for invoice in invoices]
        assert "http" not in json.dumps(rows), "whoever has the address of a PDF reads it"
        await run.press("]")
        await run.until(
            lambda: view.status is InvoiceStatus.OPEN and view.loader.answered_at is not None, "the open ones"
        )
        await run.until(lambda: view.invoice_list.items, "rows")
        due = await exported(run, tmp_path)
        assert {row["status"] for row in due} <= {"open", "due today", "past due"}
        assert any(path.name.startswith("invoices-open-") for path in files(tmp_path))


async def test_sites_of_the_filter_are_exported_in_the_order_of_the_list(tmp_path: Path) -> None:
    async with running(licenses=1000) as run:
        await opened(run, "S", SitesSection)
        view = run.view(SitesSection)
        assert len(view.sites.pages.rows) < view.sites.pages.count
        rows = await exported(run, tmp_path)
        assert len(rows) == view.sites.pages.count
        await run.press("[")
        await run.until(lambda: view.sites.pages.total and not view.sites.busy, "the sites with updates")
        waiting = await exported(run, tmp_path, 1)
        assert run.app.session is not None
        sites = run.app.session.client.sites.list_all(issue=SiteIssue.PLUGIN_UPDATES)
        assert [row["site_id"] for row in waiting] == [site.blog_id async for site in sites]
        assert all(int(row["plugin_updates"]) > 0 for row in waiting)


# -- trouble ---------------------------------------------------------------------------------


async def test_an_export_that_breaks_off_leaves_no_file_and_names_its_key(tmp_path: Path) -> None:
    async with running(licenses=1000) as run:
        await opened(run, "S", SitesSection)
        assert run.app.session is not None
        run.app.session.download_folder = tmp_path
        run.sandbox.faults.replace(["GET */jetpack-agency/sites malformed +1"])
        await run.press("e")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the formats")
        await run.press("enter")
        await run.sees("No file was written.", "Press e to try again")
        assert files(tmp_path) == set()


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "no-folder"
    file.write_text("")
    async with running() as run:
        await opened(run, "5", PricesSection)
        assert run.app.session is not None
        run.app.session.download_folder = file
        await run.press("e")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the formats")
        await run.press("enter")
        await run.sees("is not a folder that can be used", "Nothing was saved.")


@pytest.mark.parametrize(("key", "rows"), [("4", "No invoice"), ("S", "No site")])
async def test_with_nothing_listed_the_command_says_why_not(key: str, rows: str) -> None:
    async with running(
        licenses=0, faults=["GET */partner/invoices 500", "GET */sites 500"], wait=False
    ) as run:
        await run.until(lambda: run.app.session is not None, "the session")
        await run.press(key)
        await run.press("e")
        await run.sees(rows)


# -- all of it -------------------------------------------------------------------------------

OF_TAB = {
    LicenseFilter.NOT_REVOKED: "revoked_at IS NULL",
    LicenseFilter.DETACHED: "revoked_at IS NULL AND attached_at IS NULL AND quantity IS NULL",
    LicenseFilter.ATTACHED: "revoked_at IS NULL AND attached_at IS NOT NULL AND quantity IS NULL",
    LicenseFilter.REVOKED: "revoked_at IS NOT NULL",
    LicenseFilter.STANDARD: "revoked_at IS NULL AND owner_type = 'user'",
}


async def of_database(run: Run, condition: str) -> list[str]:
    """Return the codes of the first key's licenses, straight from the sandbox."""

    def find(connection: sqlite3.Connection) -> list[str]:
        mine = "key_id = (SELECT min(key_id) FROM licenses)"
        rows = connection.execute(f"SELECT license_key FROM licenses WHERE {mine} AND {condition}")
        return [str(row[0]) for row in rows]

    return await run.sandbox.read(find)


@pytest.mark.parametrize(
    ("filter", "nested"),
    cases(
        (
            (f"{filter.value} {'only under their bundle' if nested else 'in the list too'}", (filter, nested))
            for filter in FILTERS
            for nested in (True, False)
        ),
        "not_revoked only under their bundle",
        "detached in the list too",
        "revoked only under their bundle",
    ),
)
@pytest.mark.sample(1)
async def test_a_tab_is_exported_with_what_is_inside_bundles_each_license_once_in_the_order_of_the_list(
    tmp_path: Path, filter: LicenseFilter, nested: bool
) -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        if not nested:
            await run.sandbox.read(lambda connection: turn(connection, {"children": "flat"}))
            await run.press("r")
        await run.press(*["]"] * FILTERS.index(filter))
        await run.until(lambda: view.state.query.tab is filter and view.state.pages.total, "the tab")
        await run.until(lambda: nested or not view.loader.loads_pages, "the rows")
        rows = await exported(run, tmp_path, JSON_CODES)
        last = rows.pop() if "not_complete" in rows[-1] else {}
        assert sorted(row["license_code"] for row in rows) == sorted(await of_database(run, OF_TAB[filter]))
        shown = [license.license_key for _, license in sorted(view.state.pages.rows.items())]
        exported_order = [row["license_code"] for row in rows]
        places = [exported_order.index(code) for code in shown]
        assert places == sorted(places)
        inside = [row for row in rows if row["part_of_bundle"]]
        assert bool(inside) is (filter is not LicenseFilter.STANDARD)
        assert bool(last) is (filter is LicenseFilter.REVOKED), "what no list has is said"


async def test_a_search_is_exported_when_it_is_finished_with_what_is_inside_bundles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jpmanage_tui.services.search.index_builder.PERIOD", 0.02)
    async with running() as run:
        view = run.view(LicensesSection)
        await run.press("slash")
        await run.write("scan")
        await run.press("enter")
        await run.until(lambda: view.state.query.search == "scan" and view.state.pages.total, "hits")
        assert view.search_index.as_of is None, "not all was searched yet"
        rows = await exported(run, tmp_path, JSON_CODES)
        await run.until(lambda: not view.search_index.pending, "the end of the search")
        assert {row["license_code"] for row in rows} == {
            license.license_key async for license in view.matching()
        }
        assert any(row["part_of_bundle"] for row in rows)


@pytest.mark.parametrize("choice", [CODES, JSON_CODES], ids=["csv", "json"])
async def test_what_a_file_lacks_stands_in_its_title_or_its_last_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, choice: int
) -> None:
    for module in ("search_controller",):
        monkeypatch.setattr(f"jpmanage_tui.ui.sections.licenses.{module}.AUTO", 100)
    async with running() as run:
        view = run.view(LicensesSection)
        await run.press("slash")
        await run.write("scan")
        await run.press("enter")
        await run.until(lambda: view.state.query.search == "scan" and view.state.pages.total, "hits")
        assert run.app.session is not None
        run.app.session.download_folder = tmp_path
        await run.press("e")
        await run.sees("(licenses inside bundles were not searched)")
        await run.press("escape")
        count = view.state.pages.count
        rows = await exported(run, tmp_path, choice)
        assert len(rows) == count + 1
        words = "licenses inside bundles were not searched"
        if choice == CODES:
            assert rows[-1]["license_code"] == f"# Not complete: {words}."
            assert set(rows[-1].values()) == {rows[-1]["license_code"], ""}
        else:
            assert rows[-1] == {"not_complete": words}
        assert f"Not complete: {words}." in run.status


async def test_rows_that_cannot_be_read_are_counted_in_every_file(tmp_path: Path) -> None:
    spoil_license = (
        "UPDATE licenses SET license_key = ? WHERE license_id = (SELECT max(license_id) FROM licenses WHERE"
        " key_id = (SELECT min(key_id) FROM licenses) AND revoked_at IS NULL AND attached_at IS NULL"
        " AND quantity IS NULL AND parent_license_id IS NULL AND owner_type IS NOT 'user' AND license_key > 'a')"
    )
    spoil_invoice = (
        "UPDATE invoices SET invoice_id = '' WHERE invoice_id = (SELECT max(invoice_id) FROM invoices WHERE"
        " key_id = (SELECT min(key_id) FROM invoices))"
    )
    async with running() as run:

        def spoil(connection: sqlite3.Connection) -> None:
            for blank in ("", " "):
                connection.execute(spoil_license, (blank,))
            connection.execute(spoil_invoice)

        await run.sandbox.read(spoil)
        await run.press("r")
        rows = await exported(run, tmp_path, CODES)
        assert rows[-1]["license_code"] == "# Not complete: 2 licenses could not be read."
        await opened(run, "2", BillingSection)
        await run.press("]")
        view = run.view(BillingSection)
        await run.until(lambda: view.state.items and view.state.products, "unassigned licenses with prices")
        rows = await exported(run, tmp_path, CODES)
        assert "2 unassigned licenses could not be read" in rows[-1]["license_code"]
        await opened(run, "4", InvoicesSection)
        rows = await exported(run, tmp_path)
        assert rows[-1]["number"] == "# Not complete: 1 invoice could not be read."


async def test_unassigned_but_billed_is_exported_with_what_is_inside_bundles_as_billing_counts_it(
    tmp_path: Path,
) -> None:
    async with running() as run:
        await opened(run, "2", BillingSection)
        await run.press("]")
        view = run.view(BillingSection)
        await run.until(lambda: view.state.items and view.state.products and view.estimate, "the screen")
        rows = await exported(run, tmp_path, CODES)
        assert len(rows) == view.unassigned_total()
        assert len(rows) > len(view.state.items)
        assert all(row["per_month"] for row in rows), "those of a bundle have their share"


async def test_an_export_can_be_stopped_and_leaving_asks_while_it_runs(tmp_path: Path) -> None:
    async with running() as run:
        assert run.app.session is not None
        run.app.session.download_folder = tmp_path
        run.sandbox.faults.replace(["GET */licenses latency=0.3"])
        await run.press("e")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the formats")
        await run.press("enter")
        view = run.view(LicensesSection)
        await run.until(lambda: view.exporting is not None, "the export")
        await run.sees("esc stops")
        await run.press("e")
        await run.sees("An export is on its way; esc stops it.")
        await run.press("q")
        await run.sees("Leave?", "An export is on its way. It would be stopped")
        await run.press("escape", "escape")
        await run.sees("The export was stopped: no file was written.")
        assert view.exporting is None
        assert files(tmp_path) == set()
