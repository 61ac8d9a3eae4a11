"""Variables that look like ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

import jpmanage_tui
from jpmanage_tui.config.load_settings import NOT_YET, VARIABLES, unknown_variables


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("JPMANAGE_TOKN", "JPMANAGE_TOKEN"),
        ("JPMANAGE_USERTOKEN", "JPMANAGE_USER_TOKEN"),
        ("jpmanage_token", "JPMANAGE_TOKEN"),
        ("JPMANAGE_APIURL", "JPMANAGE_API_URL"),
        ("JPMANAGE_DOWNLOADS_DIR", "JPMANAGE_DOWNLOAD_DIR"),
        ("JPMANAGE_CONFIGDIR", "JPMANAGE_CONFIG_DIR"),
    ],
)
def test_the_nearest_name_is_told(name: str, near: str) -> None:
    [sentence] = unknown_variables({name: "hush", "HOME": "/", near: "known"})
    assert sentence == f"The variable {name} is not known and has no effect; did you mean {near}?"


def test_without_a_near_name_all_are_told() -> None:
    [sentence] = unknown_variables({"JPMANAGE_QQQQQQQQQQQQQQQQQQQQ": ""})
    assert all(name in sentence for name in VARIABLES)


@given(env=st.dictionaries(st.text(), st.just("hush-hush")))
def test_no_value_is_told_and_nothing_a_terminal_obeys(env: dict[str, str]) -> None:
    for sentence in unknown_variables({f"JPMANAGE_{name}": value for name, value in env.items()}):
        assert "hush" not in sentence
        assert sentence.isprintable()


def test_the_variables_that_the_program_reads_are_all_known() -> None:
    read = set()
    for path in Path(jpmanage_tui.__file__).parent.rglob("*.py"):
        if "sandbox" not in path.parts:
            read |= set(re.findall(r"\bJPMANAGE_[A-Z]+(?:_[A-Z]+)*\b", path.read_text(encoding="utf-8")))
    assert read == {*VARIABLES, *NOT_YET}


@pytest.mark.parametrize("name", NOT_YET)
def test_a_variable_of_a_later_version_is_told_to_have_no_effect(name: str) -> None:
    assert unknown_variables({name: "hush"}) == [f"The variable {name} has no effect: {NOT_YET[name]}."]
