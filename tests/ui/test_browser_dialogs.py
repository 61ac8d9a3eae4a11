"""The dialogs that send one to a browser: whatever the address, it can be read, copied, and gone on from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rich.text import Text
from textual.color import Color
from textual.widgets import Static

from jpmanage_tui.ui.dialogs.browser import BrowserDialog, DemoEntry, Handover, HandoverDialog, LinkDialog
from jpmanage_tui.ui.onboarding.sign_in import SignInDialog
from jpmanage_tui.ui.terminal.colors import ColorDepth
from jpmanage_tui.ui.widgets.qr_code import REVERSED
from tests.cases import cases
from tests.ui.harness import LARGE, SMALL, Run, running

BANK = "https://hooks.stripe.example/3d_secure_2/hosted?"
FEW = 20
DIALOGS = ("link", "hand-over", "hand-over in the demo", "sign-in")


@pytest.fixture(autouse=True)
def over_ssh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22")


def address(characters: int) -> str:
    return BANK + "x" * (characters - len(BANK))


async def nothing_yet() -> None:
    return None


async def act() -> str:
    return "done."


async def opened(run: Run, kind: str, url: str) -> BrowserDialog[Any]:
    dialog: BrowserDialog[Any]
    if kind == "link":
        dialog = LinkDialog("View Site", url)
    elif kind == "sign-in":
        dialog = SignInDialog(run.app.account_service)
    else:
        demo = [DemoEntry("Approve", act), DemoEntry("Decline", act)] if "demo" in kind else []
        text = ["Your bank asks the cardholder to confirm this card.", "Cancel gives up waiting."]
        dialog = HandoverDialog(Handover("Your bank asks", text, url, nothing_yet, "Asking Stripe", demo))
    run.app.push_screen(dialog)
    await run.until(lambda: run.app.screen is dialog and dialog.focused is not None, kind)
    if kind == "sign-in":
        run.app.workers.cancel_group(dialog, "sign-in")
        dialog.show_address(url)
    await run.pilot.pause()
    await run.pilot.pause()
    return dialog


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was copied, instead of copying it."""
    texts: list[str] = []

    async def copy(_app: object, text: str, what: str) -> str:
        texts.append(text)
        return f"{what}: sent."

    monkeypatch.setattr("jpmanage_tui.ui.dialogs.dialog.Dialog.copied", copy)
    return texts


def shown(run: Run) -> str:
    return "\n".join(run.lines(run.app.screen))


@pytest.mark.parametrize(
    ("kind", "size", "characters"),
    cases(
        (
            (f"{kind} {characters} {size[0]}x{size[1]}", (kind, size, characters))
            for characters in (3000, 8000)
            for size in (SMALL, LARGE, (40, 12))
            for kind in DIALOGS
        ),
        f"{next(iter(DIALOGS))} 3000 80x24",
        f"{list(DIALOGS)[-1]} 8000 40x12",
    ),
)
async def test_an_address_too_long_for_a_code_is_a_link_that_scrolls_and_copies_and_a_sentence_says_why(
    kind: str, size: tuple[int, int], characters: int, copied: list[str]
) -> None:
    async with running(size, licenses=FEW) as run:
        dialog = await opened(run, kind, address(characters))
        words = f"This address of {characters:,} characters is too long for a QR code"
        assert str(dialog.query_one("#qr").content).startswith(words)  # type: ignore[attr-defined]
        assert "hooks.stripe.example" in shown(run)
        box = dialog.query_one("#address-box")
        await run.press("pagedown")
        await run.until(lambda: box.scroll_offset.y > 0, "the address scrolls")
        await run.press("pageup")
        dialog.query_one("#copy").focus()
        await run.press("enter")
        await run.until(lambda: copied, "it is copied")
        assert copied == [address(characters)]
        await run.until(lambda: "[ Copy" in shown(run), "the focused button is in view")
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.app.main, "it closes")


@pytest.mark.parametrize(
    ("kind", "characters", "size"),
    cases(
        (
            (f"{kind} {characters}", (kind, characters, size))
            for characters, size in ((90, SMALL), (100, SMALL), (260, LARGE))
            for kind in DIALOGS
        ),
        f"{next(iter(DIALOGS))} 100",
        f"{list(DIALOGS)[-1]} 260",
    ),
)
async def test_a_code_that_fits_beside_the_text_is_shown_whole_and_so_is_the_text(
    kind: str, characters: int, size: tuple[int, int]
) -> None:
    async with running(size, licenses=FEW) as run:
        dialog = await opened(run, kind, address(characters))
        await run.until(lambda: dialog.has_class("-beside"), "the code")
        code = dialog.query_one("#qr").region
        assert code.right <= size[0]
        assert code.bottom <= size[1]
        text = " ".join(line[: code.x] for line in run.lines(dialog)).split()
        for button in dialog.query("Button"):
            label = f"[ {button.label} ]"  # type: ignore[attr-defined]
            assert label in " ".join(text)


