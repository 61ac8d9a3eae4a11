"""A settings file to begin with: every setting in a comment, with what it is without the file."""

from __future__ import annotations

import os
from pathlib import Path

import tomli_w

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.files import ensure_private_dir
from jpmanage_tui.config.settings import SETTINGS_HELP, Settings

_EXAMPLES: dict[str, object] = {
    "token_command": "pass show jetpack",
    "user_token_command": "pass show wordpress",
    "oauth_client_id": "12345",
    "oauth_client_secret": "secret",
    "download_dir": "~/invoices",
    "theme": "terminal",
    "ascii": True,
    "profile": "default",
}
"""Of the settings that have no value without the file."""


def template() -> str:
    """Return the text of such a file."""
    settings = Settings()
    lines = [
        "# Settings of jpmanage. Take the # away from what you change; what is not here is as the comment says.",
        "",
    ]
    for name, words in SETTINGS_HELP.items():
        value = getattr(settings, name)
        lines.append(f"# {words}")
        if name == "timeouts":
            lines += ["# [timeouts]", *(f"# {line}" for line in tomli_w.dumps(value._asdict()).splitlines())]
        elif name == "keys":
            lines += [
                "# [keys]",
                '# refresh = ["f5", "f6"]',
                '# down = "J"',
                "# [keys.licenses]",
                '# assign = "B"',
            ]
        else:
            shown = value if value is not None else _EXAMPLES[name]
            lines.append(f"# {tomli_w.dumps({name: shown}).strip()}")
        lines.append("")
    return "\n".join(lines)


def write_template(path: Path) -> None:
    """Write such a file for its owner alone. Raises ConfigError where there is one, or it cannot be written."""
    try:
        ensure_private_dir(path.parent)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise ConfigError(f"{path} is there already, and stays as it is.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror or error}.") from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(template())
    except OSError as error:  # a full disk: what is there of it would keep the next try from writing
        path.unlink(missing_ok=True)
        raise ConfigError(f"{path} cannot be written: {error.strerror or error}.") from None
