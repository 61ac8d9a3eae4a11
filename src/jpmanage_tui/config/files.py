"""Private files: 0600 in a 0700 folder, replaced atomically, locked while read and rewritten."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from jpmanage_tui.config.errors import ConfigError, Locked

_WIDER = stat.S_IRWXG | stat.S_IRWXO


def ensure_private_dir(path: Path) -> Path:
    """Create the folder ``path`` (and its parents), close it to group and others, and return it.

    A folder that is there already and open to others is narrowed to 0700.

    Raises:
        ConfigError: it cannot be created or narrowed, or a file is in the way.

    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(path.stat().st_mode) & _WIDER:
            path.chmod(0o700)
    except OSError as error:
        raise ConfigError(f"The folder {path} cannot be used: {error.strerror or error}.") from error
    return path


def write_private(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data``: all of it or nothing, mode 0600, safely on the disk when this returns.

    Raises:
        ConfigError: the file cannot be written (a full disk, no permission); the old one is untouched.

    """
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
        ConfigError: it cannot be read, or group or others may read it (the sentence says how to mend that).

    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & _WIDER:
                raise ConfigError(
                    f"{path} holds secrets but other users may open it (mode {mode:04o}): "
                    f"run chmod 600 '{path}'."
                )
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}.") from error


@contextlib.contextmanager
def lock(path: Path, seconds: float = 10.0) -> Iterator[None]:
    """Hold the lock that guards ``path`` (a file beside it), so that two programs do not lose each other's
    change.

    Waits at most ``seconds``, 0 for not at all.

    Raises:
        Locked: another program held it all the time.
        ConfigError: the lock file cannot be made.

    """
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
