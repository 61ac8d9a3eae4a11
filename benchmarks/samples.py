"""What was measured: samples by program, data, size and action."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from benchmarks.terminal import Cost, Size

DEFAULT_THEME = "dark"
"""What jpmanage takes without a setting where the terminal has 256 colors."""


@dataclass(frozen=True)
class Setting:
    """One program, on so many licenses, in a terminal of a size; `theme` is jpmanage's."""

    program: str
    licenses: int
    size: Size
    theme: str = DEFAULT_THEME


@dataclass
class Samples:
    """Numbers by setting, by what was done, and by what was counted: bytes, ms, MB, requests."""

    taken: dict[tuple[Setting, str, str], list[float]] = field(default_factory=dict)

    def add(self, setting: Setting, what: str, unit: str, value: float | None) -> None:
        """Take one number; None is none."""
        if value is not None:
            self.taken.setdefault((setting, what, unit), []).append(value)

    def add_cost(self, setting: Setting, what: str, cost: Cost) -> None:
        """Take what a key cost."""
        self.add(setting, what, "bytes", cost.count)
        self.add(setting, what, "ms to first byte", _ms(cost.first))
        self.add(setting, what, "ms to last byte", _ms(cost.last))

    def median(self, setting: Setting, what: str, unit: str) -> float | None:
        """Return the median, None where nothing was measured."""
        values = self.taken.get((setting, what, unit))
        return median(values) if values else None

    def worst(self, setting: Setting, prefix: str, unit: str) -> tuple[str, float] | None:
        """Return the action with the highest median among those whose names begin with `prefix`."""
        found = [
            (what, median(values))
            for (one, what, counted), values in self.taken.items()
            if one == setting and counted == unit and what.startswith(prefix)
        ]
        return max(found, key=lambda pair: pair[1], default=None)

    def rows(self) -> Iterator[dict[str, object]]:
        """Yield every measurement for the JSON file."""
        for (setting, what, unit), values in self.taken.items():
            yield {
                "program": setting.program,
                "licenses": setting.licenses,
                "size": f"{setting.size[0]}x{setting.size[1]}",
                "theme": setting.theme,
                "what": what,
                "unit": unit,
                "median": round(median(values), 2),
                "least": round(min(values), 2),
                "most": round(max(values), 2),
                "tries": len(values),
            }


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000
