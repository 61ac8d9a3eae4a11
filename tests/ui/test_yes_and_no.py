"""`y` and `n`: `n` says no to every question, `y` says yes only to what costs nothing, mails nobody and can be undone."""

from __future__ import annotations

import ast
from pathlib import Path

from rich.cells import cell_len

import jpmanage_tui.ui
from jpmanage_tui.ui.dialogs.confirm import NOT_BY_Y, Confirmation, ConfirmDialog, Confirmed
from tests.ui.harness import Run
from tests.ui.typing import Typist, typing

UI = Path(jpmanage_tui.ui.__file__).parent
CLOSED = "Closed, nothing done: e is no answer (a paste?)."
ANSWERED_BY_Y = {
    "sections/invoices/text.py: no_card",
    "sections/invoices/text.py: download_all",
    "sections/invoices/text.py: download_these",
    "sections/issue/text.py: assign_question",
    "sections/licenses/questions.py: assign",
    "sections/licenses/questions.py: assign_many",
    "sections/licenses/search_actions.py: _may_build",
    "sections/licenses/selection.py: _confirmed",
}
"""Assigning leaves the bill as it is and is undone with `z`; the others read, mark, write files or open a section."""


async def asked(run: Run, typist: Typist, *, harmless: bool) -> list[Confirmed | None]:
    """Ask a question, wait until it stands on the terminal, and return the list that gets the answer."""
    answers: list[Confirmed | None] = []
    question = Confirmation("Sure?", ["Really?"], "Do it", harmless=harmless)
    run.app.push_screen(ConfirmDialog(question), answers.append)
    await run.sees("Sure?")
    await run.settled()
    return answers


def edge(run: Run) -> str:
    return str(run.app.screen.query_one(".dialog--box").border_subtitle)


async def test_a_person_says_yes_and_no_with_a_letter_and_one_that_comes_too_soon_is_dropped() -> None:
    async with typing(licenses=20) as (run, typist):
        answers = await asked(run, typist, harmless=True)
        await typist.press("y", after=0.4)
        assert (answers, "too soon" in edge(run)) == ([], True), "the terminal has not shown it yet"
        await typist.answer()
        await typist.press("tab")
        await typist.press("y", after=0.2)
        assert answers == [], "that came with the key before it"
        assert ("y", "Yes") in run.app.screen.footer_keys()  # type: ignore[attr-defined]
        await typist.press("y", after=0.4)
        assert answers == [Confirmed()]
        for key in ("n", "q", "escape"):
            answers = await asked(run, typist, harmless=True)
            await typist.press(key)
            assert answers == [None], key
        assert run.app.is_running
        assert run.app.screen is run.app.main


async def test_y_does_not_answer_what_costs_mails_or_cannot_be_undone_and_says_so() -> None:
    async with typing(licenses=20) as (run, typist):
        answers = await asked(run, typist, harmless=False)
        await typist.answer()
        await typist.press("y")
        assert (answers, edge(run)) == ([], NOT_BY_Y)
        assert cell_len(NOT_BY_Y) <= 72, (
            "what to press stands at its end: in 80 columns the edge has that much room"
        )
        assert ("y", "Yes") not in run.app.screen.footer_keys()  # type: ignore[attr-defined]
        await typist.press("n")
        assert answers == [None]


async def test_a_paste_answers_nothing_and_what_is_left_of_it_goes_nowhere() -> None:
    async with typing(licenses=20) as (run, typist):
        for text, said in (("yes\r", CLOSED), ("no 4\r", "")):
            answers = await asked(run, typist, harmless=False)
            await typist.answer(after=1)
            await typist.raw(text)
            assert answers == [None]
            assert said in run.status
            assert run.app.main.current == "licenses"
        answers = await asked(run, typist, harmless=True)
        await typist.answer(after=1)
        await typist.raw("y4\r")
        assert answers == [Confirmed()], "what it does can be undone"
        assert run.app.main.current == "licenses", "what came with it is dropped"
        assert run.app.screen is run.app.main


def test_which_questions_a_letter_answers() -> None:
    found = set()
    for path in UI.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
                if any(keyword.arg == "harmless" for call in calls for keyword in call.keywords):
                    found.add(f"{path.relative_to(UI)}: {function.name}")
    assert found == ANSWERED_BY_Y
