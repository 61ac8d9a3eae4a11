"""Files that the program saves for the user: complete or not at all, for the user alone, never over another unasked."""

from __future__ import annotations

import errno
import os
import pwd
import re
import shlex
import socket
import tempfile
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from types import TracebackType

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 80
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""What a file system without hard links answers."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_FOLDER = {errno.ENOTDIR, errno.EEXIST, errno.ENOENT}


def safe_stem(text: str, otherwise: str) -> str:
    """Return a file name (without ending) made of `text`, which came from outside.

    It holds ASCII letters, digits, dots, hyphens and underscores only, begins with a letter or digit, names no
    folder, and has at most 80 characters; `otherwise` where nothing of `text` is left.
    """
    return _UNSAFE.sub("-", text).strip(".-_")[:_LONGEST].rstrip(".-_") or otherwise


def names(folder: Path, stem: str, ending: str) -> Iterator[Path]:
    """Yield the paths that a file may get, the wanted one first: `stem.ending`, `stem-2.ending`, and so on."""
    for number in count(1):
        yield folder / (f"{stem}.{ending}" if number == 1 else f"{stem}-{number}.{ending}")


def is_taken(path: Path) -> bool:
    """Return whether something of this name is there, were it a link that leads nowhere."""
    return os.path.lexists(path)


class PartialFile:
    """A file on its way: hidden, 0600, and gone when the `with` block ends before `keep` was called.

    It is a sink for the client's downloads. Making it and every call raise OSError when the disk says no.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # one that is there stays as it is
        self._folder = folder
        self._descriptor, self._path = tempfile.mkstemp(prefix=".jpmanage-", suffix=".part", dir=folder)
        self._open = True
        self._kept = False

    def __enter__(self) -> PartialFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        if not self._kept:
            Path(self._path).unlink(missing_ok=True)

    def write(self, data: bytes, /) -> int:
        """Append `data` and return its length."""
        left = memoryview(data)
        while left:
            left = left[os.write(self._descriptor, left) :]
        return len(data)

    def flush(self) -> None:
        """Wait until the disk has it all; a broken disk says so here. May run in a thread."""
        os.fsync(self._descriptor)

    def keep(self, stem: str, ending: str, *, replace: bool = False) -> Path:
        """Give the complete file its name and return its path: the first free one, or with `replace` the first."""
        self._close()
        if replace:
            path = next(names(self._folder, stem, ending))
            os.replace(self._path, path)
        else:
            path = self._place(stem, ending)
        self._kept = True
        return path

    def _close(self) -> None:
        if self._open:
            self._open = False
            os.close(self._descriptor)

    def _place(self, stem: str, ending: str) -> Path:
        for path in names(self._folder, stem, ending):
            try:
                os.link(self._path, path)
            except FileExistsError:
                continue
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
                if not self._replace_empty(path):
                    continue
            else:
                os.unlink(self._path)
            return path
        raise AssertionError("the names never end")  # pragma: no cover

    def _replace_empty(self, path: Path) -> bool:
        """Take a free name with an empty file, then put ours in its place; returns whether the name was free."""
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            return False
        try:
            os.replace(self._path, path)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        return True


def save_new(folder: Path, stem: str, ending: str, data: bytes) -> Path:
    """Write `data` to a new file in `folder` (0600), under the first name that is free, and return its path.

    Raises OSError when it cannot be written; then no file is left.
    """
    with PartialFile(folder) as file:
        file.write(data)
        file.flush()
        return file.keep(stem, ending)


def disk_words(error: OSError, folder: Path) -> str:
    """Return a sentence about why nothing could be saved in `folder`, and what helps."""
    if error.errno in _FULL:
        return f"the disk of {folder} is full, or your quota on it. Nothing was saved."
    elsewhere = "JPMANAGE_DOWNLOAD_DIR, or download_dir in config.toml, names another folder."
    if error.errno in _CLOSED:
        return f"{folder} cannot be written ({error.strerror}). Nothing was saved. {elsewhere}"
    if error.errno in _NO_FOLDER:
        return f"{folder} is not a folder that can be used ({error.strerror}). Nothing was saved. {elsewhere}"
    return f"{folder}: {error.strerror or error}. Nothing was saved."


def scp_line(path: str, env: Mapping[str, str]) -> str | None:
    """Return the command that copies `path` from this host to the machine one sits at; None where that is this one.

    The host is the address to which the SSH connection came, as sshd says it in SSH_CONNECTION (client address,
    client port, server address, server port), else the host's name.
    """
    connection = env.get("SSH_CONNECTION", "").split()
    if not connection and not env.get("SSH_TTY"):
        return None
    host, port = connection[2:4] if len(connection) == 4 else (socket.gethostname(), "22")
    target = f"[{host}]" if ":" in host else host
    option = "" if port == "22" else f"-P {shlex.quote(port)} "
    return f"scp {option}{shlex.quote(f'{_user(env)}{target}:{path}')} ."


def _user(env: Mapping[str, str]) -> str:
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a user id without an entry, as in containers
        name = env.get("USER", "")
    return f"{name}@" if name else ""
