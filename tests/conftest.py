"""What holds for every test."""

import gc
import sys
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings

from tests.environment import settle

settle()
settings.register_profile("no-times", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(
    "no-times"
)  # how fast a machine makes its examples, and that of a newcomer its tables, is no fault

TWICE = ("[120x36]", "-120x36]", "[120x36-", "-200x50]")
"""What a test is called at the larger of the sizes at which many run."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to `make long` the same test at the larger size, what is marked slow, and of the cases of a test marked with
    `sample(number)` those after the first so many: `make test` stays quick.
    """
    quick: Counter[str] = Counter()
    for item in items:
        sample = item.get_closest_marker("sample")
        if any(mark in item.name for mark in TWICE) or item.get_closest_marker("slow") is not None:
            item.add_marker(pytest.mark.long)
        elif sample is not None:
            test = item.nodeid.partition("[")[0]
            quick[test] += 1
            if quick[test] > sample.args[0]:
                item.add_marker(pytest.mark.long)


def pytest_collection_finish() -> None:
    """Keep the garbage collector from looking through every module that was loaded, again and again in each app."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Stop the servers that tests have shared."""
    harness = sys.modules.get("tests.sandbox.harness")
    if harness is not None:
        harness.stop_servers()
