"""Keys that arrive together, as on a slow line, go where they would have gone one by one."""

import asyncio
from collections.abc import Iterable

import pytest
from hypothesis import given, settings, strategies as st
from textual import events
from textual.app import ComposeResult

from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
from jpmanage_tui.ui.sections.invoices.section import InvoicesSection
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.payment_methods.new_card import NewCardDialog
from jpmanage_tui.ui.terminal.key_queue import KeyQueue
from jpmanage_tui.ui.widgets.input import Input
from jpmanage_tui.ui.widgets.virtual_list import VirtualList
from tests.ui.harness import running


async def test_a_search_typed_at_once_is_the_search_and_starts_no_command() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await run.burst("/", *"scan")
        assert view.search_bar.text == "scan"
        assert run.app.screen is run.app.main


async def test_a_card_typed_at_once_goes_into_its_fields() -> None:
    async with running() as run:
        await run.burst("3", "n", *"Ada", "tab", *"4242", "tab", *"1234", "tab", *"739")
        dialog = run.app.screen
        assert isinstance(dialog, NewCardDialog)
        values = {
            name: field.field.value for name, field in dialog.form.fields.items() if hasattr(field, "field")
        }
        assert values["name"] == "Ada"
        assert values["number"].replace(" ", "") == "4242"
        assert values["cvc"] == "739"


async def test_the_key_after_a_dialog_is_for_the_dialog() -> None:
    async with running() as run:
        await run.burst("x", "enter", "j")
        assert len(run.app.screen_stack) == 2, "Cancel comes first"
        assert run.asked("DELETE", "/license") == []
        assert run.view(LicensesSection).license_list.cursor_index.row == 1


async def test_the_key_after_a_command_is_for_the_question_that_it_asks_after_reading() -> None:
    async with running() as run:
        await run.press("4", "right_square_bracket")
        view = run.view(InvoicesSection)
        await run.until(lambda: view.current is not None and view.current.number, "an open invoice")
        await run.burst("p", "down")
        assert isinstance(run.app.screen, ConfirmDialog)
        assert view.invoice_list.cursor == 0


@pytest.mark.parametrize(
    ("section", "command"),
    [("1", "x"), ("1", "u"), ("2", "x"), ("3", "n"), ("4", "p"), ("S", "a")],
)
@pytest.mark.sample(2)
async def test_keys_wait_for_the_dialog_that_a_command_opens_once_the_api_has_answered(
    section: str, command: str
) -> None:
    async with running(faults=["GET * latency=0.15"]) as run:
        await run.press(section)
        if command in "up":
            await run.press("right_square_bracket", *(["right_square_bracket"] if command == "u" else []))
        if section == "2":
            await run.press("right_square_bracket")
        view = run.app.main.section
        assert view is not None
        shown = next(one for one in view.query(VirtualList) if one.display)
        await run.until(lambda: view.progress() is None and shown.line_count() > 1, "its rows")
        shown.focus()
        await run.settled()
        before = shown.cursor
        await run.burst(command, "down")
        assert run.app.screen is not run.app.main
        assert shown.cursor == before


async def test_the_key_after_a_change_of_section_is_for_that_section() -> None:
    async with running() as run:
        await run.burst("4", "G")
        view = run.view(InvoicesSection)
        await run.until(lambda: view.counter(), "rows")
        assert run.app.main.section is view


async def test_a_paste_waits_for_the_keys_before_it() -> None:
    async with running() as run:
        run.app.post_message(events.Key("slash", "/"))
        run.app.post_message(events.Paste("maple"))
        await run.burst("x")
        assert run.view(LicensesSection).search_bar.text == "maplex"


class Typing(KeyQueue[None]):
    """A field and nothing else, in an app that takes keys in order."""

    def compose(self) -> ComposeResult:
        yield Input(id="typed")


async def test_a_key_never_overtakes_one_that_waits_whenever_it_comes() -> None:
    app = Typing()
    async with app.run_test() as pilot:
        field = app.query_one(Input)
        field.focus()
        await pilot.pause()
        for turns in range(40):  # of the event loop, between two keys that come together and a third
            field.value = ""
            await _come(app, [("ab", turns), ("c", 0)])
            assert field.value == "abc", f"after {turns} turns"


async def _come(app: KeyQueue[None], clumps: Iterable[tuple[str, int]]) -> None:
    """Let keys come in clumps, some turns of the event loop apart, and wait until they are taken."""
    for text, turns in clumps:
        for key in text:
            app.post_message(events.Key(key, key))
        for _ in range(turns):
            await asyncio.sleep(0)
    done = asyncio.Event()
    app.call_later(done.set)
    await done.wait()
    while not app.keys_are_taken:  # noqa: ASYNC110 - keys tell no event
        await asyncio.sleep(0.001)


CLUMPS = st.lists(st.tuples(st.text("abcdefgh", min_size=1, max_size=6), st.integers(0, 40)), max_size=12)
"""Keys that come together, and how many turns of the event loop pass till the next ones come."""


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(CLUMPS)
async def test_keys_that_come_in_clumps_are_taken_in_the_order_they_came(
    clumps: list[tuple[str, int]],
) -> None:
    app = Typing()
    async with app.run_test() as pilot:
        field = app.query_one(Input)
        field.focus()
        await pilot.pause()
        await _come(app, clumps)
        assert field.value == "".join(text for text, _ in clumps)
