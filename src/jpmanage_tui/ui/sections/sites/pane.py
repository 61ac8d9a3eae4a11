"""What the pane beside the list says of a site: its health, products and licenses, and what can be done with it now."""

from __future__ import annotations

from collections.abc import Sequence

from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.site_health import health_state
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.ui.sections.sites.detail import site_facts
from jpmanage_tui.ui.widgets.detail_pane import Detail, Fact, Title, action_details


def site_details(site: Site, licenses: str, actions: Sequence[tuple[str, str, str | None]]) -> list[Detail]:
    """Return all that the pane says of a site; `licenses` is the line about its licenses.

    `actions` are those of its menu: (command, label, why not).
    """
    return [
        Title(site_name(site.address)),
        Fact("Health", health_state(site).strip(), state=True),
        *(Fact(label, value) for label, value in site_facts(site, licenses)),
        *action_details(actions),
    ]
