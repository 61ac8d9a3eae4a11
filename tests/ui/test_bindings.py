"""Keys are dispatched by Textual's bindings: they say the same as footer, help and palette, wherever the focus is."""

from __future__ import annotations

from textwrap import wrap

import pytest

from jpmanage_tui.config.command_scopes import SCOPES
from jpmanage_tui.config.keymap import KeyChanges, Keymap
from jpmanage_tui.config.settings import Settings
from jpmanage_tui.services.undo import undo_history
from jpmanage_tui.ui.common.keymap import key_name
from jpmanage_tui.ui.common.unknown_keys import HABITS, unknown_key_text
from jpmanage_tui.ui.sections.company.section import CompanySection
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.registry import SECTIONS
from jpmanage_tui.ui.widgets.input import Input
from jpmanage_tui.ui.widgets.sidebar import Sidebar
from tests.ui.harness import LARGE, Run, key_event, running


def bound(run: Run) -> dict[str, tuple[object, str | None]]:
    """Return what Textual does for each key now: what the command works on, and its name."""
    active = run.app.screen.active_bindings.items()
    return {
        key: (one.node, one.binding.id.rpartition(".")[2])
        for key, one in active
        if one.binding.id is not None
    }


def named(run: Run) -> dict[str, tuple[object, str | None]]:
    """Return the same from the list of which footer, help and palette are made."""
    return {
        key_event(key).key: (commands.target, command.name)
        for commands in reversed(run.app.main.active_commands())
        for command in reversed(commands.commands.commands)
        for key in run.app.keymap.keys_of(command.name, commands.commands.scope)
    }


def without_keys(keys: dict[str, tuple[object, str | None]]) -> dict[str, tuple[object, str | None]]:
    return {key: one for key, one in keys.items() if not key.startswith("no_key_")}


@pytest.mark.parametrize("name", [section.name for section in SECTIONS] + ["issue", "site-list"])
@pytest.mark.sample(4)
async def test_what_a_key_does_is_what_footer_and_help_say(name: str) -> None:
    moved = Settings(keys={"support": ",", "refresh": "R", "search": "f", "filter": "/"})
    async with running(LARGE, settings=moved) as run:
        await run.app.main.go_to(name)
        await run.until(lambda: run.app.main.current == name and run.app.main.section, "the section")
        await run.settled()
        if isinstance(run.app.focused, Input):  # a list of sites begins in its field, where letters are text
            await run.press("tab")
        assert without_keys(bound(run)) == named(run)
        assert named(run)["comma"] == (run.app, "support")
        await run.press("tab")
        await run.until(lambda: isinstance(run.app.focused, Sidebar | CompanySection) or run.app.focused, "")
        if isinstance(run.app.focused, Sidebar):
            assert without_keys(bound(run)) == named(run)


async def test_textual_shows_a_command_that_cannot_run_and_its_key_says_why() -> None:
    async with running(LARGE) as run:
        session = run.app.session
        assert session is not None
        await run.until(lambda: undo_history(session).why_not, "the look into the journal")
        binding = run.app.screen.active_bindings["z"]
        assert (binding.binding.id, binding.enabled) == ("licenses.undo", False)
        assert run.app.screen.active_bindings["slash"].enabled
        await run.press("z")
        assert run.status == "! Nothing to undo."


async def test_a_letter_is_no_command_in_a_form_wherever_the_focus_is_in_it() -> None:
    async with running(LARGE, settings=Settings(keys={"update-details": "U"})) as run:
        await run.press("6")
        view = run.view(CompanySection)
        await run.until(lambda: view.partner is not None, "the details")
        await run.press("tab")
        for _ in range(len(view.form.stops()) + 1):
            keys = bound(run)
            assert not {"1", "q", "question_mark"} & keys.keys(), run.app.focused
            assert keys["tab"] == (run.app, "focus")
            await run.press("1", "U")
            assert run.app.main.current == "company"
            assert run.asked("PUT", "/partner") == []
            if run.app.screen is not run.app.main:
                await run.press("escape")
            if run.app.focused is view.button:
                break
            await run.press("tab")
        assert run.app.focused is view.button


