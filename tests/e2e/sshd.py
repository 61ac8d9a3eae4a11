"""A real sshd on loopback, with keys and a port of its own."""

from __future__ import annotations

import getpass
import grp
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.harness import until

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
_PRIVILEGE_SEPARATION = Path("/run/sshd")
_CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
PidFile {folder}/pid
AuthorizedKeysFile {folder}/user.pub
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PrintMotd no
PrintLastLog no
ClientAliveInterval 1
LogLevel VERBOSE
"""


def missing() -> str | None:
    """Return why there can be no sshd here, None where there can."""
    for name, path in (
        ("sshd", SSHD),
        ("ssh", shutil.which("ssh")),
        ("ssh-keygen", shutil.which("ssh-keygen")),
    ):
        if path is None:
            return f"{name} is not installed"
    if os.geteuid() == 0 and not _PRIVILEGE_SEPARATION.is_dir():
        try:
            _PRIVILEGE_SEPARATION.mkdir(mode=0o755)
        except OSError as error:
            return f"sshd as root needs {_PRIVILEGE_SEPARATION}: {error.strerror}"
    if os.geteuid() != 0 and not _terminals_are_of_tty():
        return "terminals here do not belong to the group tty, and only root could give them to it"
    return None


def _terminals_are_of_tty() -> bool:
    """Whether a new terminal is as sshd wants it; else it changes its group, which a plain user may not."""
    ours, theirs = os.openpty()
    try:
        return os.fstat(theirs).st_gid == grp.getgrnam("tty").gr_gid
    except KeyError:
        return True
    finally:
        os.close(ours)
        os.close(theirs)


@dataclass(frozen=True)
class Host:
    """A host to log in to."""

    folder: Path
    port: int

    @property
    def client(self) -> list[str]:
        """The command that logs in, but for whom and where."""
        options = {
            "IdentityFile": self.folder / "user",
            "IdentitiesOnly": "yes",
            "UserKnownHostsFile": "/dev/null",
            "StrictHostKeyChecking": "no",
            "LogLevel": "ERROR",
            "ControlMaster": "no",
        }
        flags = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        return ["ssh", "-F", "/dev/null", *flags, "-p", str(self.port)]

    @property
    def name(self) -> str:
        """Who and where."""
        return f"{getpass.getuser()}@127.0.0.1"

    def login(self, command: str) -> list[str]:
        """Return the command that logs in with a terminal and runs `command` there."""
        return [*self.client, "-tt", self.name, command]


@contextmanager
def sshd(folder: Path) -> Iterator[Host]:
    """Run an sshd that lets this user in with a key made for it."""
    for name in ("host", "user"):
        path = str(folder / name)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True, timeout=20)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    config = folder / "sshd_config"
    config.write_text(_CONFIG.format(port=port, folder=folder))
    assert SSHD is not None
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stderr=log)
        try:
            until(lambda: "Server listening" in (folder / "log").read_text(), "sshd listens")
            yield Host(folder, port)
        finally:
            process.terminate()
            process.wait(10)
