"""The report of a run as a file: every change with its state, codes, site, product, times, message and price."""

from __future__ import annotations

from collections.abc import AsyncIterator

from jpmanage_tui.operations.run import Run, RunItem
from jpmanage_tui.operations.runner import Runner
from jpmanage_tui.services.exports import Cell, Export, Record, masked
from jpmanage_tui.services.fields.field import names_of, record_of
from jpmanage_tui.services.fields.run_items import RUN_ITEM_FIELDS

REPORT_COLUMNS = names_of(RUN_ITEM_FIELDS)
"""The names of the columns. They are read by scripts: none ever changes, new ones come last."""
AT_ONCE = 500
"""So many changes are read at a time."""


def report_record(item: RunItem, *, codes: bool) -> Record:
    """Return a change of a run as a row of the report; license codes are masked unless `codes`."""
    record = record_of(RUN_ITEM_FIELDS, item)
    if codes:
        return record
    issued = item.entry.result if item.entry is not None else ()
    keys = [str(key) for key in (record["license_key"], *issued) if key]

    def without_codes(value: Cell) -> Cell:
        if not isinstance(value, str):
            return value
        for key in keys:
            value = value.replace(key, masked(key))
        return value

    return {name: without_codes(value) for name, value in record.items()}


def run_report(runner: Runner, run: Run) -> Export:
    """Return the report of a run, as it stands when its rows are read; they raise JournalUnavailable."""

    async def rows(codes: bool) -> AsyncIterator[Record]:
        start = 0
        while items := await runner.items(run.id, start, AT_ONCE):
            for item in items:
                yield report_record(item, codes=codes)
            start += AT_ONCE

    return Export(f"the report of “{run.title}”", "change", f"run-{run.id}", REPORT_COLUMNS, rows, codes=True)
