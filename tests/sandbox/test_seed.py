"""The first data: the same for the same seed, like an agency's, at any size."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from jpmanage_tui.sandbox import app, schema
from jpmanage_tui.sandbox.app import Sandbox, create_sandbox
from jpmanage_tui.sandbox.options import SandboxError, SandboxOptions
from jpmanage_tui.sandbox.store import FILE_NAME
from tests.sandbox import first_data
from tests.sandbox.harness import NOW, options

EPOCH = int(NOW.timestamp())
LONG_AGO = EPOCH - 300 * 86_400


@pytest.fixture(autouse=True)
def made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the data of each sandbox, where other tests copy them."""
    monkeypatch.setattr(app, "_prepare", first_data.make)


@asynccontextmanager
async def made(chosen: SandboxOptions) -> AsyncIterator[Sandbox]:
    """A sandbox with its data, closed afterwards."""
    sandbox = create_sandbox(chosen)
    try:
        await sandbox.ready()
        yield sandbox
    finally:
        await sandbox.close()


def digest(connection: sqlite3.Connection) -> str:
    """A fingerprint of everything in the database."""
    total = hashlib.sha256()
    for statement in connection.iterdump():
        total.update(statement.encode())
    return total.hexdigest()


async def fingerprint(chosen: SandboxOptions) -> str:
    async with made(chosen) as sandbox:
        return await sandbox.read(digest)


def number(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])


async def count(sandbox: Sandbox, rows: str) -> int:
    """How many of the rows named by the rest of a statement there are."""
    return await sandbox.read(lambda connection: number(connection, f"SELECT count(*) FROM {rows}"))


async def test_the_same_seed_size_and_time_make_the_same_data_and_others_make_other() -> None:
    first = await fingerprint(options(60))
    assert first == await fingerprint(options(60))
    assert first != await fingerprint(options(60, seed=2))
    assert first != await fingerprint(options(61))
    assert first != await fingerprint(options(60, now=NOW + timedelta(days=1)))


@pytest.mark.parametrize("size", [0, 1, 5, 30, 250, 3000])
async def test_any_size_gives_so_many_rows_and_keeps_the_rules(size: int) -> None:
    async with made(options(size)) as sandbox:
        flat = "SELECT count(*) FROM licenses WHERE key_id = 90121 AND parent_license_id IS NULL"
        assert await sandbox.read(lambda c: number(c, flat)) == size
        for broken in (
            "issued_at > attached_at",
            "issued_at > revoked_at",
            "attached_at > revoked_at",
            f"max(issued_at, coalesce(attached_at, 0), coalesce(revoked_at, 0)) > {EPOCH}",
            "(attached_at IS NULL) != (blog_id IS NULL)",
            "quantity IS NOT NULL AND attached_at IS NOT NULL",
            "parent_license_id IS NOT NULL AND quantity IS NOT NULL",
            "blog_id IS NOT NULL AND blog_id NOT IN (SELECT blog_id FROM sites)",
        ):
            assert await count(sandbox, f"licenses WHERE {broken}") == 0, broken
        twice = (
            "SELECT count(*) FROM (SELECT 1 FROM licenses"
            " WHERE attached_at IS NOT NULL AND revoked_at IS NULL GROUP BY blog_id, product_id HAVING count(*) > 1)"
        )
        assert await sandbox.read(lambda c: number(c, twice)) == 0, "no site has a product twice"
        wrong_size = (
            "SELECT count(*) FROM licenses p WHERE quantity > 0 AND quantity !="
            " (SELECT count(*) FROM licenses c WHERE c.parent_license_id = p.license_id)"
        )
        assert await sandbox.read(lambda c: number(c, wrong_size)) == 0


async def test_the_default_size_shows_every_kind_of_license_and_site() -> None:
    async with made(options()) as sandbox:
        for kind in (
            "licenses WHERE key_id = 90121 AND quantity = 5",
            "licenses WHERE key_id = 90121 AND quantity = 10",
            "licenses WHERE key_id = 90121 AND quantity = 25",
            "licenses WHERE owner_type = 'user' AND attached_at IS NULL",
            "licenses WHERE revoked_at IS NOT NULL AND attached_at IS NOT NULL",
            f"licenses WHERE attached_at IS NULL AND revoked_at IS NULL AND issued_at < {LONG_AGO}",
            "licenses WHERE license_key LIKE 'jetpack-backup-addon-storage-100gb-mon\\_%' ESCAPE '\\'",
            "sites WHERE is_multisite",
            "sites WHERE NOT may_manage",
            "sites WHERE NOT connected",
            "sites WHERE length(url) > 90",
            "sites WHERE url GLOB '*ü*'",
            "products WHERE price_interval = 'day'",
        ):
            assert await count(sandbox, kind) > 0, kind


async def test_making_a_sandbox_does_not_wait_for_its_data() -> None:
    began = time.monotonic()
    sandbox = create_sandbox(options(30_000))
    assert time.monotonic() - began < 0.2
    await sandbox.close()


@pytest.mark.long
async def test_100000_licenses_are_made_in_a_few_seconds() -> None:
    began = time.process_time()  # all threads of this process, whatever else the machine does
    async with made(options(100_000)) as sandbox:
        assert time.process_time() - began < 8
        assert await sandbox.read(lambda c: number(c, "SELECT count(*) FROM licenses")) > 100_000


async def test_a_folder_keeps_the_data_and_its_changes(tmp_path: Path) -> None:
    chosen = SandboxOptions(licenses=20, now=NOW, directory=tmp_path / "kept")
    async with made(chosen) as sandbox:
        first = await sandbox.read(digest)
        await sandbox.read(
            lambda c: c.execute("UPDATE partners SET name = 'Changed' WHERE partner_id = 4021")
        )
    path = tmp_path / "kept" / FILE_NAME
    assert path.stat().st_mode & 0o777 == 0o600
    async with made(SandboxOptions(licenses=999, seed=9, directory=tmp_path / "kept")) as sandbox:
        assert await sandbox.read(digest) != first
        assert (
            await sandbox.read(lambda c: number(c, "SELECT count(*) FROM partners WHERE name = 'Changed'"))
            == 1
        )
        flat = "SELECT count(*) FROM licenses WHERE key_id = 90121 AND parent_license_id IS NULL"
        assert await sandbox.read(lambda c: number(c, flat)) == 20, "what is there is not made anew"


async def test_a_file_of_another_version_is_refused_by_name(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    connection.close()
    sandbox = create_sandbox(SandboxOptions(directory=tmp_path))
    with pytest.raises(SandboxError, match="version"):
        await sandbox.ready()
    await sandbox.close()


async def test_what_a_failing_piece_of_work_did_is_undone() -> None:
    async with made(options(5)) as sandbox:
        before = await sandbox.read(digest)

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM licenses")
            raise ValueError("broken")

        with pytest.raises(ValueError, match="broken"):
            await sandbox.read(work)
        assert await sandbox.read(digest) == before


@pytest.mark.parametrize(
    "bad", [{"licenses": -1}, {"now": NOW.replace(tzinfo=None)}], ids=["negative size", "time without a zone"]
)
def test_options_that_make_no_sense_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(SandboxError):
        SandboxOptions(**bad)  # type: ignore[arg-type]


async def test_what_other_tests_copy_is_what_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    anew = await fingerprint(options(60))
    monkeypatch.setattr(app, "_prepare", first_data.copy)
    assert await fingerprint(options(60)) == anew
    assert await fingerprint(options(60)) == anew
