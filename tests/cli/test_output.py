"""What the commands write, on outputs that do not take it: other encodings, closed, full, gone."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest
from pydantic import SecretStr

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.partner import PartnerDetails
from jpmanage_tui.api.tokens import StaticTokens
from tests.cases import needs_dev_full
from tests.cli.harness import KEY, USER, Cli

COMMANDS = [("--version",), ("whoami",), ("sandbox", "--help")]
MISTAKES = [("whoami", "--nonsense"), ("logout",), ("--demo",)]


async def rename(cli: Cli, name: str) -> None:
    """Give the account another name."""
    async with LicensingClient(tokens=StaticTokens(user=SecretStr(USER)), api_url=cli.url) as client:
        details = PartnerDetails.of(await client.partner.get())
        await client.partner.update(details.model_copy(update={"name": name}))


def shell(
    cli: Cli, arguments: tuple[str, ...], redirect: str, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run a command as a shell does; the exit code is the command's."""
    words = f'"$@" {redirect}'
    argv = ["sh", "-c", words, "sh", sys.executable, "-m", "jpmanage_tui", *arguments]
    cli.env(TOKEN=KEY, USER_TOKEN=USER)
    return subprocess.run(
        argv, env={**os.environ, **env}, stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
        encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["iso-8859-1", "ascii", "iso-8859-1:strict", "utf-8:strict"])
def test_a_name_that_the_encoding_has_no_signs_for_is_told_all_the_same(cli: Cli, encoding: str) -> None:
    asyncio.run(rename(cli, "北京 Zürich 🚀"))
    done = shell(cli, ("whoami",), "", PYTHONIOENCODING=encoding, PYTHONUTF8="0", LC_ALL="C")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Account:           " in done.stdout
    assert "it serves" in done.stdout
    assert ("北京" in done.stdout) == encoding.startswith("utf-8")


@pytest.mark.parametrize("arguments", COMMANDS)
@needs_dev_full
def test_a_full_disk_is_a_sentence(cli: Cli, arguments: tuple[str, ...]) -> None:
    done = shell(cli, arguments, "> /dev/full")
    assert done.returncode == 1
    assert done.stderr == "jpmanage: the output cannot be written: No space left on device.\n"


@pytest.mark.parametrize("redirect", [">&-", pytest.param("> /dev/full", marks=needs_dev_full)])
def test_a_sandbox_that_cannot_tell_where_it_is_ends(cli: Cli, redirect: str) -> None:
    done = shell(cli, ("sandbox", "--port", "0", "--licenses", "3"), redirect)
    assert done.returncode == 1
    assert done.stderr.startswith("jpmanage sandbox: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_closed_output_is_a_sentence(cli: Cli, arguments: tuple[str, ...]) -> None:
    done = shell(cli, arguments, ">&-")
    assert done.returncode == 1
    assert done.stderr == "jpmanage: the output cannot be written: Bad file descriptor.\n"


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_reader_that_has_gone_is_no_word(cli: Cli, arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    cli.env(TOKEN=KEY, USER_TOKEN=USER)
    ended = subprocess.run(
        [sys.executable, "-m", "jpmanage_tui", *arguments],
        stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False,
    )  # fmt: skip
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, b"")


@pytest.mark.parametrize("redirect", ["2>&-", pytest.param("2> /dev/full", marks=needs_dev_full)])
@pytest.mark.parametrize("arguments", MISTAKES)
def test_without_an_error_output_the_exit_code_says_it(
    cli: Cli, arguments: tuple[str, ...], redirect: str
) -> None:
    with_words = shell(cli, arguments, "")
    assert with_words.returncode in (2, 3)
    assert with_words.stderr
    without = shell(cli, arguments, redirect)
    assert without.returncode == with_words.returncode


def test_with_everything_closed_nothing_is_written_over(cli: Cli) -> None:
    cli.keep(key=KEY, user=USER)
    before = cli.store.path.read_bytes()
    done = shell(cli, ("logout", "--profile", "nobody"), "<&- >&- 2>&-")
    assert done.returncode == 3
    assert cli.store.path.read_bytes() == before
