"""What each command loads: none but the app's start knows the user interface or Textual."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.sandbox.harness import options, running_sandbox

PROGRAM = """
import sys
from jpmanage_tui.cli.main import main
try:
    code = main({arguments!r})
except SystemExit as end:
    code = end.code
finally:
    print(*sys.modules, sep="\\n", file=open({note!r}, "w"))
sys.exit(code)
"""
LAUNCHED = """
import sys
from jpmanage_tui.cli import launch, main
from jpmanage_tui.account.runtime import AppOptions
launch.launch = lambda options: print(options == AppOptions(), "argparse" in sys.modules) or 0
main.main([])
main.main(["--demo"])
"""
WITHOUT_CLICK = 'import sys\nsys.modules["click"] = None\n'
"""httpx loads its own command line where click is there, and with it rich; the sandbox's server needs click."""
USED_BY_NONE = ("textual", "rich", "jpmanage_tui.ui")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_sandbox(options(5)) as url:
        yield url


def loaded_by(
    arguments: list[str],
    folder: Path,
    url: str,
    typed: str = "",
    tokens: Mapping[str, str] = MappingProxyType({}),
) -> set[str]:
    """Run a command in a new process and return the names of the modules that it loaded."""
    note = folder / "modules"
    env = {name: value for name, value in os.environ.items() if not name.startswith("JPMANAGE_")}
    env |= {
        "JPMANAGE_CONFIG_DIR": str(folder / "config"),
        "JPMANAGE_STATE_DIR": str(folder / "state"),
        "JPMANAGE_API_URL": url,
        "JPMANAGE_STRIPE_URL": url,
        **tokens,
    }
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_CLICK + PROGRAM.format(arguments=arguments, note=str(note))],
        capture_output=True,
        text=True,
        check=False,
        env=env,
        input=typed,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return set(note.read_text().split())


def packages_of(loaded: set[str], packages: tuple[str, ...]) -> set[str]:
    return {name for name in loaded for one in packages if name == one or name.startswith(f"{one}.")}


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["sandbox", "--help"], ["login", "--help"]])
def test_help_and_version_load_no_library(arguments: list[str], tmp_path: Path, url: str) -> None:
    loaded = loaded_by(arguments, tmp_path, url)
    assert packages_of(loaded, (*USED_BY_NONE, "httpx", "pydantic", "starlette", "asyncio")) == set()


def test_the_commands_of_the_account_load_no_user_interface(tmp_path: Path, url: str) -> None:
    login = loaded_by(["login", "--paste"], tmp_path, url, "sandbox-user-nocard\n\n")
    whoami = loaded_by(["whoami"], tmp_path, url)
    demo = loaded_by(["whoami", "--demo"], tmp_path, url)
    logout = loaded_by(["logout"], tmp_path, url)
    assert packages_of(login | whoami | demo | logout, USED_BY_NONE) == set()
    assert packages_of(whoami, ("jpmanage_tui.sandbox", "sqlite3")) == set()


def test_whoami_loads_only_what_its_three_questions_need(tmp_path: Path, url: str) -> None:
    needless = (
        "jpmanage_tui.operations.journal",
        "jpmanage_tui.operations.queue",
        "jpmanage_tui.operations.mutations",
        "jpmanage_tui.config.settings_file",
        "jpmanage_tui.config.credentials",
        "jpmanage_tui.api.countries",
        "jpmanage_tui.cli.logfile",
        "sqlite3",
        "difflib",
        "tomllib",
    )
    loaded = loaded_by(
        ["whoami"],
        tmp_path,
        url,
        tokens={"JPMANAGE_USER_TOKEN": "sandbox-user", "JPMANAGE_TOKEN": "sandbox-key"},
    )
    assert "jpmanage_tui.api.partner" in loaded
    assert packages_of(loaded, needless) == set()


def test_reading_licenses_loads_nothing_for_what_it_does_not_do(tmp_path: Path, url: str) -> None:
    about = loaded_by(["licenses", "list", "--help"], tmp_path, url)
    assert packages_of(about, (*USED_BY_NONE, "httpx", "pydantic", "jpmanage_tui.rules", "csv")) == set()
    key = {"JPMANAGE_TOKEN": "sandbox-key"}
    listed = loaded_by(["licenses", "list", "--limit", "1"], tmp_path, url, tokens=key)
    found = loaded_by(["licenses", "list", "--search", "scan"], tmp_path, url, tokens=key)
    needless = (
        "jpmanage_tui.operations.mutations",
        "jpmanage_tui.operations.journal",
        "jpmanage_tui.operations.queue",
        "jpmanage_tui.sandbox",
        "sqlite3",
    )
    of_a_search = (
        "jpmanage_tui.services.search",
        "jpmanage_tui.rules.search",
        "jpmanage_tui.rules.site_matching",
    )
    assert packages_of(listed | found, (*USED_BY_NONE, *needless)) == set()
    assert (
        packages_of(listed, (*of_a_search, "jpmanage_tui.cli.table", "jpmanage_tui.cli.changes", "wcwidth"))
        == set()
    )
    assert "jpmanage_tui.services.search.search_index" in found


def test_the_sandbox_command_loads_neither_the_user_interface_nor_the_client(tmp_path: Path) -> None:
    note = tmp_path / "modules"
    command = PROGRAM.format(arguments=["sandbox", "--port", "0", "--licenses", "1"], note=str(note))
    with subprocess.Popen([sys.executable, "-c", command], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("export ")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 143
    loaded = set(note.read_text().split())
    assert packages_of(loaded, (*USED_BY_NONE, "httpx", "pydantic", "jpmanage_tui.account.service")) == set()
    assert "jpmanage_tui.sandbox.server" in loaded


def test_without_arguments_nothing_is_parsed_and_the_options_have_their_defaults() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LAUNCHED], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.split() == ["True", "False", "False", "True"], done.stderr


def test_pydantic_looks_for_no_plugins() -> None:
    """It would read what every installed package says of itself."""
    program = (
        "from importlib import metadata; metadata.distributions = None\n"
        "import os; from jpmanage_tui.cli import main; main._run = lambda words: 0; main.main([])\n"
        "from pydantic import BaseModel\n"
        "class Thing(BaseModel):\n  number: int\n"
        "print(Thing(number='3'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == "number=3\n", done.stderr
