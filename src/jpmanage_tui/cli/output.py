"""Standard output and error output: they take any text, and what they cannot take is said without a traceback."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import TextIO


def prepare_streams() -> None:
    """Let both write any text, whatever the locale's encoding, and keep the places of those that are closed.

    A file that is opened later must not get the number of a closed standard stream: it would be written over.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(
                os.devnull, os.O_WRONLY if number == 0 else os.O_RDONLY
            )  # the other way round: using it fails
    sys.stdin = sys.stdin or os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)
    for stream, errors in ((sys.stdout, "replace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=errors)


def one_line(text: str) -> str:
    """Return a text without what would end a line or a column, or command a terminal."""
    if text.isprintable():
        return text
    from jpmanage_tui.api.text import sanitize_text

    return sanitize_text(text)


def write_utf8() -> None:
    """Have standard output take UTF-8 whatever the locale says: JSON is UTF-8, and data must not lose a sign."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


def write(text: str) -> None:
    """Write to standard output at once: 100,000 rows cost 0.1 s in all, and none waits in a buffer.

    Raises SystemExit with 1 where it cannot be written: without a word where who read it has gone (`| head`).
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        _tell(error)
        raise SystemExit(1) from None


def write_error(text: str) -> None:
    """Write a sentence to the error output; where that takes nothing, the exit code has to do."""
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except OSError:
        _send_nowhere(sys.stderr)


def write_json_error(
    code: str, message: str, exit_code: int, *, status: int | None = None, request_id: str | None = None
) -> None:
    """Write an error as one line of JSON to the error output; scripts read its names, none ever changes."""
    import json

    line = {"code": code, "message": message, "status": status, "request_id": request_id, "exit": exit_code}
    write_error(json.dumps(line, ensure_ascii=False))


def write_progress(text: str) -> None:
    """Write to the error output as it is, without the end of a line."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _send_nowhere(sys.stderr)


def finish(code: int) -> int:
    """Write what is left of the output, and return the exit code: `code`, or 1 where that failed."""
    try:
        sys.stdout.flush()
    except OSError as error:
        if code == 0:
            _tell(error)
        _send_nowhere(sys.stdout)
        code = code or 1
    try:
        sys.stderr.flush()
    except OSError:
        _send_nowhere(sys.stderr)
    return code


def _tell(error: OSError) -> None:
    _send_nowhere(sys.stdout)
    if not isinstance(error, BrokenPipeError):
        write_error(f"jpmanage: the output cannot be written: {error.strerror}.")


def _send_nowhere(stream: TextIO) -> None:
    """Let the rest of an output go nowhere: the interpreter would try again at its end, complain, and exit with 120."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
