"""What is said of a site, without a screen."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.site_health import health
from jpmanage_tui.services.fields.field import record_of
from jpmanage_tui.services.fields.sites import SITE_FIELDS
from jpmanage_tui.ui.sections.sites import detail


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
def test_health_names_the_problems_worst_first_and_only_what_the_api_says(
    given_by_the_api: dict[str, object], words: str
) -> None:
    assert health(site(**given_by_the_api)) == words


def test_the_facts_name_threats_backup_updates_monitor_and_php() -> None:
    told = dict(
        detail.site_facts(
            site(
                has_backup=True,
                latest_backup_status="rewind_backup_warning",
                has_scan=True,
                latest_scan_threats_found=[],
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
    told = dict(detail.site_facts(site(is_connection_healthy=None), "—"))
    unsaid = ("Connection", "Monitor", "Scan", "Backup", "Updates", "PHP")
    assert {name: told[name] for name in unsaid} == dict.fromkeys(unsaid, detail.UNSAID)
    assert told["Products"] == "none reported"
    assert "Multisite" not in told


@pytest.mark.parametrize(
    ("given_by_the_api", "name", "words"),
    [
        ({"has_scan": False}, "Scan", "off"),
        ({"has_scan": True}, "Scan", f"on, {detail.UNSAID} what the latest found"),
        (
            {"has_scan": True, "latest_scan_threats_found": None},
            "Scan",
            f"on, {detail.UNSAID} what the latest found",
        ),
        ({"has_scan": True, "latest_scan_threats_found": []}, "Scan", "on, no threats found"),
        ({"latest_scan_threats_found": [1]}, "Scan", "1 threat found"),
        ({"has_backup": False}, "Backup", "off"),
        ({"monitor_active": False}, "Monitor", "off"),
        ({"monitor_active": ""}, "Monitor", detail.UNSAID),
        ({"awaiting_plugin_updates": []}, "Updates", "none waiting"),
        ({"awaiting_plugin_updates": None}, "Updates", detail.UNSAID),
    ],
)
def test_none_is_said_only_where_the_api_says_none(
    given_by_the_api: dict[str, object], name: str, words: str
) -> None:
    assert dict(detail.site_facts(site(**given_by_the_api), "—"))[name] == words


def test_an_export_leaves_empty_what_the_api_does_not_say() -> None:
    bare = record_of(SITE_FIELDS, Site.model_validate({"blog_id": 7, "url": "a.example"}))
    assert {name for name, value in bare.items() if value} == {"site", "site_id"}
    told = record_of(
        SITE_FIELDS,
        site(
            monitor_active=False, latest_scan_threats_found=[], has_backup=False, awaiting_plugin_updates=[],
            is_favorite=False,
        )
    )  # fmt: skip
    names = ("monitor", "threats", "backup", "plugin_updates", "favorite")
    assert [told[name] for name in names] == ["off", 0, "off", 0, False]


@given(
    value=st.text(alphabet=st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=200),
    width=st.integers(1, 120),
)
def test_folding_loses_no_word_and_keeps_to_the_width(value: str, width: int) -> None:
    lines = detail.wrap_facts([("Label", value)], width)
    room = max(8, width - detail.LABEL_WIDTH)
    assert all(len(piece) <= room for _, piece in lines)
    assert "".join("".join(piece for _, piece in lines).split()) == "".join(value.split())
    assert [label for label, _ in lines] == ["Label", *[""] * (len(lines) - 1)]
