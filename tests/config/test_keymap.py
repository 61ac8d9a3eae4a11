"""`[keys]`: several keys for a command, keys of their own in a section, keys that stay, and what cannot be used."""

from __future__ import annotations

import pytest

from jpmanage_tui.config.command_keys import DEFAULT_KEYS
from jpmanage_tui.config.command_scopes import SCOPES
from jpmanage_tui.config.keymap import KeyChanges, Keymap, KeymapError, binding_id, check_keys, flat_keys


def test_a_command_may_have_several_keys_and_the_first_is_shown() -> None:
    keymap = Keymap({"refresh": ["f6", "R"], "quit": "Q"})
    assert keymap.keys_of("refresh") == ("f6", "R")
    assert (keymap.shown("refresh"), keymap.shown("quit"), keymap.shown("support")) == ("F6", "Q", "")
    assert keymap.by_binding() == {"everywhere.refresh": "f6,R", "everywhere.quit": "Q"}
    assert keymap.freed == {"r", "f5", "q"}


def test_a_moved_movement_key_leaves_the_arrow_and_moves_the_sidebar_too() -> None:
    keymap = Keymap({"down": "n", "toggle": ["o"]})
    assert keymap.keys_of("down") == ("n", "down")
    assert keymap.keys_of("sidebar-down") == ("n", "down")
    assert keymap.keys_of("toggle", "licenses") == ("o", "enter")
    assert keymap.by_binding()["sidebar.sidebar-down"] == "n,down"
    assert Keymap({"down": "n", "sidebar-down": "s"}).keys_of("sidebar-down") == ("s", "down")


def test_a_key_of_one_section_is_that_of_its_command_there_only() -> None:
    keymap = Keymap({"assign": "W", "licenses": {"assign": ["B", "b"]}})
    assert keymap.keys_of("assign", "licenses") == ("B", "b")
    assert keymap.keys_of("assign", "billing") == ("W",)
    assert keymap.by_binding() == {"licenses.assign": "B,b", "billing.assign": "W"}
    keymap.scope = "billing"
    assert keymap.shown("assign") == "W", "sentences name the key of the section that is shown"
    keymap.scope = "prices"
    assert keymap.shown("assign") == "B", "and of the first that has the command, where that is another one"


def test_which_sections_have_a_key_of_their_own_follows_the_changes() -> None:
    assert Keymap().sections_with("b") == ["billing", "payment-methods"]
    assert Keymap({"bundles": "B"}).sections_with("b") == ["payment-methods"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"licences": {"assign": "A"}}, "[keys.licences] names no section. Did you mean 'licenses'?"),
        (
            {"licenses": {"asign": "A"}},
            "[keys.licenses] names no command called 'asign'. Did you mean 'assign'?",
        ),
        (
            {"licenses": {"refresh": "A"}},
            "[keys.licenses] has 'refresh', which is no command of Licenses alone",
        ),
        ({"licenses": {"assign": "x"}}, "gives 'x' to both 'assign' (Licenses) and 'revoke' (Licenses)"),
        ({"back": "b"}, "[keys] cannot move 'back'"),
        ({"theme": "r"}, "gives 'r' to both 'refresh' (Everywhere) and 'theme' (Everywhere)"),
    ],
)
def test_what_cannot_be_used_is_named(changes: KeyChanges, words: str) -> None:
    with pytest.raises(KeymapError) as refused:
        check_keys(changes)
    assert words in refused.value.sentence
    assert refused.value.sentence.startswith("config.toml: ")


def test_everything_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(KeymapError) as refused:
        check_keys({"asign": "A", "undo": "j", "licenses": {"search": "u"}})
    lines = refused.value.sentence.splitlines()
    assert len([line for line in lines if "'asign'" in line]) == 1
    assert len([line for line in lines if "'undo'" in line]) == 5, "in each section that has it"
    assert len([line for line in lines if "'u'" in line]) == 1


def test_every_command_has_a_place_and_every_place_has_commands_that_there_are() -> None:
    placed = {name for scope in SCOPES.values() for name in scope.commands}
    assert placed == DEFAULT_KEYS.keys()
    assert len({scope.title for scope in SCOPES.values()}) == len(SCOPES)
    Keymap().check()
    assert Keymap().by_binding() == {}
    assert (binding_id("a", "b"), binding_id("a", "")) == ("b.a", "a")


def test_no_table_of_a_section_has_the_name_of_a_command() -> None:
    """In TOML `[keys.issue]` and `issue = "I"` would be the same entry."""
    assert not SCOPES.keys() & DEFAULT_KEYS.keys()


def test_the_entries_are_listed_one_by_one() -> None:
    changes: KeyChanges = {"refresh": ["f6", "R"], "licenses": {"assign": "A"}}
    assert list(flat_keys(changes)) == [("refresh", "f6 R"), ("licenses.assign", "A")]
