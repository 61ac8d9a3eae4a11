"""Exporting what a screen lists: the question for the format, the work beside the screen, and how it ended."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from textual.app import App
from textual.worker import Worker, get_current_worker

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.downloads import disk_words
from jpmanage_tui.services.exports import Export, Record, write_export
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog
from jpmanage_tui.ui.widgets.status_line import Severity

PROGRESS_EVERY = 500
"""After so many rows the status line says how far it is."""
FOR_EXCEL = "for Excel (;)"
STOPPED = "The export was stopped: no file was written."
UNDER_WAY = "An export is on its way; esc stops it."


class ExportingView(Protocol):
    """The section of which something is exported."""

    session: Session
    exporting: Worker[Any] | None

    @property
    def app(self) -> App[object]:
        """The Textual app."""

    def notify(self, message: str, *, severity: Severity = "information") -> None:
        """Say something in the status line."""

    @property
    def is_mounted(self) -> bool:
        """Whether the section is still there."""

    def notify_if_shown(self, message: str) -> None:
        """Say something unless another section is shown."""


async def export(view: ExportingView, what: Export) -> None:
    """Ask for the format, load what is not loaded yet, write the file and say where it is."""
    if view.exporting is not None:
        view.notify(UNDER_WAY, severity="warning")
        return
    choices = [Choice("csv", "CSV"), Choice("json", "JSON"), Choice("excel", f"CSV {FOR_EXCEL}")]
    if what.codes:
        choices = [
            Choice("csv", "CSV, license codes masked"),
            Choice("csv-codes", "CSV with the license codes"),
            Choice("json", "JSON, license codes masked"),
            Choice("json-codes", "JSON with the license codes"),
            Choice("excel", f"CSV {FOR_EXCEL}, license codes masked"),
            Choice("excel-codes", f"CSV {FOR_EXCEL}, with the license codes"),
        ]
    chosen = await view.app.push_screen_wait(ChoiceDialog(f"Export {what.title}", choices))
    if chosen is None:
        return
    form, _, codes = chosen.partition("-")
    try:
        words, whole = await _write(view, what, form, bool(codes))
    except asyncio.CancelledError:
        if view.is_mounted:  # the user stopped it
            view.notify(STOPPED, severity="warning")
        raise
    except ApiError as error:
        failure = error_text(error, "Export", again=key_for("export"))
        view.notify(f"{failure} No file was written.", severity="error")
    except OSError as error:
        view.notify(f"Export: {disk_words(error, view.session.download_folder)}", severity="error")
    else:
        view.notify(words, severity="success" if whole else "warning")


async def _write(view: ExportingView, what: Export, form: str, codes: bool) -> tuple[str, bool]:
    """Write the file; return the sentence about it, and whether it has everything."""
    rows: list[Record] = []
    view.exporting = get_current_worker()
    try:
        async for row in what.rows(codes):
            rows.append(row)
            if len(rows) % PROGRESS_EVERY == 0:
                tell_progress(view, f"{pluralize(len(rows), what.noun, what.many)} so far")
    finally:
        view.exporting = None
    lacks = what.lacks()
    path = await write_export(what, rows, form, view.session.download_folder, lacks)
    words = f"{pluralize(len(rows), what.noun, what.many)} written to {path}"
    return (f"{words}. Not complete: {lacks}." if lacks else words), not lacks


def tell_progress(view: ExportingView, words: str) -> None:
    """Say how far an export is."""
    view.notify_if_shown(f"Exporting… {words} (esc stops)")
