"""What a list of sites reads: the file that has it, and whether issuing is open."""

from __future__ import annotations

from pathlib import Path

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.paths import expand_user
from jpmanage_tui.rules.site_list import ListError, decode

MOST_BYTES = 10_000_000
"""A file that is greater is no list of sites."""
MOST_NAME = 255
"""So many characters a file's name has at the most."""


def is_file_name(words: str) -> bool:
    """Return whether what could be an address is the name of a file in the folder where the program was started."""
    return "/" not in words and len(words) < MOST_NAME and Path(words).is_file()


def read_list_file(name: str) -> str:
    """Return the text of the file of a list; `~` at the beginning is the user's folder.

    Raises ListError, whose text is a sentence, where it cannot be read or is no text.
    """
    try:
        path = expand_user(Path(name), "The file")
    except ConfigError as error:
        raise ListError(error.sentence) from None
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ListError(f"{path} cannot be read: {reason}.") from None
    if len(data) > MOST_BYTES:
        raise ListError(f"{path} is greater than {MOST_BYTES // 1_000_000} MB: that is no list of sites.")
    return decode(data)