async def test_no_key_of_textuals_own_is_left() -> None:
    async with running(LARGE) as run:
        ours = without_keys(bound(run))
        assert {key for key in run.app.screen.active_bindings if not key.startswith("no_key_")} == set(ours)
        await run.press("ctrl+q")
        assert run.app.is_running


async def test_esc_in_one_piece_with_the_next_key_is_that_key() -> None:
    async with running(LARGE) as run:
        key = key_event("j")
        key.key = "alt+j"
        assert key_name(key) == "j"
        run.app.post_message(key)
        await run.until(lambda: run.view(LicensesSection).license_list.cursor == 1, "the next row")


async def test_a_command_whose_letter_was_moved_to_a_key_that_is_no_text_works_in_a_field() -> None:
    async with running(LARGE, settings=Settings(keys={"export": "f5", "sort": "e"})) as run:
        await run.press("slash", "e")
        assert run.app.main.query_one("#search").value == "e"  # type: ignore[attr-defined]
        await run.press("f5")
        await run.sees("CSV, license codes masked")


async def test_several_keys_and_those_of_one_section_reach_textual_and_the_lists_of_dialogs() -> None:
    keys: KeyChanges = {"down": ["J", "n"], "refresh": ["f6", "r"], "licenses": {"export": "E"}}
    async with running(LARGE, settings=Settings(keys=keys)) as run:
        rows = run.view(LicensesSection).license_list
        await run.press("J", "n", "down")
        await run.until(lambda: rows.cursor == 3, "three rows down")
        assert named(run)["f6"] == named(run)["r"] == (run.app, "refresh")
        assert "j" not in named(run)
        assert without_keys(bound(run)) == named(run)
        assert "E Export" in run.footer or named(run)["E"][1] == "export"
        await run.press("E")
        await run.sees("CSV, license codes masked")
        await run.press("J")
        await run.until(lambda: run.app.screen.query_one("#choices").cursor == 1, "down in a dialog")  # type: ignore[attr-defined]


async def test_a_key_that_nothing_takes_says_so_once_and_where_it_works() -> None:
    async with running(LARGE) as run:
        await run.press("b")
        assert run.status == "b does nothing here. It works in Billing and Payment Methods. ? shows the keys."
        await run.press("b")
        assert "nothing here" not in run.status
        await run.press("ctrl+f")
        assert run.status == "ctrl+f does nothing here. A page down: pgdn. ? shows the keys."
        await run.press("tab", "a")
        assert run.status == "a works in the list: tab goes there. ? shows the keys."


@pytest.mark.parametrize("in_sidebar", [False, True])
@pytest.mark.parametrize("scope", SCOPES)
def test_what_is_said_of_a_key_takes_two_lines_of_80_columns_at_the_most(
    scope: str, in_sidebar: bool
) -> None:
    keymap = Keymap()
    for key in (*map(chr, range(33, 127)), *HABITS):
        words = unknown_key_text(key, keymap, scope, in_sidebar=in_sidebar)
        assert len(wrap(words, 80 - len("  100,000/100,000 "))) <= 2, words


@pytest.mark.parametrize(
    ("scope", "told"), [("licenses", True), ("invoices", False), ("payment-methods", False)]
)
def test_the_keys_of_a_search_are_told_only_where_one_can_search(scope: str, told: bool) -> None:
    for key in "nN":
        words = unknown_key_text(key, Keymap(), scope, in_sidebar=False)
        assert ("Only matches are listed" in words) == told


async def test_h_m_and_l_go_to_the_rows_of_the_screen_and_f_keys_are_second_ones() -> None:
    async with running(LARGE) as run:
        rows = run.view(LicensesSection).license_list
        await run.press("G", "H")
        await run.until(lambda: rows.cursor == rows.scroll_offset.y > 0, "the first row in view")
        await run.press("L")
        await run.until(lambda: rows.cursor == rows.scroll_offset.y + rows.view_height - 1, "the last one")
        await run.press("M")
        middle = rows.scroll_offset.y + (rows.view_height - 1) // 2
        await run.until(lambda: abs(rows.cursor - middle) <= 1, "the middle one")
        await run.press("f1")
        await run.sees("─ Help ─")
