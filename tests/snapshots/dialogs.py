"""The questions, menus and hand-overs of the sections, and searches that find nothing."""

from __future__ import annotations

from jpmanage_tui.operations.mutations.licenses import RevokeLicense
from jpmanage_tui.ui.common.workers import ACTION_GROUP
from jpmanage_tui.ui.sections.company.section import CompanySection
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.payment_methods.new_card import NewCardDialog
from tests.snapshots.scene import Scene, Take, single
from tests.ui import test_earlier as earlier
from tests.ui.harness import Run
from tests.ui.sections.issue import keyboard as issuing
from tests.ui.sections.licenses_search.support import indexed
from tests.ui.sections.payment_methods import keyboard as paying
from tests.ui.states import revoke

FEW = {"licenses": 20}
PAST_DUE = "NLD7A01-0023"


async def _main(run: Run) -> None:
    await run.until(lambda: run.app.screen is run.app.main, "the dialog closed")


async def _cards(run: Run, take: Take) -> None:
    await run.press("3")
    await run.sees("Primary Card", "expired")
    await run.press("full_stop")
    await run.sees("Delete")
    await take("card-menu")
    await run.press("escape")
    await _main(run)
    await run.press("x")
    await run.sees("Which card becomes primary")
    await take("delete-card-successor")
    await run.press("enter")
    await run.sees("Delete payment method?")
    await take("delete-card")
    await run.press("escape")
    await _main(run)
    await paying.form(run)
    await run.press("f2")
    await run.sees("is required")
    await take("new-credit-card-errors")


async def _secure(run: Run, take: Take) -> None:
    await paying.opened(run)
    await paying.form(run)
    await paying.type_card(run, paying.CHALLENGED)
    await run.press("enter")
    await paying.at_the_browser(run)
    await run.sees("Your bank asks")
    await take("3-d-secure")
    await run.press("escape")
    await run.until(lambda: isinstance(run.app.screen, NewCardDialog), "the form")
    await run.press("escape")
    await run.sees("Cancel")
    await run.press("tab", "enter")
    await _main(run)
    await run.press("b")
    await paying.at_the_browser(run)
    await run.sees("add")
    await take("add-card-in-browser")


async def _invoices(run: Run, take: Take) -> None:
    await run.press("4")
    await run.sees("Past due", "✓ Paid")
    await run.press("j", "j", "j", "p")
    await run.sees(f"Pay invoice {PAST_DUE}?")
    await take("pay-invoice")


async def _questions(run: Run, take: Take) -> None:
    view = run.view(LicensesSection)
    await run.until(lambda: view.counts is not None and not view.loader.loads_pages, "rows and counts")
    await run.press("0")
    await run.sees("Nothing was changed yet.")
    await take("operations-empty")
    await run.press("1", "e")
    await run.sees("Export")
    await take("export")


async def _leave(run: Run, take: Take) -> None:
    await run.press("6")
    await run.sees("Nordlicht Digital", "Texas")
    view = run.view(CompanySection)
    view.form.rows["city"].control.focus()
    view.form.rows["city"].value = "Dallas"
    await run.press("escape", "1")
    await run.sees("Leave without saving")
    await take("leave-changed")
    await run.press("escape")
    await _main(run)
    await take("company-details-changed")


async def _filters(run: Run, take: Take) -> None:
    view = await indexed(run)
    await run.press("f")
    await run.sees("Filter by")
    await take("filter")
    for place, name, words in (
        (0, "site", "Which site?"),
        (1, "product", "Which product?"),
        (7, "age", "How old?"),
    ):
        await run.press(*["down"] * place, "enter")
        await run.sees(words)
        await run.pilot.pause()
        await run.until(
            lambda: all(worker.is_finished or worker.group == ACTION_GROUP for worker in run.app.workers),
            "the choices",
        )
        await take(f"filter-{name}")
        await run.press("escape")
        await _main(run)
        await run.press("f")
        await run.sees("Filter by")
    await run.press("down", "enter")
    await run.write("scan")
    await run.sees("Jetpack Scan Daily")
    await run.press("enter")
    await _main(run)
    await run.until(lambda: view.search_index.idle and view.state.pages.total, "rows")
    await run.press("f", *["down"] * 7, "enter")
    await run.write("30")
    await run.sees("Older than 30 days")
    await run.press("enter")
    await _main(run)
    await run.until(lambda: view.search_index.idle and view.state.pages.total, "rows")
    await take("licenses-filtered")


async def _nothing(run: Run, take: Take) -> None:
    await run.press("5", "slash")
    await run.write("zzz")
    await run.sees("No product matches")
    await run.press("enter")
    await take("prices-nothing-found")
    await run.press("S", "slash")
    await run.write("zzz")
    await run.press("enter")
    await run.sees("No connected site matches")
    await take("sites-nothing-found")
    await issuing.opened(run)
    await issuing.search(run, "zzz")
    await run.sees("No product matches")
    await take("issue-nothing-found")


async def _nothing_billed(run: Run, take: Take) -> None:
    await revoke(run, "blog_id IS NULL")
    await run.press("2", "right_square_bracket")
    await run.sees("No unassigned licenses")
    await take("billing-idle-empty")
    await revoke(run, "true")
    await run.press("left_square_bracket", "r")
    await run.sees("nothing is billed", "issued Feb 2026")
    await take("billing-empty")


async def _connect(run: Run) -> None:
    await run.press("S")
    await run.sees("Site ID", "1/")
    await run.press("n")
    await run.sees("Connect")


async def _many(run: Run, take: Take) -> None:
    view = run.view(LicensesSection)
    await run.until(lambda: view.state.pages.rows, "the licenses")
    await run.press("space", "j", "space", "j", "space", "x")
    await run.sees("a day")
    await take("revoke-many")
    await run.press("escape")
    await _main(run)
    await run.press("u")
    await run.sees("Unassign")
    await run.press("tab", "enter")
    await run.sees("is unassigned from")
    await _main(run)
    await run.press("z")
    await run.sees("Undo:")
    await take("undo")


async def _earlier(run: Run) -> None:
    license = await earlier.at_an_assigned_license(run)
    await earlier.lost(run, RevokeLicense(license.license_key, license.product))
    await earlier.revoke(run)
    await run.sees("This may have been done already")


DIALOGS: tuple[Scene, ...] = (
    Scene(("revoke-many", "undo"), _many),
    single("earlier-change", _earlier, licenses=20),
    Scene(("card-menu", "delete-card-successor", "delete-card", "new-credit-card-errors"), _cards, FEW),
    Scene(("3-d-secure", "add-card-in-browser"), _secure, FEW),
    Scene(("pay-invoice",), _invoices, FEW),
    Scene(("operations-empty", "export"), _questions, FEW),
    Scene(("leave-changed", "company-details-changed"), _leave, FEW),
    Scene(
        ("filter", "filter-site", "filter-product", "filter-age", "licenses-filtered"),
        _filters,
        {"licenses": 60},
    ),
    Scene(("prices-nothing-found", "sites-nothing-found", "issue-nothing-found"), _nothing, FEW),
    Scene(("billing-idle-empty", "billing-empty"), _nothing_billed, FEW),
    single("connect-site", _connect, licenses=20),
)
