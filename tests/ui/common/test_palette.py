"""The palette: every command from anywhere, found by its letters; it goes where a command works, or says why not here."""

from __future__ import annotations

import pytest

from jpmanage_tui.ui.common.app_commands import EVERYWHERE
from jpmanage_tui.ui.dialogs.browser import LinkDialog
from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceList, best_matches
from jpmanage_tui.ui.sections.payment_methods.new_card import NewCardDialog
from jpmanage_tui.ui.sections.registry import ALL_SECTIONS, SectionInfo, section_command_sets
from tests.cases import cases
from tests.ui.harness import LARGE, SMALL, Run, running


def choices(run: Run) -> list[Choice]:
    return run.app.screen.query_one(ChoiceList).choices


async def palette(run: Run, text: str = "") -> None:
    await run.press("ctrl+p")
    await run.sees("Every command")
    await run.write(text)


@pytest.mark.parametrize(
    "section",
    cases(((name, (section,)) for name, section in ALL_SECTIONS.items()), "licenses", "company", "issue"),
)
@pytest.mark.sample(1)
async def test_every_command_of_the_program_is_listed_on_every_section(section: SectionInfo) -> None:
    async with running(SMALL, licenses=20) as run:
        await run.app.main.go_to(section.name)
        await palette(run)
        here = [choice.name for choice in choices(run) if not choice.hint]
        listed = {name for choice in choices(run) for name in [choice.name.rpartition(": ")[2]]}
        for commands in (EVERYWHERE, *section_command_sets().values()):
            assert {command.name for command in commands if command.palette} <= listed, commands.title
        assert len(here) == len(set(here))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("card", "New credit card"),
        ("prim", "Set as primary card"),
        ("support", "Contact support"),
        ("ncc", "New credit card"),
        ("updet", "Update Details"),
        ("look bundles", "Look into bundles"),
    ],
)
@pytest.mark.sample(2)
async def test_a_command_is_found_by_words_and_by_letters_in_order_from_anywhere(
    text: str, words: str
) -> None:
    async with running(LARGE, licenses=20) as run:
        await palette(run, text)
        await run.until(lambda: words in [choice.words for choice in choices(run)], words)


def test_what_holds_the_words_stands_before_what_holds_the_letters() -> None:
    given = [Choice("a", "Copy address"), Choice("b", "Clear selection"), Choice("c", "New card")]
    assert [one.words for one in best_matches(given, "card")] == ["New card"]
    assert [one.name for one in best_matches(given, "cs")] == ["b"], "the beginnings of its words"
    assert [one.name for one in best_matches(given, "cdss")] == ["a"], "its letters, where nothing is better"
    assert best_matches(given, "") == given
    assert best_matches(given, "zz") == []


async def test_a_command_of_another_section_opens_it_and_runs_there() -> None:
    async with running(SMALL, licenses=20) as run:
        await palette(run, "new credit card")
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.screen, NewCardDialog), "the form")
        assert run.app.main.current == "payment-methods"


async def test_a_command_of_another_section_that_cannot_run_there_says_why() -> None:
    async with running(SMALL, licenses=20) as run:
        await palette(run, "update details")
        await run.press("enter")
        await run.until(lambda: run.app.main.current == "company", "the section")
        assert run.status.startswith("! Update Details: ")
        assert run.asked("PUT", "/partner") == []


async def test_a_command_that_cannot_run_here_says_why() -> None:
    async with running(SMALL, licenses=20) as run:
        await palette(run, "undo")
        await run.press("enter")
        await run.sees("Nothing")
        assert run.app.screen is not run.app.main


async def test_leaving_a_changed_form_is_asked_before_a_command_elsewhere() -> None:
    async with running(SMALL, licenses=20) as run:
        await run.press("6")
        await run.sees("Nordlicht Digital", "Texas")
        await run.press("tab", "x", "escape")
        await palette(run, "new credit card")
        await run.press("enter")
        await run.sees("Leave without saving")
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.app.main, "closed")
        assert run.app.main.current == "company"


async def test_the_support_page_is_opened_from_palette_and_help_copied_and_scanned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22")
    async with running(LARGE, licenses=20) as run:
        await palette(run, "support")
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.screen, LinkDialog), "the link")
        await run.press("escape", "question_mark")
        await run.sees("─ Help ─")
        await run.press("o")
        await run.until(lambda: isinstance(run.app.screen, LinkDialog), "the link")
        await run.sees("https://jetpack.com/contact-support/", "▀")
        await run.press("escape", "y")
        await run.sees("The address: sent to the terminal's clipboard")
