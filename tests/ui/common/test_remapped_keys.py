"""Whoever moves keys reads the moved ones in every sentence, in the footer, in the help and in the sidebar."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.binding import Binding

import jpmanage_tui.ui
from jpmanage_tui.api import errors
from jpmanage_tui.api.tokens import TokenName
from jpmanage_tui.config.keymap import Keymap, KeymapError, check_keys, key_label
from jpmanage_tui.config.settings import Settings
from jpmanage_tui.ui.common.keymap import FIELD_KEYS
from jpmanage_tui.ui.common.keys import key_for, key_line, set_keymap
from jpmanage_tui.ui.common.text import error_text, log_words
from jpmanage_tui.ui.sections.company.section import CompanySection
from jpmanage_tui.ui.sections.issue.text import needs_card_text
from jpmanage_tui.ui.sections.payment_methods import text as questions
from jpmanage_tui.ui.sections.registry import all_command_sets
from jpmanage_tui.ui.widgets.input import Input
from jpmanage_tui.ui.widgets.list_commands import MOVING
from jpmanage_tui.ui.widgets.sidebar import SIDEBAR_COMMANDS
from tests.ui.harness import SMALL, running

MOVED = {
    "open-operations": "9",
    "refresh": "R",
    "key": "W",
    "help": "h",
    "issue": "N",
    "open-payment-methods": "7",
    "new-card": "C",
    "previous-filter": "<",
    "next-filter": ">",
    "assign": "A",
}
UI = Path(jpmanage_tui.ui.__file__).parent
VERBS = "to|for|asks|tries|looks|goes|shows|stops|opens|searches|is the|there|on the|lists|begins"
NAMES_A_KEY = re.compile(
    rf"(?:(?:[Pp]ress|[Tt]hen|,|;|\.|:|\(|^) ?(?:[A-Za-z0-9]|[^\w =]) (?:{VERBS})\b)|^ *(?!esc)\S{{1,3}} {{3,}}[A-Za-z]"
)
OWN_KEYS = ("dialog.py", "site_picker.py", "license_picker.py", "quantity.py", "connect.py")
"""Dialogs: their keys are their own, and cannot be moved."""


def test_sentences_name_the_moved_keys() -> None:
    set_keymap(Keymap(MOVED | {"back": "B"}))
    rejected = errors.AuthenticationError("No.", status=401)
    rejected.token = TokenName("the token of partner key Acme", other_keys=True)
    assert "Press W for another key." in error_text(rejected, "Loading")
    assert "Press R to try again." in error_text(errors.ApiConnectionError("No line."), "Loading")
    assert "Press enter to try again." in error_text(
        errors.ApiConnectionError("No line."), "Loading", again="enter"
    )
    assert "Press" not in error_text(errors.ApiConnectionError("No line."), "Loading", again="")
    assert "press 9 to see" in error_text(errors.OutcomeUnknownError("Cut off."), "Issuing")
    assert log_words() == "Press 9 for Operations."
    assert "Press 7 for Payment Methods and C to add a card, then N to come back" in needs_card_text()
    assert "  C      New credit card" in questions.no_card_lines()
    assert key_line("the other tabs", "previous-filter", "next-filter") == "< >    the other tabs"
    assert key_for("back") == "esc", "it cannot be moved"


def test_sentences_name_the_programs_own_keys_where_none_was_moved() -> None:
    for commands in all_command_sets():
        for command in commands:
            if commands in (MOVING, SIDEBAR_COMMANDS) or not command.keys:
                continue  # these cannot be moved, and no sentence names them
            assert key_for(command.name) == key_label(command.keys[0])


async def test_footer_help_sidebar_and_empty_lists_name_the_moved_keys() -> None:
    async with running(SMALL, licenses=0, settings=Settings(keys=MOVED), wait=False) as run:
        await run.sees("This account has no licenses yet.", "N Issue New License")
        assert run.footer.endswith("h Help")
        assert run.lines(run.app.main)[3].lstrip().startswith("7")
        await run.press("7")
        await run.until(lambda: run.app.main.current == "payment-methods", "Payment Methods by its moved key")
        await run.press("h")
        await run.sees("C New credit card: add a credit or debit card.")
        await run.press("G")
        await run.press("escape")
        await run.press("9")
        await run.sees("Nothing was changed yet.")
        await run.press("escape")


def _texts(path: Path) -> Iterator[str]:
    """Return the strings of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def test_no_sentence_names_a_key_without_asking_the_key_map() -> None:
    literal = [
        f"{path.relative_to(UI)}: {text}"
        for path in sorted(UI.rglob("*.py"))
        if not path.name.endswith(OWN_KEYS)
        for text in _texts(path)
        if NAMES_A_KEY.search(re.sub("A to Z|Z to A", "", text))
    ]
    assert literal == []


