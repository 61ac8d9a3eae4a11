"""Files saved for the user: complete or not at all, never over another, and what is said when the disk says no."""

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.services.downloads import PartialFile, disk_words, names, safe_stem, save_new, scp_line

SSH = {"SSH_CONNECTION": "198.51.100.4 50112 192.0.2.7 22"}


@given(st.text())
def test_a_name_from_outside_never_leaves_the_folder_and_hides_nothing(text: str) -> None:
    stem = safe_stem(text, "invoice")
    assert Path(f"{stem}.pdf").name == f"{stem}.pdf"
    assert stem[0].isalnum()
    assert stem.isascii()
    assert len(stem) <= 80


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        ("NLD7A01-0025", "NLD7A01-0025"),
        ("../../etc/passwd", "etc-passwd"),
        ("A/B 1", "A-B-1"),
        (".bashrc", "bashrc"),
        ("", "invoice"),
        ("\u202e../", "invoice"),
    ],
)
def test_a_safe_name_keeps_what_it_can(text: str, stem: str) -> None:
    assert safe_stem(text, "invoice") == stem


def test_a_file_has_its_name_only_when_it_is_complete_and_is_for_the_user_alone(tmp_path: Path) -> None:
    with PartialFile(tmp_path) as file:
        file.write(b"%PDF-1")
        file.write(b".4")
        assert not (tmp_path / "A-1.pdf").exists()
        path = file.keep("A-1", "pdf")
    assert path == tmp_path / "A-1.pdf"
    assert path.read_bytes() == b"%PDF-1.4"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["A-1.pdf"]


def test_nothing_is_left_of_a_file_that_was_broken_off(tmp_path: Path) -> None:
    def half() -> None:
        with PartialFile(tmp_path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("links", [True, False], ids=["with links", "on a file system without links"])
def test_a_file_that_is_there_is_never_written_over_unasked(
    tmp_path: Path, links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not links:

        def refuse(*_: object) -> None:
            raise PermissionError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "A-1.pdf").write_bytes(b"old")
    (tmp_path / "A-1-2.pdf").symlink_to(tmp_path / "nowhere")
    assert save_new(tmp_path, "A-1", "pdf", b"new") == tmp_path / "A-1-3.pdf"
    assert (tmp_path / "A-1.pdf").read_bytes() == b"old"
    assert not (tmp_path / "nowhere").exists()
    assert sorted(os.listdir(tmp_path)) == ["A-1-2.pdf", "A-1-3.pdf", "A-1.pdf"]


def test_a_file_is_replaced_only_when_that_was_asked(tmp_path: Path) -> None:
    (tmp_path / "A-1.pdf").write_bytes(b"old")
    with PartialFile(tmp_path) as file:
        file.write(b"new")
        assert file.keep("A-1", "pdf", replace=True) == tmp_path / "A-1.pdf"
    assert (tmp_path / "A-1.pdf").read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["A-1.pdf"]


def test_a_full_disk_leaves_nothing_and_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space left") as caught:
        save_new(tmp_path, "A-1", "pdf", b"new")
    assert os.listdir(tmp_path) == []
    assert disk_words(caught.value, tmp_path) == (
        f"the disk of {tmp_path} is full, or your quota on it. Nothing was saved."
    )


def test_a_file_where_the_folder_should_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileExistsError) as caught:
        save_new(tmp_path / "file", "A-1", "pdf", b"new")
    assert "is not a folder that can be used" in disk_words(caught.value, tmp_path / "file")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_closed_folder_is_said_with_the_way_to_another(number: int) -> None:
    words = disk_words(OSError(number, os.strerror(number)), Path("/srv"))
    assert words.startswith(f"/srv cannot be written ({os.strerror(number)}).")
    assert "JPMANAGE_DOWNLOAD_DIR" in words


def test_names_go_on_by_number() -> None:
    found = names(Path("/d"), "A", "pdf")
    assert [next(found).name for _ in range(3)] == ["A.pdf", "A-2.pdf", "A-3.pdf"]


def test_over_ssh_the_copy_command_names_user_host_port_and_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jpmanage_tui.services.downloads._user", lambda env: "ann@")
    assert scp_line("/d/A-1.pdf", SSH) == "scp ann@192.0.2.7:/d/A-1.pdf ."
    assert scp_line("/d/my A.pdf", SSH) == "scp 'ann@192.0.2.7:/d/my A.pdf' ."
    v6 = {"SSH_CONNECTION": "2001:db8::1 50112 2001:db8::7 2222"}
    assert scp_line("/d/A-1.pdf", v6) == "scp -P 2222 'ann@[2001:db8::7]:/d/A-1.pdf' ."
    monkeypatch.setattr("socket.gethostname", lambda: "jump")
    assert scp_line("/d/A-1.pdf", {"SSH_TTY": "/dev/pts/1"}) == "scp ann@jump:/d/A-1.pdf ."


def test_on_a_local_desktop_there_is_nothing_to_copy() -> None:
    assert scp_line("/d/A-1.pdf", {}) is None
