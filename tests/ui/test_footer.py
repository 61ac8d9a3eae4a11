"""The footer says what the keys do where the focus is: in lists, in fields, in forms and under dialogs."""

from __future__ import annotations

from jpmanage_tui.api.licenses import LicenseFilter
from jpmanage_tui.ui.sections.company.section import CompanySection
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.ui.harness import Run, running


async def shows(run: Run, *keys: str) -> None:
    """Wait until the footer shows exactly these keys with their words."""
    wanted = "  ".join(keys)
    await run.until(lambda: run.footer == wanted, f"the footer {wanted!r}, not {run.footer!r}")


async def test_in_a_search_field_the_footer_says_what_enter_and_esc_do_there() -> None:
    async with running(licenses=60) as run:
        for section in ("1", "5", "S", "i"):
            await run.press(section, "slash")
            await shows(run, "enter To the list", "esc Leave the field")
            await run.press("x", "question_mark", "enter")
            await run.until(lambda: run.footer.endswith("? Help"), "the keys of the list")
            await run.press("escape")


async def test_an_empty_answer_is_searched_in_every_state_by_the_one_enter_that_it_names() -> None:
    async with running(licenses=60) as run:
        view = run.view(LicensesSection)
        await run.press("slash")
        await run.write("zzz")
        await run.sees("No license in All Active matches “zzz”.", "enter  search every state")
        await shows(run, "enter Search every state", "esc Leave the field")
        await run.press("enter")
        await run.until(lambda: view.state.query.tab is None, "every state")
        assert view.license_list.has_focus


async def test_in_the_form_of_the_company_the_footer_names_the_keys_of_a_form() -> None:
    async with running(licenses=20) as run:
        await run.press("6")
        await run.until(lambda: isinstance(run.app.main.section, CompanySection), "the form")
        view = run.view(CompanySection)
        await run.until(lambda: view.partner is not None, "the details")
        await run.press("enter")
        await shows(run, "tab Next field", "esc Back")
        await run.press("x")
        await shows(run, "F2 Update Details", "tab Next field", "esc Back")


async def test_under_a_dialog_the_footer_has_the_dialogs_keys_and_after_it_the_lists() -> None:
    async with running(licenses=60) as run:
        before = run.footer
        assert before.endswith("? Help")
        for key, *words in (
            ("x", "tab Next", "enter Press", "esc Cancel"),
            ("full_stop", "enter Choose", "esc Close"),
            ("ctrl+p", "enter Choose", "esc Close"),
        ):
            await run.press(key)
            await shows(run, *words)
            await run.press("escape")
            await shows(run, *before.split("  "))


async def test_a_dialog_over_a_dialog_gives_the_footer_back() -> None:
    async with running(licenses=20) as run:
        await run.press("3", "n")
        form = ("F2 Save payment method", "tab Next field", "esc Cancel")
        await shows(run, *form)
        await run.press("x", "escape")
        await shows(run, "tab Next", "enter Press", "esc Cancel")
        await run.press("escape")
        await shows(run, *form)


async def test_the_footer_under_a_dialog_stays_the_dialogs_when_the_list_below_tells_something() -> None:
    async with running(licenses=60) as run:
        await run.burst("space", "space", "space", "x")
        await shows(run, "tab Next", "enter Press", "esc Cancel")
        run.app.main.update_status()
        await shows(run, "tab Next", "enter Press", "esc Cancel")


async def test_enter_closes_an_open_row_and_the_footer_says_so() -> None:
    async with running(licenses=60) as run:
        assert run.footer.startswith("enter Open")
        await run.press("enter")
        await run.until(lambda: run.footer.startswith("enter Close"), "the words of an open row")
        await run.press("enter")
        await run.until(lambda: run.footer.startswith("enter Open"), "the words of a closed row")


async def test_on_the_revoked_tab_the_site_stands_in_its_column_and_no_row_repeats_the_tab() -> None:
    async with running(licenses=60) as run:
        await run.press("left_square_bracket", "left_square_bracket")
        view = run.view(LicensesSection)
        await run.until(
            lambda: view.state.query.tab is LicenseFilter.REVOKED and view.state.pages.total, "rows"
        )
        await run.until(lambda: view.current, "a row")
        rows = [line for line in run.lines(run.app.main) if "⌄" in line]
        assert rows
        assert not any("Revoked" in line for line in rows)
