"""What connecting a site came to, in words."""

from __future__ import annotations

from jpmanage_tui.api.sites import ConnectionCode, SiteConnection
from jpmanage_tui.operations.mutations.sites import ConnectSite
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.ui.common.text import ANSWER_LOST, Where, log_words


def is_connected(outcome: Outcome[SiteConnection]) -> bool:
    """Return whether the site is connected now: done, and not the answer that leaves it as it was."""
    answer = outcome.result
    return outcome.happened and (answer is None or answer.code is not ConnectionCode.PREVIOUSLY_CONNECTED)


def connecting_text(outcome: Outcome[SiteConnection], where: Where = Where.SCREEN) -> str:
    """Return what connecting came to, the three good answers told apart (contract: licenses 1.15)."""
    change = outcome.change
    url = change.url if isinstance(change, ConnectSite) else "The site"
    if outcome.unknown:
        return f"It is not known whether {url} is connected. {outcome.detail} {log_words(where)}"
    answer = outcome.result
    if not outcome.happened and answer is None:
        return f"{url} was not connected. {outcome.detail}"
    if answer is None:
        return f"{url} is connected {ANSWER_LOST}. {outcome.detail}".rstrip()
    named = f" (Site ID {answer.blog_id})" if answer.blog_id is not None else ""
    match answer.code:
        case ConnectionCode.ALREADY_CONNECTED:
            return f"{url}{named} was connected already. Nothing was changed."
        case ConnectionCode.PREVIOUSLY_CONNECTED:
            return (
                f"{url}{named} is NOT connected: it was connected once and disconnected by hand, and the API does "
                "not reconnect such a site. Connect Jetpack again in the WordPress dashboard of the site itself."
            )
        case _:
            return f"{url}{named} is connected."