@pytest.mark.parametrize("size", [(80, 23), (60, 23), (50, 20)])
@pytest.mark.sample(1)
async def test_where_no_code_fits_the_sentence_about_it_is_shown_whole(size: tuple[int, int]) -> None:
    async with running(size, licenses=FEW) as run:
        dialog = await opened(run, "link", address(100))
        sentence = str(dialog.query_one("#qr").content)  # type: ignore[attr-defined]
        assert sentence.startswith("A QR code of this address needs")
        assert sentence in " ".join(shown(run).split())


@pytest.mark.parametrize("kind", cases(((kind, kind) for kind in DIALOGS), "hand-over"))
async def test_a_code_is_white_on_black_in_every_theme_so_that_a_phone_reads_it(kind: str) -> None:
    async with running(LARGE, licenses=FEW) as run:
        for theme in ("terminal", "dark", "light"):
            run.app.theme = theme
            dialog = await opened(run, kind, address(60))
            await run.until(lambda dialog=dialog: dialog.has_class("-code"), "the code")  # type: ignore[misc]
            code = dialog.query_one("#qr").styles
            assert (code.color, code.background) == (
                Color.parse("ansi_bright_white"),
                Color.parse("ansi_black"),
            )
            await run.press("escape")


async def test_the_title_stands_free_in_the_edge_as_in_every_other_dialog() -> None:
    async with running(LARGE, licenses=FEW) as run:
        await opened(run, "link", address(60))
        assert run.lines(run.app.screen)[0].startswith("─ View Site ──")


async def test_after_a_resize_the_code_stands_where_there_is_room_for_it(
    resized: Callable[[Run, int, int], Any],
) -> None:
    async with running(LARGE, licenses=FEW) as run:
        dialog = await opened(run, "link", address(100))
        for width, height, is_code in ((80, 24, True), (80, 20, False), (60, 40, True), (120, 36, True)):
            await resized(run, width, height)
            await run.until(
                lambda is_code=is_code: dialog.has_class("-code") is is_code,  # type: ignore[misc]
                f"{width}x{height}",
            )


@pytest.fixture
def resized() -> Callable[[Run, int, int], Any]:
    async def resize(run: Run, width: int, height: int) -> None:
        await run.pilot.resize_terminal(width, height)

    return resize


async def test_in_ascii_the_address_is_the_one_to_type_and_the_code_is_of_blanks() -> None:
    async with running((120, 45), licenses=FEW) as run:
        run.app.ascii_only = True
        dialog = await opened(run, "link", "https://győr-bistro.example/é")
        await run.until(lambda: dialog.has_class("-beside"), "the code")
        assert "https://xn--gyr-bistro-04b.example/%C3%A9" in shown(run)
        assert not str(dialog.query_one("#qr").content).strip()  # type: ignore[attr-defined]


@pytest.mark.parametrize("dark", [True, False, None])
async def test_without_colors_the_code_is_not_turned_over_by_the_reverse_that_stands_for_a_background(
    dark: bool | None,
) -> None:
    async with running(SMALL, licenses=FEW) as run:
        run.app.color_depth, run.app.dark_background = ColorDepth.NONE, dark
        dialog = await opened(run, "link", "https://győr-bistro.example/é")
        await run.until(lambda: dialog.has_class("-code"), "the code")
        assert not dialog.has_class("-colored")
        code = dialog.query_one("#qr", Static)
        assert isinstance(code.content, Text)
        assert (code.content.style == REVERSED) is (dark is False)


async def test_the_code_goes_when_the_address_takes_more_lines_than_when_it_was_drawn() -> None:
    async with running((120, 36), licenses=FEW) as run:
        dialog = await opened(run, "link", address(60))
        await run.until(lambda: dialog.has_class("-code"), "the code")
        dialog.url = address(285)
        dialog.draw_code()  # before the longer address is laid out
        assert dialog.has_class("-code")
        dialog.query_one("#link", Static).update(dialog.url)
        await run.until(lambda: not dialog.has_class("-code"), "it needs more rows")
        assert "needs 37 rows" in str(dialog.query_one("#qr", Static).content)
