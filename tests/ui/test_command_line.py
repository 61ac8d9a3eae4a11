"""The command line, the palette and the help run what is chosen, from anywhere, and say why not."""

from __future__ import annotations

from textual.widgets import Static

from jpmanage_tui.ui.dialogs.choice import ChoiceList
from jpmanage_tui.ui.dialogs.help import HelpDialog, HelpList
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.widgets.footer import Footer
from jpmanage_tui.ui.widgets.input import Input
from tests.ui.harness import SMALL, Run, running


def line_of(run: Run) -> str:
    return run.app.screen.query_one("#search", Input).value


def about(run: Run) -> str:
    return str(run.app.screen.query_one("#about", Static).content)


async def typed(run: Run, line: str) -> None:
    """Open the command line, type a line and enter it."""
    await run.press("colon")
    await run.sees("Command line")
    await run.write(line)
    await run.press("enter")


async def test_commands_sections_rows_and_what_follows_a_command() -> None:
    async with running(SMALL, licenses=20) as run:
        await typed(run, "theme li")
        await run.until(lambda: run.app.theme == "light", "the theme")
        rows = run.view(LicensesSection).license_list
        await typed(run, "12")
        await run.until(lambda: rows.cursor == 11, "the row")
        await typed(run, "sort oldest")
        await run.until(lambda: "oldest first" in run.view(LicensesSection).order.label, "the order")  # type: ignore[union-attr]
        await typed(run, "/scan")
        await run.until(lambda: run.view(LicensesSection).search_text == "scan", "the search")
        await typed(run, "inv")
        await run.until(lambda: run.app.main.current == "invoices", "the section")
        await run.press("tab", "colon")
        await run.write("exprot")
        await run.press("enter")
        await run.sees("Did you mean “export”?")
        await run.press("tab")
        assert line_of(run) == "export", "tab completes the nearest"
        await run.press("enter")
        await run.sees("CSV")
        await run.press("escape", "colon", "up")
        assert line_of(run) == "export"
        await run.press("up", "up", "down")
        assert line_of(run) == "exprot"
        await run.press("escape")
        await typed(run, "w")
        await run.sees("Nothing is left to save")
        await run.press("ctrl+u", "backspace")
        await run.until(lambda: run.app.screen is run.app.main, "an empty line is closed by backspace")
        await typed(run, "key hosting")
        await run.until(
            lambda: run.app.session is not None and run.app.session.key_name == "Nordlicht Hosting", "the key"
        )


async def test_tab_goes_through_what_the_line_may_become_and_a_command_that_cannot_run_says_why() -> None:
    async with running(SMALL, licenses=20) as run:
        await run.press("colon")
        await run.sees("Command line")
        await run.write("theme ")
        await run.press("tab", "tab")
        assert line_of(run) == "theme dark"
        await run.press("shift+tab")
        assert line_of(run) == "theme terminal"
        await run.press("ctrl+u")
        await run.write("undo")
        await run.press("enter")
        await run.until(lambda: "undo" in about(run).lower(), "why not")
        await run.press("ctrl+u")
        await run.write("q")
        assert run.app.screen.query_one(ChoiceList).choices[0].name == "quit"
        await run.press("enter")
        await run.until(lambda: not run.app.is_running or run.app.leaving, "it is left")


async def test_the_help_is_searched_with_slash_and_runs_what_is_chosen_elsewhere_too() -> None:
    async with running(SMALL, licenses=20) as run:
        await run.press("tab", "f1")
        await run.sees("─ Help ─")
        await run.press("slash")
        await run.write("inv exprt")
        shown = run.app.screen.query_one(HelpList)
        await run.until(lambda: shown.current and shown.current.section == "invoices", "the command")
        await run.press("escape")
        assert isinstance(run.app.screen, HelpDialog), "esc shows the whole help first"
        await run.press("slash")
        await run.write("open billing")
        await run.press("enter")
        await run.until(lambda: run.app.main.current == "billing", "the section")


async def test_a_command_chosen_in_the_help_that_cannot_run_says_why_and_q_closes_it() -> None:
    async with running(SMALL, licenses=20) as run:
        await typed(run, "help undo")
        await run.sees("─ Help ─")
        await run.press("enter")
        await run.until(
            lambda: run.app.screen.query_one(".dialog--box").border_subtitle == "Nothing to undo.", "why not"
        )
        await run.press("escape")
        await run.sees("─ Help ─", "esc Close")
        box = run.app.screen.query_one(".dialog--box").region
        assert not box.overlaps(run.app.main.query_one(Footer).region), "it says what one can do here"
        await run.press("q")
        await run.until(lambda: run.app.screen is run.app.main, "closed")


async def test_a_key_that_nothing_takes_in_a_dialog_says_so_once() -> None:
    async with running(SMALL, licenses=20) as run:
        await run.press("s")
        await run.sees("Sort by")
        box = run.app.screen.query_one(".dialog--box")
        await run.press("Z")
        assert box.border_subtitle == "Z does nothing here. esc: Close."
        await run.press("Z")
        assert box.border_subtitle == ""
        await run.press("q")
        await run.until(lambda: run.app.screen is run.app.main, "q closes it")
