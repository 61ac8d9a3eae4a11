"""What every dialog has: it closes below another one, and asks before what was typed in is lost."""

from __future__ import annotations

from typing import Any

import pytest

from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
from jpmanage_tui.ui.dialogs.dialog import Dialog, DialogBox
from jpmanage_tui.ui.onboarding.sign_up import SignUpDialog
from jpmanage_tui.ui.sections.payment_methods.new_card import NewCardDialog
from jpmanage_tui.ui.sections.sites.connect import ConnectDialog
from jpmanage_tui.ui.widgets.sidebar import Sidebar
from jpmanage_tui.ui.widgets.virtual_list import VirtualList
from tests.ui.harness import LARGE, Run, running, signed_in_as
from tests.ui.onboarding.test_sign_up import FILLED
from tests.ui.states import answers_held


async def top(run: Run, kind: type[Dialog[Any]]) -> None:
    await run.until(lambda: isinstance(run.app.screen, kind), kind.__name__)


async def test_a_form_whose_answer_comes_while_the_question_of_ctrl_c_stands_closes_after_that() -> None:
    async with signed_in_as(user="sandbox-user-new") as run:
        async with answers_held("POST") as release:
            await top(run, SignUpDialog)
            form = run.app.screen
            assert isinstance(form, SignUpDialog)
            await run.until(lambda: form.form.countries, "the countries")
            for name, value in FILLED.items():
                form.form.rows[name].value = value
            await run.press("f2")
            await run.until(lambda: run.asked("POST", "/partner"), "on its way")
            await run.press("ctrl+c")
            await run.sees("Leave?", "The sign-up is on its way.")
            release.set()
            await run.until(lambda: form._answer is not None, "the answer")
            assert isinstance(run.app.screen, ConfirmDialog), "the question still stands"
            await run.press("escape")
        await run.until(lambda: run.app.session is not None, "the session")
        assert len(run.app.screen_stack) == 2


async def _sign_up(run: Run) -> None:
    await top(run, SignUpDialog)


async def _connect(run: Run) -> None:
    await run.press("S")
    await run.until(lambda: run.app.main.current == "sites", "Sites")
    await run.press("n")
    await top(run, ConnectDialog)


async def _new_card(run: Run) -> None:
    await run.press("3")
    await run.until(lambda: run.app.main.current == "payment-methods", "Payment Methods")
    await run.press("n")
    await top(run, NewCardDialog)


FORMS = {"sign up": _sign_up, "connect": _connect, "new card": _new_card}


@pytest.mark.parametrize(
    "form",
    [
        pytest.param("sign up", marks=pytest.mark.slow),
        pytest.param("connect", marks=pytest.mark.slow),
        "new card",
    ],
)
async def test_a_form_with_entries_asks_before_they_are_discarded(form: str) -> None:
    user = "sandbox-user-new" if form == "sign up" else "sandbox-user-nocard"
    async with signed_in_as(user=user) as run:
        if form != "sign up":
            await run.until(lambda: run.app.session is not None, "the session")
        await FORMS[form](run)
        dialog = run.app.screen
        await run.write("acme")
        await run.press("escape")
        await run.sees("Leave the form?", "Your entries will be discarded.", "[ Keep editing ] [ Discard ]")
        await run.press("enter")
        await run.until(lambda: run.app.screen is dialog, "the form, as it was")
        await run.press("ctrl+c")
        await run.sees("Leave?", "Your entries will be discarded.", "[ Cancel ] [ Leave ]")
        await run.press("escape", "escape")
        await run.sees("Leave the form?")
        await run.press("tab", "enter")
        await run.until(lambda: dialog not in run.app.screen_stack, "left")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.sample(1)
async def test_a_form_without_entries_is_left_at_once(form: str) -> None:
    user = "sandbox-user-new" if form == "sign up" else "sandbox-user-nocard"
    async with signed_in_as(user=user) as run:
        if form != "sign up":
            await run.until(lambda: run.app.session is not None, "the session")
        await FORMS[form](run)
        dialog = run.app.screen
        await run.press("escape")
        await run.until(lambda: dialog not in run.app.screen_stack, "left")


async def test_the_rows_beside_a_dialog_are_blank_and_it_keeps_its_size_while_one_types() -> None:
    async with running(LARGE, licenses=20) as run:
        await run.press("ctrl+p")
        box = run.app.screen.query_one(DialogBox)
        before = box.region
        lines = run.lines(run.app.screen)
        for line in lines[before.y : before.bottom]:
            assert line[: before.x].strip() == line[before.right :].strip() == ""
        assert "Licenses" in lines[0], "what is above is still there"
        await run.write("theme")
        assert box.region == before
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.app.main, "closed")
        assert all(line.strip() for line in run.lines(run.app.main)[before.y : before.y + 3])


@pytest.mark.parametrize(
    "words", ["[@click=app.quit]x[/] y", "[/]", "[/b] c", "a \\[b]", "[ does nothing here"]
)
@pytest.mark.sample(2)
async def test_title_and_edge_show_words_as_they_are(words: str) -> None:
    async with running(licenses=20) as run:
        dialog = ChoiceDialog(words, [Choice("a", "a")])
        run.app.push_screen(dialog)
        await run.settled()
        dialog.tell(words)
        await run.until(lambda: run.text().count(words) == 2, "both")


@pytest.mark.parametrize("key", ["j", "tab"])
async def test_below_a_dialog_there_is_no_other_selected_row_or_section(key: str) -> None:
    async with running(licenses=20) as run:
        await run.press(key)
        shown = run.app.main.focused
        assert isinstance(shown, VirtualList | Sidebar)
        selected = shown.render_line(shown.cursor)
        await run.press("t")
        await top(run, ChoiceDialog)
        assert shown.has_focus
        assert shown.render_line(shown.cursor) != selected
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.app.main, "closed")
        assert shown.render_line(shown.cursor) == selected
