"""Private files: 0600 in a 0700 folder, replaced atomically, locked while read and rewritten; TOML; network mounts."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from jpmanage_tui.config.errors import ConfigError, Locked

_WIDER = stat.S_IRWXG | stat.S_IRWXO
_SHARED = stat.S_IWGRP | stat.S_IWOTH


def ensure_private_dir(path: Path) -> Path:
    """Create the folder ``path`` and those above it that are missing, mode 0700, and return it.

    A folder that is there is left as it is. It must not be one that other users can write to, with or without the
    sticky bit: they could put files of their own in the place of ours.

    Raises:
        ConfigError: it cannot be created, others can write to it, or a file is in the way.

    """
    try:
        for folder in _missing(path):
            with contextlib.suppress(FileExistsError):  # another program has just made it
                folder.mkdir(mode=0o700)
        if not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        refuse_shared(path)
    except OSError as error:
        raise ConfigError(f"The folder {path} cannot be used: {error.strerror or error}.") from error
    return path


def _missing(path: Path) -> list[Path]:
    """Return the folders on the way to ``path`` that are not there yet, the outermost first."""
    missing: list[Path] = []
    while not path.exists():
        missing.insert(0, path)
        path = path.parent
    return missing


def refuse_shared(folder: Path) -> None:
    """Raise ConfigError where other users can write to a folder, OSError where it cannot be looked at."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & _SHARED:
        raise ConfigError(
            f"Other users can write to the folder {folder} (mode {mode:04o}), so nothing is kept there: use a folder "
            f"of your own, or run chmod go-w '{folder}'."
        )


def target_of(path: Path) -> Path:
    """Return the file that ``path`` leads to through symbolic links, ``path`` itself where it is none.

    Raises:
        ConfigError: the links lead in a circle, or into a folder that cannot be looked at.

    """
    if not path.is_symlink():
        return path
    try:
        path.stat()
    except FileNotFoundError:
        pass  # the file is made where the link leads
    except OSError as error:
        raise ConfigError(f"{path} is a link that cannot be followed: {error.strerror or error}.") from error
    return Path(os.path.realpath(path))


def write_private(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data``: all of it or nothing, mode 0600, safely on the disk when this returns.

    Where ``path`` is a symbolic link, the file it leads to is replaced and the link stays.

    Raises:
        ConfigError: the file cannot be written (a full disk, no permission, a folder that others can write to); the
            old one is untouched.

    """
    ensure_private_dir(path.parent)
    path = target_of(path)
    folder = ensure_private_dir(path.parent)
    temporary: str | None = None
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=folder)  # mkstemp gives 0600
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        temporary = None
        _sync_folder(folder)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        if temporary is not None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_private(path: Path) -> bytes | None:
    """Return the bytes of a file that holds secrets, or None when there is no such file.

    Raises:
        ConfigError: it cannot be read, or others may read it or put another in its place (the sentence says how to
            mend that).

    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & _WIDER:
                raise ConfigError(
                    f"{path} holds secrets but other users may open it (mode {mode:04o}): "
                    f"run chmod 600 '{path}'."
                )
            for folder in {path.parent, target_of(path).parent}:
                refuse_shared(folder)
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}.") from error


def parse_toml(data: bytes, path: Path) -> dict[str, object]:
    """Return the table that ``data``, read from ``path``, holds.

    Raises:
        ConfigError: it is no UTF-8 or no TOML; the sentence names the file and the place, never the text
            there.

    """
    import tomllib  # not for a start without a file

    try:
        return dict(tomllib.loads(data.decode("utf-8")))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text (byte {error.start + 1}).") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from None


@contextlib.contextmanager
def lock(path: Path, seconds: float = 10.0) -> Iterator[None]:
    """Hold the lock that guards ``path``, so that two programs do not lose each other's change.

    It is a file beside it, or beside the file that ``path`` links to. Waits at most ``seconds``, 0 for not at all.

    Raises:
        Locked: another program held it all the time.
        ConfigError: the lock file cannot be made.

    """
    ensure_private_dir(path.parent)
    path = target_of(path)
    guard = path.with_name(f".{path.name}.lock")
    ensure_private_dir(path.parent)
    try:
        descriptor = os.open(guard, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigError(f"{guard} cannot be made: {error.strerror or error}.") from error
    try:
        _wait_for(descriptor, path, time.monotonic() + seconds)
        yield
    finally:
        os.close(descriptor)  # closing lets the lock go


def _wait_for(descriptor: int, path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise Locked(f"Another jpmanage is writing {path}; try again.") from None
            time.sleep(0.02)
        else:
            return


NETWORK = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "afs", "ceph", "lustre", "gpfs", "beegfs", "orangefs",
    "pvfs2", "ocfs2", "gfs", "gfs2", "glusterfs", "ncpfs", "coda", "vboxsf", "vmhgfs", "prl_fs", "acfs", "panfs",
}  # fmt: skip
"""Types of file systems that another machine may have mounted too."""
NETWORK_FUSE = {
    "sshfs", "s3fs", "rclone", "glusterfs", "ceph", "ceph-fuse", "davfs", "davfs2", "curlftpfs", "smbnetfs", "nfs",
    "gvfsd-fuse", "mfs", "moosefs", "juicefs", "vmhgfs-fuse", "goofys", "gcsfuse", "blobfuse", "blobfuse2", "onedrive",
    "google-drive-ocamlfuse", "httpdirfs", "mount-s3", "hdfs", "afs",
}  # fmt: skip
"""The same where a program of the user serves the files: ``fuse.NAME``."""


def is_on_network(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> bool:
    """Return whether ``path`` lies on a network file system, by the kernel's list of mounts (Linux; else False)."""
    try:
        lines = mounts.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return False
    place = path.resolve()
    kind, depth = "", -1
    for line in lines:
        before, mark, after = line.partition(" - ")
        fields = before.split()
        if not mark or len(fields) < 5 or not after.split():
            continue
        point = Path(_unescape(fields[4]))
        deep = len(point.parts)
        if deep >= depth and place.is_relative_to(point):  # of two at one place the later one is on top
            kind, depth = after.split()[0], deep
    name, _, program = kind.partition(".")
    return kind in NETWORK or (name == "fuse" and program in NETWORK_FUSE)


def _unescape(text: str) -> str:
    r"""Spaces, tabs, ends of lines and backslashes stand as three octal digits (``\040``)."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)
