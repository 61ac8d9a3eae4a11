"""What the program remembers by itself between sessions (``state.toml``): no setting, no secret."""

from __future__ import annotations

from pathlib import Path

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.files import lock, parse_toml, read_private, target_of, write_private

StateValue = str | int | bool
_KEY_ID = "key_id"


class StateFile:
    """``state.toml`` in the state folder: small values in sections, such as the partner key chosen in a
    profile.
    """

    def __init__(self, state_dir: Path) -> None:
        """``state_dir`` is the state folder; nothing is read or made yet."""
        self.path = state_dir / "state.toml"

    def get(self, section: str, key: str) -> StateValue | None:
        """Return what is remembered under ``key`` of ``section``, or None.

        Raises:
            ConfigError: the file cannot be read (one that is no TOML is put aside, and nothing is
                remembered).

        """
        return self.entries(section).get(key)

    def entries(self, section: str) -> dict[str, StateValue]:
        """Return all that is remembered in ``section``. Raises ConfigError as `get` does."""
        return self._read().get(section, {})

    def set(self, section: str, key: str, value: StateValue | None, seconds: float = 10.0) -> None:
        """Remember ``value`` under ``key`` of ``section``; None forgets it.

        Waits at most ``seconds`` for another program that writes the file.

        Raises:
            ConfigError: the file cannot be written.

        """
        import tomli_w  # not for a start that only reads

        with lock(self.path, seconds):
            state = self._read()
            entries = state.setdefault(section, {})
            entries.pop(key, None)
            if value is not None:
                entries[key] = value
            write_private(self.path, tomli_w.dumps(state).encode())

    def key_id(self, place: str) -> int | None:
        """Return the id of the partner key chosen last at a place (a profile or an account), None where there is none."""
        value = self.get(place, _KEY_ID)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def remember_key(self, place: str, key_id: int | None, seconds: float = 10.0) -> None:
        """Remember the partner key chosen at a place: its id only, never its token (contract: account 7.1).

        None forgets it. Raises ConfigError as `set` does.
        """
        self.set(place, _KEY_ID, key_id, seconds)

    def _read(self) -> dict[str, dict[str, StateValue]]:
        data = read_private(self.path)
        if data is None:
            return {}
        try:
            table = parse_toml(data, self.path)
        except ConfigError as error:
            # Nothing here is worth refusing to start for; kept beside it, so that it can be looked at.
            file = target_of(self.path)
            try:
                file.replace(file.with_name(f"{file.name}.broken"))
            except OSError:
                raise error from None
            return {}
        return {
            section: {key: value for key, value in entries.items() if isinstance(value, str | int)}
            for section, entries in table.items()
            if isinstance(entries, dict)
        }
