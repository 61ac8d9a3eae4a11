"""Where the program keeps its files: settings and credentials, state (journal), downloads."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import platformdirs

from jpmanage_tui.config.errors import ConfigError

APP_NAME = "jpmanage"


def expand_user(path: Path, name: str) -> Path:
    """Return a path with `~` and `~user` as their folders; `name` is the variable, key or option that gave it.

    Raises ConfigError where there is no such folder: no home, or no such user.
    """
    try:
        return path.expanduser()
    except RuntimeError:
        raise ConfigError(f"{name}: there is no home folder that {path.parts[0]} stands for.") from None


def _from_env(env: Mapping[str, str] | None, name: str) -> Path | None:
    value = (os.environ if env is None else env).get(name, "")
    return expand_user(Path(value), name) if value else None


def _of_platform(find: Callable[[str], Path], name: str) -> Path:
    """Return the platform's folder; `name` is the variable that would name another."""
    try:
        path = find(APP_NAME)
    except RuntimeError:
        path = Path("~")
    if path.parts[0].startswith("~"):  # as it is where nobody knows the home folder
        raise ConfigError(f"There is no home folder here: set {name}.")
    return path


def config_dir(env: Mapping[str, str] | None = None) -> Path:
    """Return the folder of ``config.toml`` and the credentials: ``JPMANAGE_CONFIG_DIR``, else the platform's.

    ``env`` stands for the process environment when it is None. The folder need not exist. Raises ConfigError where the
    home folder that it is in is not known; so do the others here.
    """
    given = _from_env(env, "JPMANAGE_CONFIG_DIR")
    return given or _of_platform(platformdirs.user_config_path, "JPMANAGE_CONFIG_DIR")


def settings_file(env: Mapping[str, str] | None = None) -> Path:
    """Return the path of ``config.toml``, which need not exist; ``env`` as in :func:`config_dir`."""
    return config_dir(env) / "config.toml"


def state_dir(env: Mapping[str, str] | None = None) -> Path:
    """Return the folder of the journal and of ``state.toml``: ``JPMANAGE_STATE_DIR``, else the platform's.

    ``env`` stands for the process environment when it is None. The folder need not exist.
    """
    given = _from_env(env, "JPMANAGE_STATE_DIR")
    return given or _of_platform(platformdirs.user_state_path, "JPMANAGE_STATE_DIR")


def download_dir(setting: Path | None = None, env: Mapping[str, str] | None = None) -> Path:
    """Return where downloads go: ``JPMANAGE_DOWNLOAD_DIR``, else ``setting``, else ``~/Downloads`` or home.

    Where there is no home it is the current folder: most of what is done downloads nothing.

    ``setting`` is ``download_dir`` of ``config.toml``; ``env`` the process environment when it is None.
    """
    chosen = _from_env(env, "JPMANAGE_DOWNLOAD_DIR") or setting
    if chosen is not None:
        return chosen
    try:
        home = Path.home()
    except RuntimeError:
        return Path.cwd()
    return home / "Downloads" if (home / "Downloads").is_dir() else home
