"""The exit codes of every command (scripts rely on them)."""

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    NOT_SIGNED_IN = 3
    REFUSED = 4
    NO_ANSWER = 5
    PARTIAL = 6
    OUTCOME_UNKNOWN = 7
    INTERRUPTED = 130


MEANINGS = {
    "0": "fine",
    "1": "internal error, a journal that cannot be used, or output that cannot be written",
    "2": "usage; no terminal; TERM=dumb; declined; read-only; would have to ask",
    "3": "not signed in",
    "4": "refused by the API",
    "5": "no answer",
    "6": "partly done, or totals that disagree",
    "7": "outcome unknown, or blocked by one",
    "129, 130, 143": "ended by SIGHUP, ctrl+c, SIGTERM",
}
"""What the exit codes say, for the man pages and the README."""
