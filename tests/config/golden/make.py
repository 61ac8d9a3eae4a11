"""Makes the golden settings: run once with the code of the first release, commit ca8556e; the files are kept.

    git worktree add --detach ../first ca8556e
    PYTHONPATH=../first/src:. python -m tests.config.golden.make

``credentials.toml`` and ``state.toml`` are as that release wrote them. ``keys.txt`` has the names of the commands that
``[keys]`` could move then, ``settings.txt`` the names of the settings.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from jpmanage_tui.config.credentials import CredentialStore, Profile
from jpmanage_tui.config.settings import Settings
from jpmanage_tui.config.state import StateFile
from jpmanage_tui.ui.sections.registry import all_command_sets

HERE = Path(__file__).parent
ENDS = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def main() -> None:
    """Write the files beside this one."""
    store = CredentialStore(HERE)
    store.save(Profile(name="agency", key_token=SecretStr("a-key-token"), key_id=45, key_name="Acme – Größe"))
    store.save(
        Profile(
            name="signed-in",
            account="Acme",
            key_token=SecretStr("another-key-token"),
            key_id=46,
            key_name="Second",
            user_token=SecretStr("a-user-token"),
            refresh_token=SecretStr("a-refresh-token"),
            expires_at=ENDS,
            client_id="98765",
            client_secret=SecretStr("a-client-secret"),
            client_routes="oauth2-1",
            api_url="http://127.0.0.1:8787",
        ),
        make_default=True,
    )
    state = StateFile(HERE)
    state.set("profile signed-in", "key_id", 46)
    state.set("public-api.wordpress.com partner 123", "key_id", 45)
    names = {command.name for one in all_command_sets() for command in one if command.remappable}
    (HERE / "keys.txt").write_text("\n".join(sorted(names)) + "\n")
    (HERE / "settings.txt").write_text("\n".join(sorted(Settings._fields)) + "\n")


if __name__ == "__main__":
    main()
