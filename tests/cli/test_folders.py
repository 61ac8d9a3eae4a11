"""Folders that are there stay as they are; those that others can write to get no secret and no journal."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from jpmanage_tui.account.service import AccountService, AppOptions
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.launch import run_app
from jpmanage_tui.operations.errors import JournalUnavailable
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.services.downloads import save_new
from tests.cli.harness import KEY, USER_ONE_KEY, Cli
from tests.sandbox.harness import NOW

SHARED = [0o777, 0o1777, 0o2775]
OWN = [0o700, 0o755, 0o2750]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def made(path: Path, bits: int) -> Path:
    path.mkdir(parents=True)
    path.chmod(bits)
    return path


@pytest.mark.parametrize("bits", SHARED)
def test_a_profile_is_not_kept_where_others_can_write_and_that_is_said_before_a_token_is_asked_for(
    cli: Cli, bits: int
) -> None:
    folder = made(cli.config, bits)
    cli.forget_requests()
    ended = cli("login", "--profile", "acme", "--paste", typed=f"{USER_ONE_KEY}\n\n")
    assert ended.code == ExitCode.USAGE
    assert str(folder) in ended.err
    assert "chmod go-w" in ended.err
    assert (mode(folder), os.listdir(folder)) == (bits, [])
    assert not [line for line in cli.asked() if "_sandbox" not in line]


@pytest.mark.parametrize("bits", OWN)
def test_a_profile_is_kept_in_a_folder_that_stays_as_it_is(cli: Cli, bits: int) -> None:
    folder = made(cli.config, bits)
    ended = cli("login", "--profile", "acme", "--paste", typed=f"{USER_ONE_KEY}\n\n")
    assert (ended.code, ended.err) == (ExitCode.OK, "")
    assert cli("whoami", "--profile", "acme").code == ExitCode.OK
    assert mode(folder) == bits


@pytest.mark.parametrize("bits", SHARED)
async def test_a_journal_is_not_kept_where_others_can_write(tmp_path: Path, bits: int) -> None:
    folder = made(tmp_path / "state", bits)
    with pytest.raises(JournalUnavailable, match="Other users can write"):
        await Journal.open(folder / "journal.sqlite")
    assert (mode(folder), os.listdir(folder)) == (bits, [])


@pytest.mark.parametrize("bits", OWN)
async def test_the_demo_keeps_its_data_in_a_folder_that_stays_as_it_is(
    cli: Cli, tmp_path: Path, bits: int
) -> None:
    folder = made(tmp_path / "demo", bits)
    account_service = AccountService.from_environment(
        AppOptions(demo=True, demo_licenses=3, demo_dir=folder, demo_now=NOW)
    )
    session = await account_service.open()
    await session.queue.recover()
    await session.close()
    await account_service.close()
    assert mode(folder) == bits
    assert {"journal.sqlite", "sandbox.sqlite"} <= set(os.listdir(folder))


@pytest.mark.parametrize("bits", SHARED)
def test_the_demo_and_the_sandbox_take_no_folder_that_others_can_write_to(
    cli: Cli, tmp_path: Path, bits: int, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = made(tmp_path / "demo", bits)
    assert run_app(AppOptions(demo=True, demo_licenses=3, demo_dir=folder)) == ExitCode.USAGE
    assert "Other users can write" in capfd.readouterr().err
    ended = cli("sandbox", "--port", "0", "--licenses", "3", "--dir", str(folder))
    assert ended.code == ExitCode.USAGE
    assert ended.err.startswith(f"jpmanage sandbox: Other users can write to the folder {folder}")
    assert (mode(folder), os.listdir(folder)) == (bits, [])


@pytest.mark.parametrize("bits", [*OWN, *SHARED])
def test_a_download_leaves_its_folder_as_it_is(tmp_path: Path, bits: int) -> None:
    folder = made(tmp_path / "downloads", bits)
    path = save_new(folder, "invoice", "pdf", b"%PDF")
    assert (mode(folder), mode(path)) == (bits, 0o600)
    assert mode(save_new(tmp_path / "new", "invoice", "pdf", b"%PDF").parent) == 0o700


LOG = """
import logging, sys
from pathlib import Path
from jpmanage_tui.cli.logfile import log_to
log_to(Path(sys.argv[1]))
logging.getLogger("jpmanage.api").info("a line")
"""


def log_into(path: Path) -> None:
    subprocess.run([sys.executable, "-c", LOG, str(path)], check=True)


@pytest.mark.parametrize("bits", [*OWN, *SHARED])
def test_a_log_leaves_its_folder_as_it_is(tmp_path: Path, bits: int) -> None:
    folder = made(tmp_path / "logs", bits)
    log_into(folder / "log.txt")
    assert (mode(folder), mode(folder / "log.txt")) == (bits, 0o600)
    (folder / "log.txt").chmod(0o644)
    log_into(folder / "log.txt")
    assert mode(folder / "log.txt") == 0o600
    assert (folder / "log.txt").read_text().count("a line") == 2


def test_a_log_that_is_no_plain_file_is_written_to_and_left_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    pipe.chmod(0o622)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        log_into(pipe)
        assert b"a line" in os.read(reading, 1000)
    finally:
        os.close(reading)
    assert mode(pipe) == 0o622


def test_tokens_of_the_environment_need_no_folder(cli: Cli) -> None:
    made(cli.config, 0o777)
    cli.env(TOKEN=KEY)
    assert cli("whoami").code == ExitCode.OK
