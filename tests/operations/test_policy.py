"""How often and after which pauses it is looked up what became of a change."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jpmanage_tui.operations.policy import Policy

MANY, FEW, ONE = (0.0, 2.0, 5.0, 15.0, 30.0), (0.0, 2.0, 4.0), (0.0,)


@pytest.mark.parametrize("code", [None, "internal_server_error", "unable_to_pay_invoice"])
@pytest.mark.parametrize(
    ("age", "old"),
    [
        (timedelta(0), False),
        (timedelta(seconds=-30), False),  # the clock was put back
        (timedelta(seconds=10), False),
        (timedelta(minutes=9, seconds=59), False),
        (timedelta(minutes=10), True),
        (timedelta(days=30), True),
    ],
)
def test_one_look_is_enough_after_ten_minutes_and_no_earlier(
    age: timedelta, old: bool, code: str | None
) -> None:
    soon = FEW if code == "unable_to_pay_invoice" else MANY
    assert Policy().pauses_after(age, code) == (ONE if old else soon)


def test_the_patience_is_what_the_documents_say() -> None:
    policy = Policy()
    assert policy.long_ago == timedelta(minutes=10)
    assert (policy.rate_limit_tries, policy.rate_limit_longest, policy.rate_limit_pause) == (6, 300.0, 5.0)
    assert (policy.card_tries, policy.card_pause) == (5, 1.0)
    assert policy.close_seconds == 10.0
