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
