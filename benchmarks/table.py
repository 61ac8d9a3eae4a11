"""The results as Markdown, for the terminal and the README."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_ORDER = ("jpmanage", "jpmanage before", "VisiData", "Textual DataTable", "empty Textual app")


def _figure(value: object) -> str:
    if not isinstance(value, int | float):
        return "—"
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows), ""]


def targets(results: Mapping[str, Any]) -> str:
    """Return the targets and whether each is met."""
    lines: list[str] = []
    for block in results["targets"]:
        lines += [f"**Targets at {block['licenses']:,} licenses, {block['size']}, {block['theme']}**", ""]
        lines += _table(
            ("what", "figure", "limit", "", "verdict"),
            (
                (
                    one["what"],
                    f"{_figure(one['figure'])} {one['unit']}",
                    _figure(one["limit"]),
                    one["note"],
                    one["verdict"],
                )
                for one in block["checks"]
            ),
        )
    return "\n".join(lines)


def measurements(results: Mapping[str, Any]) -> str:
    """Return every median: one table for each number of licenses and size, one column for each program."""
    groups: dict[tuple[int, str, str], dict[tuple[str, str], dict[str, str]]] = {}
    for one in results["measurements"]:
        group = groups.setdefault((one["licenses"], one["size"], one["theme"]), {})
        group.setdefault((one["what"], one["unit"]), {})[one["program"]] = _figure(one["median"])
    lines: list[str] = []
    for (licenses, size, theme), group in groups.items():
        lines += [f"**{licenses:,} licenses, {size}, {theme}** (medians)", ""]
        rows = (
            (f"{what}, {unit}", *(found.get(program, "") for program in _ORDER))
            for (what, unit), found in group.items()
        )
        lines += _table(("what", *_ORDER), rows)
    return "\n".join(lines)
