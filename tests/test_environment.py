"""Tests run alike on every machine."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.environment import KEPT, KEPT_BEGINNINGS

NASTY = {
    **{
        name: "socks5://user:secret@127.0.0.1:1"
        for word in ("http", "https", "all", "no", "ftp")
        for name in (f"{word}_proxy", f"{word}_PROXY".upper())
    },
    "JPMANAGE_TOKEN": "x",
    "JPMANAGE_API_URL": "https://elsewhere.example",
    "LC_ALL": "de_DE.ISO-8859-1",
    "LANG": "tr_TR.UTF-8",
    "LANGUAGE": "de",
    "HOME": "/nonexistent",
    "XDG_CONFIG_HOME": "/nonexistent",
    "XDG_STATE_HOME": "/nonexistent",
    "EDITOR": "false",
    "VISUAL": "false",
    "PYTHONIOENCODING": "ascii",
    "PYTHONWARNINGS": "error",
    "PYTHONOPTIMIZE": "2",
    "SSL_CERT_FILE": "/nonexistent",
    "SSL_CERT_DIR": "/nonexistent",
    "NETRC": "/nonexistent",
    "REQUEST_METHOD": "GET",
    "TERM": "dumb",
    "NO_COLOR": "1",
    "COLUMNS": "20",
    "LINES": "5",
    "TMUX": "x",
    "SSH_CONNECTION": "1 2 3 4",
    "DISPLAY": ":7",
    "BROWSER": "false",
    "TZ": "Pacific/Kiritimati",
    "LOGNAME": "nobody-of-this-name",
}
PROGRAM = """
import locale, os, sys, time
from pathlib import Path
from tests.environment import settle
settle()
print(sorted(os.environ), os.environ["LC_ALL"], os.environ["TERM"], time.tzname[0], locale.getpreferredencoding())
print(Path.home().is_dir(), oct(os.umask(0)))
"""


def test_nothing_of_the_machine_comes_through_to_a_test() -> None:
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **NASTY},
        umask=0o077,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    names = set(told[0].partition("]")[0].strip("[").replace("'", "").split(", "))
    given = {"TERM", "COLORTERM", "TZ", "LC_ALL", "SHELL", "USER", "LOGNAME", "HOME"}
    assert {name for name in names - given if name not in KEPT and not name.startswith(KEPT_BEGINNINGS)} <= {
        "LC_CTYPE"  # Python's own, where the locale it began with is not known
    }
    assert told[0].endswith("C.UTF-8 xterm-256color UTC utf-8") or told[0].endswith("UTC UTF-8")
    assert told[1] == "True 0o22"


def test_the_tests_themselves_run_there() -> None:
    assert not {
        name for name in os.environ if name.lower().endswith("_proxy") or name.startswith("JPMANAGE_")
    }
