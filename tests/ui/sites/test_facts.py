"""What is said of a site, without a screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jpmanage_tui.api.models.site import Site
from jpmanage_tui.ui.sites import facts


def site(**more: object) -> Site:
    """A healthy site of which the API says little else."""
    return Site.model_validate({"blog_id": 7, "url": "a.example", "is_connection_healthy": True, **more})


@pytest.mark.parametrize(
    ("given_by_the_api", "words"),
    [
        ({}, "connected"),
        ({"is_connection_healthy": None}, "—"),
        ({"is_connection_healthy": False}, "disconnected"),
        ({"monitor_active": True, "monitor_site_status": False}, "down"),
        ({"monitor_active": False, "monitor_site_status": False}, "connected"),
        ({"latest_scan_threats_found": [{"id": 1}]}, "1 threat"),
        ({"has_backup": True, "latest_backup_status": "rewind_backup_failed"}, "backup failed"),
        ({"has_backup": True, "latest_backup_status": "rewind_backup_complete"}, "connected"),
        ({"has_backup": False, "latest_backup_status": "rewind_backup_failed"}, "connected"),
        ({"awaiting_plugin_updates": ["jetpack", "akismet"]}, "2 updates"),
        (
            {
                "is_connection_healthy": False,
                "latest_scan_threats_found": [1, 2],
                "awaiting_plugin_updates": ["x"],
            },
            "disconnected, 2 threats, 1 update",
        ),
    ],
)
def test_health_names_the_troubles_worst_first_and_only_what_the_api_says(
    given_by_the_api: dict[str, object], words: str
) -> None:
    assert facts.health(site(**given_by_the_api)) == words


def test_the_facts_name_threats_backup_updates_monitor_and_php() -> None:
    told = dict(
        facts.facts(
            site(
                has_backup=True,
                latest_backup_status="rewind_backup_warning",
                has_scan=True,
                monitor_active=True,
                monitor_site_status=True,
                awaiting_plugin_updates=["jetpack", "akismet"],
                php_version_num=8.1,
                is_multisite=True,
            ),
            "Jetpack Scan",
        )
    )
    assert told["Backup"] == "on, the latest: warning"
    assert told["Scan"] == "on, no threats found"
    assert told["Monitor"] == "on, the site is up"
    assert told["Updates"] == "2 plugins to update: jetpack, akismet"
    assert told["PHP"] == "8.1"
    assert told["Products"] == "Backup, Scan"
    assert told["Licenses"] == "Jetpack Scan"
    assert "Multisite" in told


def test_what_the_api_does_not_say_is_not_made_up() -> None:
    told = dict(facts.facts(site(is_connection_healthy=None), "—"))
    assert told["Connection"] == told["PHP"] == facts.UNSAID
    assert told["Products"] == "none reported"
    assert "Multisite" not in told


@given(
    value=st.text(alphabet=st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=200),
    width=st.integers(1, 120),
)
def test_folding_loses_no_word_and_keeps_to_the_width(value: str, width: int) -> None:
    lines = facts.folded([("Label", value)], width)
    room = max(8, width - facts.LABEL_WIDTH)
    assert all(len(piece) <= room for _, piece in lines)
    assert "".join("".join(piece for _, piece in lines).split()) == "".join(value.split())
    assert [label for label, _ in lines] == ["Label", *[""] * (len(lines) - 1)]
