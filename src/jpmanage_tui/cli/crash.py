"""What an error that nobody handled leaves on stderr: where it happened, and no value of anything."""

from __future__ import annotations

import sys
import traceback
from types import TracebackType

from jpmanage_tui.cli import output


def report(error: BaseException) -> str:
    """Return where an error happened, innermost last, with the kinds of the errors that led to it.

    Messages are left out, as values are: the text of an error may hold a token.
    """
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        frames = traceback.extract_tb(seen.__traceback__)
        part = [f"{type(seen).__module__}.{type(seen).__qualname__}"]
        part += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        lines[:0] = part
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\n".join(lines)


def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Write one sentence and the report to stderr (a `sys.excepthook`)."""
    del trace
    output.write_error(
        f"jpmanage: an internal error ({kind.__name__}); what was asked may be half done. "
        "Please report it with these lines, which hold no token:\n"
        f"{report(error)}"
    )


def install() -> None:
    """Show errors that nobody handles this way from now on; the exit code stays Python's own, 1."""
    sys.excepthook = show