def test_no_menu_has_a_key_without_asking_the_key_map() -> None:
    literal = [
        f"{path.relative_to(UI)}:{node.lineno}"
        for path in sorted(UI.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Choice"
        if len(node.args) > 2 and isinstance(node.args[2], ast.Constant) and len(str(node.args[2].value)) == 1
    ]
    assert literal == []


async def test_a_form_is_saved_by_the_moved_key_and_no_longer_by_the_one_it_had() -> None:
    async with running(SMALL, licenses=20, settings=Settings(keys={"update-details": "f5"})) as run:
        await run.press("6")
        await run.sees("Nordlicht Digital", "Texas")
        view = run.view(CompanySection)
        await run.press("tab", "x")
        await run.until(lambda: "F5 Update Details" in run.footer, "the footer")
        await run.press("f2")
        assert run.asked("PUT", "/partner") == []
        await run.press("f5")
        await run.until(lambda: run.asked("PUT", "/partner"), "it is sent")
        await run.until(lambda: not view.updating, "it has ended")


async def test_a_form_says_no_letter_that_would_be_text_in_it() -> None:
    async with running(SMALL, licenses=20, settings=Settings(keys={"update-details": "U"})) as run:
        await run.press("6")
        await run.sees("Nordlicht Digital", "Texas")
        await run.press("tab", "x")
        await run.until(lambda: "Next field" in run.footer, "the footer")
        assert "Update Details" not in run.footer
        await run.press("U")
        assert run.asked("PUT", "/partner") == []
        await run.press("escape")
        await run.until(lambda: "U Update Details" in run.footer, "outside the form")
        await run.press("U")
        await run.until(lambda: run.asked("PUT", "/partner"), "it is sent")


async def test_moved_keys_work_in_fields_and_dialogs_where_those_of_the_program_do() -> None:
    keys = {"palette": "f8", "repaint": "f9", "refresh": "f5", "open-operations": "9"}
    async with running(SMALL, licenses=20, settings=Settings(keys=keys)) as run:
        painted: list[int] = []
        run.app.repaint_all = lambda: painted.append(1)  # type: ignore[method-assign]
        await run.press("slash", "f5", "f9", "a")
        assert run.app.main.query_one("#search").value == "a"  # type: ignore[attr-defined]
        await run.until(lambda: len(painted) == 1, "painted from a field")
        await run.press("f8")
        await run.sees("Every command")
        await run.press("f9")
        await run.until(lambda: len(painted) == 2, "painted from a dialog")
        await run.press("escape", "escape", "9")
        await run.sees("Nothing was changed yet.")


def test_every_key_that_edits_a_field_is_text_there() -> None:
    bound = {binding.key for binding in Input.BINDINGS if isinstance(binding, Binding)}
    assert bound == FIELD_KEYS


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"undo": "j"}, ("'j'", "'undo' (Licenses)", "'down' (In every list)", "(Operations)")),
        ({"undo": "G"}, ("'G'", "'undo'", "'last'")),
        ({"undo": "ctrl+d"}, ("'ctrl+d'", "'undo'", "'half-page-down'")),
        ({"assign": "q"}, ("'q'", "'assign'", "'quit' (Everywhere)")),
        ({"issue-stop": "?"}, ("'?'", "'issue-stop' (Issue New License)", "'help'")),
        ({"refresh": "n"}, ("'n'", "'new-card' (Payment Methods)", "'refresh' (Everywhere)")),
        ({"quit": "k"}, ("'k'", "'sidebar-up' (In the sidebar)", "'quit'")),
        ({"mark": "enter"}, ("'enter'", "'toggle' (Licenses)", "'mark'")),
        ({"support": "6"}, ("'6'", "'open-company'", "'support'")),
        ({"assign": "u", "unassign": "U", "undo": "U"}, ("'U'", "'unassign'", "'undo'")),
        ({"asign": "A"}, ("'asign'", "Did you mean 'assign'?")),
        ({"back": "L"}, ("'back'", "cannot move")),
    ],
)
def test_a_key_that_something_has_already_is_refused_by_both_names(
    changes: dict[str, str], names: tuple[str, ...]
) -> None:
    with pytest.raises(KeymapError) as refused:
        check_keys(changes)
    for name in names:
        assert name in str(refused.value)


def test_keys_may_be_exchanged() -> None:
    check_keys({"assign": "u", "unassign": "a", "support": "W", "palette": "f8", "search": "ctrl+p"})
