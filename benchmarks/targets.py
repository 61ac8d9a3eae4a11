"""The targets: each is a figure of this run beside its limit, met or not. They are printed, never asserted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from benchmarks import cold, keys
from benchmarks.programs import EMPTY, JPMANAGE, VISIDATA
from benchmarks.samples import Samples, Setting
from benchmarks.terminal import Size

MANY = 100_000
"""From so many licenses on the memory of a program that holds them all is what it is compared with."""


@dataclass(frozen=True)
class Target:
    """One target: what, the figure, the limit, and what the limit comes from."""

    what: str
    figure: float | None
    limit: float | None
    unit: str
    note: str = ""

    @property
    def verdict(self) -> str:
        """Return met, NOT met, or that it was not measured."""
        if self.figure is None or self.limit is None:
            return "not measured"
        return "met" if self.figure <= self.limit else "NOT met"

    def to_json(self) -> dict[str, object]:
        """Return it for the JSON file."""
        return {
            "what": self.what,
            "figure": self.figure,
            "limit": self.limit,
            "unit": self.unit,
            "note": self.note,
            "verdict": self.verdict,
        }


def _times(factor: float, value: float | None) -> float | None:
    return None if value is None else factor * value


def check(samples: Samples, licenses: int, size: Size, theme: str) -> list[Target]:
    """Return the targets for so many licenses, a size and a theme."""
    ours = Setting(JPMANAGE, licenses, size, theme)
    return [*_starting(samples, ours), *_moving(samples, ours), *_rest(samples, ours)]


def _starting(samples: Samples, own: Setting) -> Iterator[Target]:
    peer, least, libraries = (replace(own, program=name) for name in (VISIDATA, EMPTY, cold.LIBRARIES))
    empty = samples.median(least, cold.FRAME, "ms")
    frame, rows = (samples.median(own, what, "ms") for what in (cold.FRAME, cold.ROWS))
    yield Target("first frame, cold", frame, _times(1.4, empty), "ms", "1.4 x an empty Textual app")
    theirs = samples.median(peer, cold.ROWS, "ms")
    note = "2.6 x an empty Textual app" + (f"; VisiData's first rows {theirs:,.0f} ms" if theirs else "")
    yield Target("first license rows, cold", rows, _times(2.6, empty), "ms", note)
    command, importing = (samples.median(one, cold.COMMAND, "ms") for one in (own, libraries))
    if command is not None:
        yield Target("jpmanage whoami", command, _times(2.2, importing), "ms", f"2.2 x {cold.LIBRARIES!r}")
    if own.licenses < MANY:
        return
    unit = "MB at most"
    memory, limit = (samples.median(one, keys.AFTER, unit) for one in (own, peer))
    yield Target("peak memory after all keys", memory, limit, "MB", "VisiData's")


def _moving(samples: Samples, own: Setting) -> Iterator[Target]:
    peer = replace(own, program=VISIDATA)
    first, last = "ms to first byte", "ms to last byte"
    yield Target("arrow key", samples.median(own, keys.ARROW, "bytes"), 40, "bytes")
    yield Target("arrow key, footer changes", samples.median(own, keys.ARROW_FOOTER, "bytes"), 150, "bytes")
    ours, theirs = (samples.median(one, keys.ARROW, first) for one in (own, peer))
    yield Target("arrow key, first byte", ours, 16, "ms")
    yield Target(
        "arrow key, first byte", ours, _times(3, theirs), "ms", "3 x VisiData's, which first echoes the key"
    )
    page = samples.median(peer, keys.PAGE, "bytes")
    yield Target(
        "page down", samples.median(own, keys.PAGE, "bytes"), _times(1.2, page), "bytes", "1.2 x VisiData's"
    )
    for what in (keys.PAGE, keys.PAGE_AGAIN):
        ours, theirs = (samples.median(one, what, last) for one in (own, peer))
        yield Target(f"{what}, last byte", ours, theirs, "ms", "VisiData's")


def _rest(samples: Samples, own: Setting) -> Iterator[Target]:
    yield Target("Tab", samples.median(own, keys.TAB, "bytes"), 1000, "bytes")
    for words, prefixes, limit in (
        ("change of screen", (keys.SCREEN, keys.AGAIN), 8000),
        ("dialog open", (keys.OPEN,), 5000),
        ("dialog close", (keys.CLOSE,), 5000),
    ):
        found = [one for one in (samples.worst(own, prefix, "bytes") for prefix in prefixes) if one]
        what, figure = max(found, key=lambda pair: pair[1], default=("", None))
        yield Target(words, figure, limit, "bytes", f"the dearest: {what}" if what else "")
    yield Target("one character typed", samples.median(own, keys.TYPE, "bytes"), 200, "bytes")
    figure = samples.median(own, keys.DETAILS, "bytes")
    if figure is not None:
        yield Target("details filled after a rest", figure, 1500, "bytes")
    figure = samples.median(own, keys.REFRESHING, "bytes/s")
    if figure is not None:
        asked = samples.median(own, keys.REFRESHING, keys.ALL_REQUESTS)
        yield Target(
            "idle, refreshing", figure, 0, "bytes/s", f"{asked:.0f} requests" if asked is not None else ""
        )
    yield Target("idle", samples.median(own, keys.IDLE, "bytes/s"), 0, "bytes/s")
    yield Target("idle in a field", samples.median(own, keys.IDLE_FIELD, "bytes/s"), 0, "bytes/s")
    yield Target("waiting for a slow answer", samples.median(own, keys.WAITING, "bytes/s"), 100, "bytes/s")
    yield Target("resize, full repaints", samples.median(own, keys.REPAINTS, "times"), 1, "times")
    asked = samples.median(own, keys.END, keys.LIST_REQUESTS)
    yield Target("go to the end", asked, 1 if own.size[1] < 40 else 2, "requests", "the pages in view")
    asked = samples.median(own, keys.SEARCH, keys.LIST_REQUESTS)
    yield Target("ten characters typed in search", asked, 2, "requests")
