from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path

import pytest

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.files import ensure_private_dir, lock, read_private, write_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_private_file_is_0600_in_a_0700_folder_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        write_private(tmp_path / "a" / "secret", b"x")
    finally:
        os.umask(old)
    assert mode(tmp_path / "a") == 0o700
    assert mode(tmp_path / "a" / "secret") == 0o600
    assert read_private(tmp_path / "a" / "secret") == b"x"


def test_an_open_folder_is_narrowed(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    assert mode(ensure_private_dir(folder)) == 0o700


def test_a_file_that_others_may_open_is_refused_with_the_way_to_mend_it(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("hush")
    path.chmod(0o640)
    with pytest.raises(ConfigError, match=r"mode 0640\): run chmod 600") as caught:
        read_private(path)
    assert "hush" not in caught.value.sentence


def test_a_file_that_is_not_there_is_nothing(tmp_path: Path) -> None:
    assert read_private(tmp_path / "none") is None


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret"
    write_private(path, b"old")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigError, match="No space left"):
        write_private(path, b"new")
    assert path.read_bytes() == b"old"
    assert [item.name for item in tmp_path.iterdir()] == ["secret"]


def test_a_file_in_the_way_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(ConfigError, match="cannot be used"):
        write_private(tmp_path / "a" / "secret", b"x")


def test_the_lock_keeps_two_writers_apart(tmp_path: Path) -> None:
    path = tmp_path / "counter"
    write_private(path, b"0")

    def count() -> None:
        for _ in range(20):
            with lock(path):
                write_private(path, str(int(read_private(path) or b"0") + 1).encode())

    threads = [threading.Thread(target=count) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read_private(path) == b"60"


def test_a_lock_that_another_holds_too_long_is_named(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with lock(path), pytest.raises(ConfigError, match="Another jpmanage"), lock(path, seconds=0.01):
        pass
