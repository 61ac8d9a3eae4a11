"""The exit codes of every command (scripts rely on them)."""

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended."""

    FINE = 0
    INTERNAL = 1
    USAGE = 2
    NOT_SIGNED_IN = 3
    REFUSED = 4
    NO_ANSWER = 5
    PARTLY = 6
    UNKNOWN = 7
    INTERRUPTED = 130
