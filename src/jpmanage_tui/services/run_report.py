"""The report of a run as a file: every change with its state, codes, site, product, times, message and price."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.run import Run, RunItem
from jpmanage_tui.operations.runner import Runner
from jpmanage_tui.services.exports import Export, Record, masked

REPORT_COLUMNS = (
    "position",
    "state",
    "outcome",
    "kind",
    "license_key",
    "issued_license_keys",
    "site",
    "blog_id",
    "product",
    "quantity",
    "request_id",
    "entry_id",
    "created_at",
    "sent_at",
    "settled_at",
    "message",
    "price",
    "currency",
    "interval",
    "summary",
)
"""The names of the columns. They are read by scripts: none ever changes, new ones come last."""
AT_ONCE = 500
"""So many changes are read at a time."""


def report_record(item: RunItem, *, codes: bool) -> Record:
    """Return a change of a run as a row of the report; license codes are masked unless `codes`.

    `state` is how the item stands (`ItemState`), `outcome` how its journal's entry does, None where it was not begun.
    """
    change, entry, price = item.change, item.entry, item.price

    def code(key: str) -> str:
        return key if codes else masked(key)

    key, issued = _text(change, "license_key"), entry.result if entry is not None else ()

    def with_codes(sentence: str) -> str:
        for one in filter(None, (key, *issued)):
            sentence = sentence.replace(one, code(one))
        return sentence

    return {
        "position": item.position + 1,
        "state": item.state.value,
        "outcome": entry.state.value if entry is not None else None,
        "kind": change.kind,
        "license_key": code(key) if key else None,
        "issued_license_keys": " ".join(map(code, issued)) or None,
        "site": _text(change, "site_url"),
        "blog_id": _number(change, "blog_id"),
        "product": _text(change, "product_name") or _text(change, "product"),
        "quantity": _number(change, "quantity"),
        "request_id": entry.request_id if entry is not None else None,
        "entry_id": entry.id if entry is not None else None,
        "created_at": entry.created_at if entry is not None else None,
        "sent_at": entry.sent_at if entry is not None else None,
        "settled_at": entry.settled_at if entry is not None else None,
        "message": with_codes(entry.message if entry is not None else item.note) or None,
        "price": Decimal(price.amount) if price is not None else None,
        "currency": price.currency if price is not None else None,
        "interval": price.interval if price is not None else None,
        "summary": with_codes(change.summary()),
    }


def _text(change: Mutation[Any], name: str) -> str | None:
    value = getattr(change, name, None)
    return value if isinstance(value, str) and value else None


def _number(change: Mutation[Any], name: str) -> int | None:
    value = getattr(change, name, None)
    return value if isinstance(value, int) else None


def run_report(runner: Runner, run: Run) -> Export:
    """Return the report of a run, as it stands when its rows are read; they raise JournalUnavailable."""

    async def rows(codes: bool) -> AsyncIterator[Record]:
        start = 0
        while items := await runner.items(run.id, start, AT_ONCE):
            for item in items:
                yield report_record(item, codes=codes)
            start += AT_ONCE

    return Export(f"the report of “{run.title}”", "change", f"run-{run.id}", REPORT_COLUMNS, rows, codes=True)
