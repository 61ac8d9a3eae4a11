"""Downloading and reading: every trouble said, nothing half left behind, no token to the PDF's host."""

import errno
import stat
from pathlib import Path

import pytest

from jpmanage_tui.ui.sections.invoices.batch_dialog import BatchDialog
from jpmanage_tui.ui.sections.invoices.text_dialog import InvoiceTextDialog, TextList
from tests.ui.harness import LARGE, Run
from tests.ui.sections.invoices.support import (
    OPEN,
    PAID,
    PAST_DUE,
    QUICK,
    change,
    file_of,
    invoices,
    saved,
    switch,
    to,
)

SSH = "198.51.100.4 50112 192.0.2.7 22"


async def expire(run: Run) -> None:
    """Let every address that was given out expire."""
    await change(run, "UPDATE invoices SET pdf_token = pdf_token || 'x'")


async def test_the_file_is_for_the_user_alone_and_no_token_went_to_its_host(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        await to(run, view, OPEN)
        await run.press("d")
        await run.sees(f"Saved {file_of(OPEN)}")
        assert stat.S_IMODE((tmp_path / file_of(OPEN)).stat().st_mode) == 0o600
        asked = run.asked("GET", "/pdf/")
        assert asked
        assert all(entry["status"] in (200, 302) for entry in asked), (
            "that host refuses a request with a token"
        )


@pytest.mark.parametrize(
    ("keys", "names", "old"),
    [
        (("enter",), [file_of(OPEN).replace(".pdf", "-2.pdf"), file_of(OPEN)], True),
        (("down", "enter"), [file_of(OPEN)], False),
        (("escape",), [file_of(OPEN)], True),
    ],
    ids=["beside", "replace", "step back"],
)
@pytest.mark.sample(1)
async def test_a_file_that_is_there_is_asked_about(
    tmp_path: Path, keys: tuple[str, ...], names: list[str], old: bool
) -> None:
    (tmp_path / file_of(OPEN)).write_bytes(b"%PDF mine")
    async with invoices(tmp_path) as (run, view):
        await to(run, view, OPEN)
        await run.press("d")
        await run.sees(f"{OPEN} is already there", f"! {file_of(OPEN)} is in")
        await run.press(*keys)
        await run.until(lambda: not view.download.running, "the end")
        assert saved(tmp_path) == names
        assert ((tmp_path / file_of(OPEN)).read_bytes() == b"%PDF mine") is old


async def test_over_ssh_the_message_gives_the_scp_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", SSH)
    async with invoices(tmp_path, LARGE) as (run, view):
        await to(run, view, OPEN)
        await run.press("d")
        await run.sees("Copy it: scp", "@192.0.2.7:")


async def test_esc_cancels_a_download_and_nothing_is_left(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        await switch(run, pdf_seconds=60)
        await to(run, view, OPEN)
        await run.press("d")
        await run.sees(f"Downloading {OPEN}", "esc cancels")
        await run.until(lambda: "%" in (view.download.words or ""), "progress")
        await run.press("d")
        await run.sees("Download: A download is running; esc cancels it.")
        await run.press("escape")
        await run.sees(f"Download of {OPEN} canceled: nothing was saved.")
        await run.until(lambda: not view.download.running, "the end")
        assert saved(tmp_path) == []


async def test_an_address_that_has_expired_is_asked_for_again_and_tried_once_more(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        await to(run, view, OPEN)
        await expire(run)
        await run.press("d")
        await run.sees(f"Saved {file_of(OPEN)}")
        assert run.asked("GET", "/pdf/")[0]["status"] == 403


async def test_what_is_not_a_pdf_is_not_kept(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        await switch(run, pdf_kind="html")
        await to(run, view, OPEN)
        await run.press("d")
        await run.sees("What came is not a PDF. Nothing was saved.")
        assert saved(tmp_path) == []


@pytest.mark.parametrize("fault", ["500", "cut", "hang-before"])
@pytest.mark.sample(1)
async def test_a_host_in_trouble_leaves_no_file_and_a_sentence(tmp_path: Path, fault: str) -> None:
    async with invoices(tmp_path, timeouts=QUICK if "hang" in fault else None) as (run, view):
        run.sandbox.faults.replace([f"GET */pdf/* {fault}"])
        await to(run, view, OPEN)
        await run.press("d")
        await run.sees(f"Download of {OPEN}:", "Nothing was saved.")
        assert saved(tmp_path) == []
        run.sandbox.faults.replace(())
        await run.press("d")
        await run.sees(f"Saved {file_of(OPEN)}")


async def test_a_full_disk_is_said_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    async with invoices(tmp_path) as (run, view):
        await to(run, view, OPEN)
        monkeypatch.setattr("jpmanage_tui.services.downloads.os.write", full)
        await run.press("d")
        await run.until(lambda: not view.download.running, "the end")
        monkeypatch.undo()
        await run.sees("is full, or your quota on it. Nothing was saved.")
        assert saved(tmp_path) == []


async def test_a_folder_that_cannot_be_used_is_said_with_the_way_to_another(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    async with invoices(blocked / "folder") as (run, view):
        await to(run, view, OPEN)
        await run.press("d")
        await run.sees("is not a folder that can be used", "Nothing was saved.", "JPMANAGE_DOWNLOAD_DIR")


async def test_leaving_asks_while_a_download_runs(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        run.sandbox.faults.replace(["GET */pdf/* hang-before"])
        await to(run, view, OPEN)
        await run.press("d")
        await run.until(lambda: view.download.words is not None, "the download")
        await run.press("q")
        await run.sees("Leave?", "An invoice is being downloaded.")
        await run.press("escape")
        assert view.download.running
        await run.press("1", "q")
        await run.sees("Leave?", "An invoice is being downloaded.")
        await run.press("escape", "4", "escape")
        await run.until(lambda: not view.download.running, "the end")
        assert saved(tmp_path) == []
        run.sandbox.faults.replace(["GET */pdf/* hang-before"])
        dialog = await begin_all(run)
        await run.until(lambda: dialog.running, "the downloads")
        await run.press("ctrl+c")
        await run.sees("Leave?", "Invoices are being downloaded.")
        await run.press("escape", "escape")
        await run.until(lambda: not dialog.running, "the end")


# -- all ---------------------------------------------------------------------------------


async def begin_all(run: Run) -> BatchDialog:
    await run.press("D")
    await run.sees("Download all")
    await run.press("tab", "enter")
    await run.until(lambda: isinstance(run.app.screen, BatchDialog), "the dialog")
    dialog = run.app.screen
    assert isinstance(dialog, BatchDialog)
    return dialog


async def test_all_of_a_tab_means_of_that_status(tmp_path: Path) -> None:
    async with invoices(tmp_path, LARGE) as (run, view):
        await run.press("right_square_bracket")
        await run.until(lambda: view.invoice_list.items, "the open ones")
        dialog = await begin_all(run)
        await run.until(lambda: not dialog.running, "the end")
        await run.sees("2 saved.")
        assert saved(tmp_path) == [file_of(PAST_DUE), file_of(OPEN)]


async def test_files_that_are_there_are_skipped_and_never_written_over(tmp_path: Path) -> None:
    (tmp_path / file_of(PAID)).write_bytes(b"%PDF mine")
    async with invoices(tmp_path, LARGE) as (run, _):
        dialog = await begin_all(run)
        await run.until(lambda: not dialog.running, "the end")
        await run.sees("24 saved, 1 already there, 1 without a PDF.")
        assert (tmp_path / file_of(PAID)).read_bytes() == b"%PDF mine"


async def test_stopping_leaves_what_is_complete_and_the_rest_can_be_tried_after(tmp_path: Path) -> None:
    async with invoices(tmp_path, LARGE) as (run, _):
        run.sandbox.faults.replace(["GET */pdf/* latency=30 x1 +4"])
        dialog = await begin_all(run)
        await run.until(lambda: saved(tmp_path) and len(run.asked("GET", "/pdf/")) >= 4, "a few")
        await run.until(
            lambda: any(name.startswith(".jpmanage") for name in saved(tmp_path)), "one on its way"
        )
        await run.press("escape")
        await run.until(lambda: not dialog.running, "stopped")
        await run.sees("Stopped: the rest was not downloaded.")
        assert not [name for name in saved(tmp_path) if name.startswith(".")]
        run.sandbox.faults.replace(())
        dialog.query_one("#retry").focus()
        await run.press("enter")
        await run.until(lambda: dialog.downloads.complete, "the end")
        await run.sees("25 saved, 1 without a PDF.")
        assert len(saved(tmp_path)) == 25


async def test_three_failures_one_after_another_end_it(tmp_path: Path) -> None:
    async with invoices(tmp_path, LARGE) as (run, _):
        run.sandbox.faults.replace(["GET */pdf/* 500"])
        dialog = await begin_all(run)
        await run.until(lambda: not dialog.running, "the end")
        await run.sees("3 failed", "Ended after 3 failures one after another.")
        assert saved(tmp_path) == []


@pytest.mark.slow
async def test_a_list_that_ends_in_an_error_says_so_beside_what_was_saved(tmp_path: Path) -> None:
    async with invoices(tmp_path, LARGE) as (run, _):
        run.sandbox.faults.replace(["GET */partner/invoices 500 +1"])
        dialog = await begin_all(run)
        await run.until(lambda: not dialog.running, "the end")
        await run.sees("9 saved, 1 without a PDF.", "The list of invoices ends here: the server failed (500)")


async def test_a_full_disk_ends_all_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("jpmanage_tui.services.downloads.os.fsync", full)
    async with invoices(tmp_path, LARGE) as (run, _):
        dialog = await begin_all(run)
        await run.until(lambda: not dialog.running, "the end")
        await run.sees("1 failed", "Ended: the disk of")
        assert saved(tmp_path) == []


# -- reading -----------------------------------------------------------------------------


async def test_enter_shows_the_invoice_in_the_terminal_and_d_saves_it_without_fetching_it_again(
    tmp_path: Path,
) -> None:
    async with invoices(tmp_path) as (run, view):
        await to(run, view, OPEN)
        await run.press("enter")
        await run.sees(f"Invoice number: {OPEN}", "Bill to", "1 page")
        assert saved(tmp_path) == []
        fetched = len(run.asked("GET", "/pdf/"))
        await run.press("G")
        await run.sees("Total")
        await run.press("g", "j")
        text = run.app.screen.query_one(TextList)
        assert text.scroll_offset.y == 1
        await run.press("d")
        await run.sees(f"Saved {file_of(OPEN)}")
        assert len(run.asked("GET", "/pdf/")) == fetched
        assert saved(tmp_path) == [file_of(OPEN)]


async def test_a_text_wider_than_the_terminal_moves_sideways(tmp_path: Path) -> None:
    async with invoices(tmp_path, (40, 20)) as (run, view):
        await to(run, view, OPEN)
        await run.press("enter")
        await run.sees("sideways")
        text = run.app.screen.query_one(TextList)
        await run.press("right", "right", "right", "right", "right", "right", "right", "right")
        assert text.left == text.furthest > 0
        await run.press("left")
        assert text.left == text.furthest - 8


async def test_a_resize_leaves_the_reader_of_an_invoice_at_his_line(tmp_path: Path) -> None:
    async with invoices(tmp_path, (80, 16)) as (run, view):
        await to(run, view, OPEN)
        await run.press("enter")
        await run.sees(f"Invoice number: {OPEN}", "1 page")
        text = run.app.screen.query_one(TextList)
        await run.press("j", "j", "j", "j", "j")
        for width, height in ((100, 16), (60, 14), (120, 18), (80, 16)):
            await run.pilot.resize_terminal(width, height)
            await run.until(lambda size=(width, height): run.app.size == size, "the size")  # type: ignore[misc]
            assert text.scroll_offset.y == 5, (width, height)


async def test_a_text_moved_sideways_moves_back_where_all_of_it_fits(tmp_path: Path) -> None:
    async with invoices(tmp_path, (40, 20)) as (run, view):
        await to(run, view, OPEN)
        await run.press("enter")
        await run.sees("sideways")
        text = run.app.screen.query_one(TextList)
        await run.press("right", "right")
        assert text.left > 0
        await run.pilot.resize_terminal(120, 20)
        await run.until(lambda: text.left == 0 and "sideways" not in run.said("#about"), "all of it fits")


async def test_esc_leaves_a_text_that_is_still_loading(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        await switch(run, pdf_seconds=60)
        await to(run, view, OPEN)
        await run.press("enter")
        await run.sees("Loading")
        await run.press("escape")
        await run.until(lambda: len(run.app.screen_stack) == 2, "closed")
        assert view.invoice_list.has_focus


async def test_a_text_that_cannot_be_fetched_says_why_and_r_tries_again(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        run.sandbox.faults.replace(["GET */pdf/* 500"])
        await to(run, view, OPEN)
        await run.press("enter")
        await run.sees("The host of the PDF failed (HTTP 500).", "r tries again")
        assert isinstance(run.app.screen, InvoiceTextDialog)
        run.sandbox.faults.replace(())
        await run.press("r")
        await run.sees(f"Invoice number: {OPEN}")
