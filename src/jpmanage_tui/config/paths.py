"""Where the program keeps its files: settings and credentials, state (journal), downloads."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs

APP_NAME = "jpmanage"


def _from_env(env: Mapping[str, str] | None, name: str) -> Path | None:
    value = (os.environ if env is None else env).get(name, "")
    return Path(value).expanduser() if value else None


def config_dir(env: Mapping[str, str] | None = None) -> Path:
    """Return the folder of ``config.toml`` and the credentials: ``JPMANAGE_CONFIG_DIR``, else the platform's.

    ``env`` stands for the process environment when it is None. The folder need not exist.
    """
    return _from_env(env, "JPMANAGE_CONFIG_DIR") or platformdirs.user_config_path(APP_NAME)


def settings_file(env: Mapping[str, str] | None = None) -> Path:
    """Return the path of ``config.toml``, which need not exist; ``env`` as in :func:`config_dir`."""
    return config_dir(env) / "config.toml"


def state_dir(env: Mapping[str, str] | None = None) -> Path:
    """Return the folder of the journal and of ``state.toml``: ``JPMANAGE_STATE_DIR``, else the platform's.

    ``env`` stands for the process environment when it is None. The folder need not exist.
    """
    return _from_env(env, "JPMANAGE_STATE_DIR") or platformdirs.user_state_path(APP_NAME)


def download_dir(setting: Path | None = None, env: Mapping[str, str] | None = None) -> Path:
    """Return where downloads go: ``JPMANAGE_DOWNLOAD_DIR``, else ``setting``, else ``~/Downloads`` or home.

    ``setting`` is ``download_dir`` of ``config.toml``; ``env`` the process environment when it is None.
    """
    chosen = _from_env(env, "JPMANAGE_DOWNLOAD_DIR") or setting
    if chosen is not None:
        return chosen
    downloads = Path.home() / "Downloads"
    return downloads if downloads.is_dir() else Path.home()
