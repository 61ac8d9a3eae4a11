"""The whole program for a screen reader: no line and no sign on any screen, a row is a line, words say what signs say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jpmanage_tui.ui.common.accessibility import words_of
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.sections.registry import SECTIONS
from tests.ui.harness import SMALL
from tests.ui.terminal.test_characters import SIGNS
from tests.ui.terminal.test_real_screens import SIXTEEN, MirroredApp, back_to_the_list, mirrored, over_ssh

__all__ = ["over_ssh"]


class AccessibleApp(MirroredApp):
    """The program in its accessible mode; stock rendering has other cells, so the two are not compared."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, accessible=True, **options)

    def compare(self) -> None:
        assert self.differed is not None
        drawn = "\n".join(self.differed.display)
        assert not SIGNS.search(drawn), drawn

    @property
    def lines(self) -> list[str]:
        assert self.differed is not None
        return self.differed.display


async def test_every_section_is_lines_of_words_and_a_row_says_what_it_is(
    over_ssh: Callable[[str], str], tmp_path: Path
) -> None:
    async with mirrored(SMALL, over_ssh(SIXTEEN), tmp_path, app_class=AccessibleApp) as (run, app):
        assert isinstance(app, AccessibleApp)
        assert any("All Active" in line and "(this one)" in line for line in app.lines)
        assert any(
            line.startswith("Columns: Product, ") and "Issued sorted down" in line for line in app.lines
        )
        await run.press("j", "space")
        await run.until(lambda: any(line.startswith("marked: ") for line in app.lines), "the marked row")
        assert app.differed is not None
        assert app.lines[app.differed.row].strip()
        await run.press("tab")
        await run.until(lambda: any("1 Licenses, shown" in line for line in app.lines), "the sidebar")
        app.notify("The key is not known.", severity="error")
        await run.until(
            lambda: any("Error: The key is not known." in line for line in app.lines), "the message"
        )
        for section in SECTIONS:
            await run.press(key_for(f"open-{section.name}"))
            await run.until(lambda name=section.name: app.main.current == name, section.title)  # type: ignore[misc]
            await run.press("question_mark")
            await run.until(lambda: "esc Close" in app.lines[-1], "the footer of the dialog")
            assert not any("( )" in line for line in app.lines), "a sign that is not drawn"
            await back_to_the_list(run)


def test_signs_before_a_row_are_read_as_words_and_what_nearly_every_row_is_not_at_all() -> None:
    assert words_of("*⌄≡ ") == "marked, bundle: "
    assert words_of("⌃ ") == "open: "
    assert words_of(" ⌄ ") == words_of("  ") == ""
