"""What the app remembers between two starts, and what happens where that cannot be kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from jpmanage_tui.account.service import AccountService, AppOptions
from jpmanage_tui.config.settings import Settings
from jpmanage_tui.config.state import StateFile
from jpmanage_tui.config.ui_state import UiState


def test_nothing_is_remembered_at_first_and_nothing_is_written_by_asking(tmp_path: Path) -> None:
    state = UiState(tmp_path / "state")
    assert (state.theme, state.dark_background, state.tour_offered) == (None, None, False)
    assert state.take_trouble() == ""
    assert not (tmp_path / "state").exists()


def test_the_next_start_knows_it_beside_what_else_is_remembered(tmp_path: Path) -> None:
    StateFile(tmp_path).remember_key("ui", 7)
    state = UiState(tmp_path)
    state.theme, state.dark_background, state.tour_offered = "light", False, True
    again = UiState(tmp_path)
    assert (again.theme, again.dark_background, again.tour_offered) == ("light", False, True)
    assert StateFile(tmp_path).key_id("ui") == 7


def test_the_same_again_is_not_written(tmp_path: Path) -> None:
    state = UiState(tmp_path)
    state.dark_background = True
    written = state_file(tmp_path).stat().st_ino  # a file that is written is replaced
    state.dark_background = True
    UiState(tmp_path).dark_background = True
    assert state_file(tmp_path).stat().st_ino == written


def test_values_of_the_wrong_kind_are_as_none(tmp_path: Path) -> None:
    file = StateFile(tmp_path)
    for key, value in (("theme", 3), ("background", "blue"), ("tour_offered", "yes")):
        file.set("ui", key, value)
    state = UiState(tmp_path)
    assert (state.theme, state.dark_background, state.tour_offered) == (None, None, False)


def test_a_folder_that_takes_nothing_is_told_once_and_hinders_nothing(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    state = UiState(tmp_path / "state")
    state.theme = "dark"
    state.tour_offered = True
    assert state.take_trouble().endswith("state.toml cannot be read: Not a directory.")
    state.theme = "light"
    assert state.take_trouble() == ""
    assert (state.theme, state.tour_offered) == ("light", True)


def test_a_file_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    UiState(tmp_path).theme = "dark"
    state_file(tmp_path).chmod(0o644)
    state = UiState(tmp_path)
    assert state.theme is None
    assert "chmod 600" in state.take_trouble()
    assert state.take_trouble() == ""


def test_a_damaged_file_that_cannot_be_put_aside_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    UiState(tmp_path).theme = "dark"
    state_file(tmp_path).write_text("][")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    state = UiState(tmp_path)
    assert state.theme is None
    assert "is not valid TOML" in state.take_trouble()


def test_the_demo_remembers_only_where_it_keeps_its_data(tmp_path: Path) -> None:
    env = {"JPMANAGE_STATE_DIR": str(tmp_path / "state")}
    for options, place in (
        (AppOptions(demo=True), None),
        (AppOptions(demo=True, demo_dir=tmp_path / "demo"), tmp_path / "demo"),
        (AppOptions(), tmp_path / "state"),
    ):
        before = set(tmp_path.rglob("state.toml"))
        state = AccountService(options, Settings(), env).ui_state
        state.theme = "light"
        assert state.theme == "light"
        made = set(tmp_path.rglob("state.toml")) - before
        assert made == ({place / "state.toml"} if place is not None else set())


def state_file(folder: Path) -> Path:
    return folder / "state.toml"
