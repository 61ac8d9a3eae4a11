"""How long a request may take, phase by phase."""

from typing import NamedTuple, Protocol


class PhaseTimeouts(Protocol):
    """Seconds a request may spend in each phase; ``total`` bounds a call with its retries and pauses."""

    @property
    def connect(self) -> float:
        """Seconds to open a connection."""

    @property
    def read(self) -> float:
        """Seconds without a byte from the server."""

    @property
    def write(self) -> float:
        """Seconds without being able to send a byte."""

    @property
    def pool(self) -> float:
        """Seconds to wait for a free connection."""

    @property
    def total(self) -> float:
        """Seconds for the whole call, retries and pauses included."""


class Timeouts(NamedTuple):
    """The defaults, in seconds."""

    connect: float = 10.0
    read: float = 30.0
    write: float = 30.0
    pool: float = 10.0
    total: float = 75.0
