"""The environment in which every test and every picture is made, whatever the machine's own is."""

from __future__ import annotations

import atexit
import locale
import os
import pwd
import shutil
import tempfile
import time

KEPT = (
    "PATH", "TMPDIR", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "VIRTUAL_ENV", "CI",
)  # fmt: skip
"""What a test inherits: where programs and modules are. Proxies, certificates, locale, desktop and editor it does not."""
KEPT_BEGINNINGS = ("PYTEST_", "HYPOTHESIS_", "COVERAGE_", "COV_", "LD_", "DYLD_")


def settle() -> None:
    """Make this process, and those it starts, run in UTC, in UTF-8 and in a home of their own, with no other variable."""
    for name in list(os.environ):
        if name not in KEPT and not name.startswith(KEPT_BEGINNINGS):
            del os.environ[name]
    user = _user_name()
    os.environ.update(
        TERM="xterm-256color",
        COLORTERM="truecolor",
        TZ="UTC",
        LC_ALL="C.UTF-8",
        SHELL="/bin/sh",
        USER=user,
        LOGNAME=user,
        HOME=_new_home(),
    )
    time.tzset()
    locale.setlocale(locale.LC_ALL, "C.UTF-8")
    os.umask(0o022)


def _user_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # a number without a name, as in containers
        return "nobody"


def _new_home() -> str:
    home = tempfile.mkdtemp(prefix="jpmanage-tests-home-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home
