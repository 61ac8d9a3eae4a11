from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.files import ensure_private_dir, lock, read_private, write_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def locked(path: Path) -> None:
    with lock(path):
        pass


def test_a_private_file_is_0600_in_a_0700_folder_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        write_private(tmp_path / "a" / "secret", b"x")
    finally:
        os.umask(old)
    assert mode(tmp_path / "a") == 0o700
    assert mode(tmp_path / "a" / "secret") == 0o600
    assert read_private(tmp_path / "a" / "secret") == b"x"


def test_folders_that_are_missing_are_made_for_the_user_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        ensure_private_dir(tmp_path / "a" / "b" / "c")
    finally:
        os.umask(old)
    assert {mode(tmp_path / part) for part in ("a", "a/b", "a/b/c")} == {0o700}


@pytest.mark.parametrize("bits", [0o700, 0o750, 0o755, 0o711, 0o1700, 0o2755, 0o500])
def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path, bits: int) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    folder.chmod(bits)
    try:
        assert mode(ensure_private_dir(folder)) == bits
    finally:
        folder.chmod(0o700)


@pytest.mark.parametrize("bits", [0o777, 0o1777, 0o770, 0o720, 0o1770, 0o702, 0o2775])
def test_a_folder_that_others_can_write_to_gets_nothing_and_is_left_as_it_is(
    tmp_path: Path, bits: int
) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o700)
    write_private(folder / "secret", b"hush")
    folder.chmod(bits)
    uses: tuple[Callable[[], object], ...] = (
        lambda: ensure_private_dir(folder),
        lambda: write_private(folder / "other", b"hush"),
        lambda: read_private(folder / "secret"),
        lambda: locked(folder / "secret"),
    )
    for use in uses:
        with pytest.raises(ConfigError, match=rf"{folder} \(mode {bits:04o}\).*chmod go-w") as caught:
            use()
        assert "hush" not in caught.value.sentence
    assert mode(folder) == bits
    assert [item.name for item in folder.iterdir()] == ["secret"]


def test_links_are_followed_and_stay(tmp_path: Path) -> None:
    real, config = tmp_path / "dotfiles" / "secret", tmp_path / "config"
    write_private(real, b"old")
    config.mkdir(mode=0o700)
    first, second = config / "secret", config / "another"
    second.symlink_to(real)
    first.symlink_to("another")
    write_private(first, b"new")
    assert (first.is_symlink(), second.is_symlink(), real.is_symlink()) == (True, True, False)
    assert real.read_bytes() == b"new"
    assert mode(real) == 0o600
    assert read_private(first) == b"new"
    assert sorted(item.name for item in real.parent.iterdir()) == ["secret"]


def test_a_link_that_leads_to_nothing_yet_is_followed_too(tmp_path: Path) -> None:
    link = tmp_path / "secret"
    link.symlink_to(tmp_path / "elsewhere" / "made-later")
    assert read_private(link) is None
    write_private(link, b"x")
    assert link.is_symlink()
    assert (tmp_path / "elsewhere" / "made-later").read_bytes() == b"x"
    assert mode(tmp_path / "elsewhere") == 0o700


def test_links_in_a_circle_are_a_sentence(tmp_path: Path) -> None:
    first, second = tmp_path / "secret", tmp_path / "other"
    first.symlink_to(second)
    second.symlink_to(first)
    uses: tuple[Callable[[], object], ...] = (
        lambda: write_private(first, b"x"),
        lambda: read_private(first),
        lambda: locked(first),
    )
    for use in uses:
        with pytest.raises(ConfigError, match=r"secret (is a link that cannot be followed|cannot be read)"):
            use()
    assert first.is_symlink()


def test_a_link_into_a_folder_that_others_can_write_to_is_refused(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    link = tmp_path / "secret"
    link.symlink_to(shared / "secret")
    with pytest.raises(ConfigError, match="Other users can write"):
        write_private(link, b"x")
    assert list(shared.iterdir()) == []


def test_two_links_to_one_file_share_its_lock(tmp_path: Path) -> None:
    write_private(tmp_path / "secret", b"x")
    links = [tmp_path / "one" / "secret", tmp_path / "two" / "secret"]
    for link in links:
        ensure_private_dir(link.parent)
        link.symlink_to(tmp_path / "secret")
    with lock(links[0]), pytest.raises(ConfigError, match="Another jpmanage"), lock(links[1], seconds=0.01):
        pass


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
