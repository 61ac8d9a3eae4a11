"""Whoever moves keys reads the moved ones in every sentence, in the footer, in the help and in the sidebar."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import jpmanage_tui.ui
from jpmanage_tui.api import errors
from jpmanage_tui.api.tokens import TokenName
from jpmanage_tui.config.settings import Settings
from jpmanage_tui.ui.commands.all import all_sets
from jpmanage_tui.ui.commands.keymap import Keymap, key_words
from jpmanage_tui.ui.commands.keys import key_line, key_of, use
from jpmanage_tui.ui.commands.moving import MOVING
from jpmanage_tui.ui.issue.order import no_card
from jpmanage_tui.ui.payment_methods import questions
from jpmanage_tui.ui.widgets.sidebar import SIDEBAR_COMMANDS
from jpmanage_tui.ui.words import explain, log_words
from tests.ui.harness import SMALL, running

MOVED = {
    "log": "9",
    "refresh": "R",
    "key": "P",
    "help": "h",
    "issue": "I",
    "open-payment-methods": "7",
    "new-card": "N",
    "previous-filter": "<",
    "next-filter": ">",
    "assign": "A",
}
UI = Path(jpmanage_tui.ui.__file__).parent
VERBS = "to|for|asks|tries|looks|goes|shows|stops|opens|searches|is the|there|on the|lists|begins"
NAMES_A_KEY = re.compile(
    rf"(?:(?:[Pp]ress|[Tt]hen|,|;|\.|:|\(|^) ?(?:[A-Za-z0-9]|[^\w =]) (?:{VERBS})\b)|^ *(?!esc)\S{{1,3}} {{3,}}[A-Za-z]"
)
OWN_KEYS = ("dialog.py", "site_picker.py", "license_picker.py", "log.py", "quantity.py", "connect.py")
"""Dialogs: their keys are their own, and cannot be moved."""


def test_sentences_name_the_moved_keys() -> None:
    use(Keymap(MOVED | {"back": "B"}))
    rejected = errors.NotSignedIn("No.", status=401)
    rejected.token = TokenName("the token of partner key Acme", other_keys=True)
    assert "Press P for another key." in explain(rejected, "Loading")
    assert "Press R to try again." in explain(errors.NoAnswer("No line."), "Loading")
    assert "Press enter to try again." in explain(errors.NoAnswer("No line."), "Loading", again="enter")
    assert "Press" not in explain(errors.NoAnswer("No line."), "Loading", again="")
    assert "press 9 to see" in explain(errors.FateUnknown("Cut off."), "Issuing")
    assert log_words() == "Press 9 for the log."
    assert "Press 7 for Payment Methods and N to add a card, then I to come back" in no_card()
    assert "  N      New credit card" in questions.empty()
    assert key_line("the other tabs", "previous-filter", "next-filter") == "< >    the other tabs"
    assert key_of("back") == "esc", "it cannot be moved"


def test_sentences_name_the_programs_own_keys_where_none_was_moved() -> None:
    for commands in all_sets():
        for command in commands:
            if commands in (MOVING, SIDEBAR_COMMANDS):
                continue  # these cannot be moved, and no sentence names them
            assert key_of(command.name) == key_words(command.keys[0])


async def test_footer_help_sidebar_and_empty_lists_name_the_moved_keys() -> None:
    async with running(SMALL, licenses=0, settings=Settings(keys=MOVED), wait=False) as run:
        await run.sees("This account has no licenses yet.", "I Issue New License")
        assert run.footer.endswith("h Help")
        assert run.lines(run.app.main)[3].lstrip().startswith("7")
        await run.press("7")
        await run.until(lambda: run.app.main.current == "payment-methods", "Payment Methods by its moved key")
        await run.press("h")
        await run.sees("N Add a credit or debit card.")
        await run.press("G")
        await run.press("escape")
        await run.press("9")
        await run.sees("Log of operations")
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
