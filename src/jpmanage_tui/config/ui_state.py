"""What the app remembers of its looks and first steps between two starts: no setting, no secret.

It lies in ``state.toml`` beside what else is remembered. A file that cannot be read or written hinders nothing: what is
remembered then holds until the program ends.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.state import StateFile, StateValue

_SECTION: Final = "ui"
_LOCK_SECONDS = 0.2
"""How long another program that writes the file is waited for: nobody waits for this on the screen."""


class UiState:
    """The theme chosen in the app, the terminal's background as it last answered, whether the tour was offered.

    Everything is read once, when it is first asked for. Setters write nothing where the value is the one that is stored;
    what went wrong is in `take_trouble`.
    """

    def __init__(self, state_dir: Path | None) -> None:
        """``state_dir`` is the folder of ``state.toml``; None remembers nothing after the program has ended."""
        self._file = StateFile(state_dir) if state_dir is not None else None
        self._stored: dict[str, StateValue] | None = None
        self._trouble: str | None = None

    @property
    def theme(self) -> str | None:
        """The name of the theme that was chosen in the app, None where none was."""
        value = self._values.get("theme")
        return value if isinstance(value, str) else None

    @theme.setter
    def theme(self, name: str) -> None:
        self._set("theme", name)

    @property
    def dark_background(self) -> bool | None:
        """Whether the terminal's background was dark when it last told, None where it never did."""
        value = self._values.get("background")
        return value == "dark" if value in ("dark", "light") else None

    @dark_background.setter
    def dark_background(self, dark: bool) -> None:
        self._set("background", "dark" if dark else "light")

    @property
    def tour_offered(self) -> bool:
        """Whether the tour was offered before."""
        return self._values.get("tour_offered") is True

    @tour_offered.setter
    def tour_offered(self, offered: bool) -> None:
        self._set("tour_offered", offered)

    def take_trouble(self) -> str:
        """Return why the file could not be read or written, as a sentence, and only once; "" where nothing is wrong."""
        trouble, self._trouble = self._trouble, self._trouble and ""
        return trouble or ""

    @property
    def _values(self) -> dict[str, StateValue]:
        if self._stored is None:
            self._stored = {}
            if self._file is not None:
                try:
                    self._stored = self._file.entries(_SECTION)
                except ConfigError as error:
                    self._note(error)
        return self._stored

    def _set(self, key: str, value: StateValue) -> None:
        values = self._values
        if values.get(key) == value:
            return
        values[key] = value
        if self._file is not None:
            try:
                self._file.set(_SECTION, key, value, _LOCK_SECONDS)
            except ConfigError as error:
                self._note(error)

    def _note(self, error: ConfigError) -> None:
        if self._trouble is None:
            self._trouble = f"Not remembered for the next start: {error.sentence}"
