"""Faults: how they are written, and which one a request meets."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase

from jpmanage_tui.sandbox.options import SandboxError

KINDS = (
    "latency",
    "429",
    "500",
    "502",
    "401",
    "malformed",
    "cut",
    "reset-before",
    "reset-after",
    "hang-before",
    "hang-after",
    "search-ignores-page",
)
METHODS = ("*", "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD")
SHAPE = "'METHOD PATH-GLOB KIND[=ARG] [xCOUNT] [+SKIP] [%PERCENT]'"


class FaultError(SandboxError):
    """A fault spec cannot be read; the message names what is wrong with it."""


@dataclass
class Fault:
    """One fault and how often it still strikes. `count` None means always; `skip` requests pass first.

    Of those that do not pass, `percent` in a hundred are struck, by chance; the chance is the same in every run.
    """

    method: str
    glob: str
    kind: str
    arg: str = ""
    count: int | None = None
    skip: int = 0
    percent: float = 100.0
    spec: str = ""

    def __post_init__(self) -> None:
        self._chance = random.Random(self.spec)  # noqa: S311 - a sandbox's faults, to be met again in another run

    @property
    def seconds(self) -> float:
        """The argument as seconds: of ``latency`` and ``429`` (1 when it has none)."""
        return float(self.arg) if self.arg else 1.0

    @property
    def told_seconds(self) -> float | None:
        """The seconds that a ``429`` asks to wait for, None where it does not say."""
        return None if self.arg == "none" else self.seconds

    @property
    def after(self) -> bool:
        """Whether it strikes after the handler has run and what it changed is committed."""
        return self.kind in ("malformed", "cut", "reset-after", "hang-after") or self.arg == "after"

    def fits(self, method: str, path: str) -> bool:
        """Tell whether it concerns this request."""
        return self.method in ("*", method) and fnmatchcase(path, self.glob)

    def strikes(self) -> bool:
        """Count one request that it fits, and tell whether it strikes this one."""
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.percent < 100 and self._chance.random() * 100 >= self.percent:
            return False
        if self.count is None:
            return True
        self.count -= 1
        return self.count >= 0


@dataclass(frozen=True)
class Verdict:
    """What happens to one request: seconds of delay, flags for the handler, and at most one failure."""

    delay: float = 0.0
    failure: Fault | None = None
    flags: frozenset[str] = field(default_factory=frozenset)


class FaultSet:
    """The faults in force. Each request asks once; every fault that fits counts it."""

    def __init__(self, specs: Sequence[str] = ()) -> None:
        self._faults = [parse_fault(spec) for spec in specs]

    def replace(self, specs: Sequence[str]) -> None:
        """Put other faults in force. Raises FaultError, and changes nothing, when one cannot be read."""
        self._faults = [parse_fault(spec) for spec in specs]

    def specs(self) -> list[str]:
        """Return the specs in force, as they were written."""
        return [fault.spec for fault in self._faults]

    def judge(self, method: str, path: str) -> Verdict:
        """Decide what happens to a request: latencies add up, the first failure that strikes wins."""
        delay = 0.0
        failure: Fault | None = None
        flags: set[str] = set()
        for fault in self._faults:
            if not fault.fits(method, path):
                continue
            if fault.kind not in ("latency", "search-ignores-page") and failure is not None:
                continue
            if not fault.strikes():
                continue
            if fault.kind == "latency":
                delay += fault.seconds
            elif fault.kind == "search-ignores-page":
                flags.add(fault.kind)
            else:
                failure = fault
        return Verdict(delay, failure, frozenset(flags))


def parse_fault(spec: str) -> Fault:
    """Read ``METHOD PATH-GLOB KIND[=ARG] [xCOUNT] [+SKIP] [%PERCENT]``.

    METHOD is a method or ``*``; PATH-GLOB is matched against the whole path (``*`` crosses slashes). ARG:
    seconds of ``latency`` (default 1) and of ``429``'s Retry-After (default 1, ``none``: without the header);
    ``before`` (default) or ``after`` for ``500`` and ``502``, or for ``500`` an error code to answer with; bytes to send
    before a ``cut`` (default half). ``%5`` strikes five requests in a hundred. Raises FaultError.
    """
    words = spec.split()
    if len(words) < 3:
        raise FaultError(f"The fault {spec!r} is too short: it is written {SHAPE}.")
    method, glob, what, *rest = words
    if method.upper() not in METHODS:
        raise FaultError(f"The fault {spec!r} begins with {method!r}: use one of {', '.join(METHODS)}.")
    if not glob.startswith(("/", "*")):
        raise FaultError(f"The path {glob!r} in the fault {spec!r} must begin with / or *.")
    kind, has_arg, arg = what.partition("=")
    if kind not in KINDS:
        near = get_close_matches(kind, KINDS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(KINDS)}."
        raise FaultError(f"The fault {spec!r} has no known kind {kind!r}: {hint}")
    _check_arg(spec, kind, arg, bool(has_arg))
    fault = Fault(method.upper(), glob, kind, arg, spec=spec)
    for word in rest:
        _read_option(fault, word)
    return fault


def _read_option(fault: Fault, word: str) -> None:
    match = re.fullmatch(r"([x+])(\d{1,6})|%(\d{1,3}(?:\.\d{1,3})?)", word)
    if match is None:
        raise FaultError(f"The fault {fault.spec!r} ends with {word!r}: use xCOUNT, +SKIP or %PERCENT.")
    if match[3] is not None:
        fault.percent = float(match[3])
        if fault.percent > 100:
            raise FaultError(f"The fault {fault.spec!r} strikes {match[3]} in a hundred: use %100 at most.")
    elif match[1] == "x":
        fault.count = int(match[2])
    else:
        fault.skip = int(match[2])


def _is_seconds(arg: str) -> bool:
    return re.fullmatch(r"\d{1,6}(\.\d{1,3})?", arg) is not None


_ARG_RULES: dict[str, tuple[Callable[[str], bool], str]] = {
    "latency": (_is_seconds, "a number of seconds"),
    "429": (lambda arg: arg == "none" or _is_seconds(arg), "a number of seconds, or none"),
    "500": (
        lambda arg: re.fullmatch(r"[a-z][a-z0-9_]{2,60}", arg) is not None,
        "before, after or an error code",
    ),
    "502": (lambda arg: arg in ("before", "after"), "before or after"),
    "cut": (lambda arg: re.fullmatch(r"\d{1,6}", arg) is not None, "a number of bytes"),
}


def _check_arg(spec: str, kind: str, arg: str, given: bool) -> None:
    if not given:
        return
    if kind not in _ARG_RULES:
        raise FaultError(f"The kind {kind!r} in the fault {spec!r} takes no argument.")
    fits, words = _ARG_RULES[kind]
    if not fits(arg):
        raise FaultError(f"The argument {arg!r} of {kind!r} in the fault {spec!r} must be {words}.")
