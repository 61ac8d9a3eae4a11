"""A private file is safely on the disk, with its name, when the write returns."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.files import write_private


def test_the_file_and_after_its_renaming_the_folder_are_written_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, steps = tmp_path / "secret", []
    fsync, replace = os.fsync, os.replace

    def note_fsync(descriptor: int) -> None:
        status = os.fstat(descriptor)
        steps.append("folder" if stat.S_ISDIR(status.st_mode) else f"file of {status.st_size}")
        if stat.S_ISDIR(status.st_mode):
            assert os.path.samestat(status, tmp_path.stat())
        fsync(descriptor)

    def note_replace(old: str, new: Path) -> None:
        steps.append("renamed")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(os, "replace", note_replace)
    write_private(path, b"token")
    assert steps == ["file of 5", "renamed", "folder"]
    assert path.read_bytes() == b"token"


def test_a_folder_that_cannot_be_written_through_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def fails_for_folders(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(5, "Input/output error")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fails_for_folders)
    with pytest.raises(ConfigError, match="Input/output error"):
        write_private(tmp_path / "secret", b"token")
