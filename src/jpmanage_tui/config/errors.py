"""What can be wrong with the configuration, said in one sentence a user can act on."""

from __future__ import annotations


class ConfigError(Exception):
    """A settings, credentials or state file (or variable) that cannot be used.

    ``sentence`` is meant for the user: it names the file or variable, what is wrong, and how to mend it.
    It never holds a secret.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class UsageError(ConfigError):
    """Options or variables that contradict each other (exit code 2)."""


class Locked(ConfigError):
    """Another program holds the lock of a file, and did so for as long as was waited."""
