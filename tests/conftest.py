"""What holds for every test."""

import gc
import sys
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.environment import settle

settle()
gc.disable()  # until all tests are collected: what that makes stays
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
    """Keep the garbage collector from looking through every module that was loaded, and let it look seldom.

    It took a fifth of the time of a test that runs an app. A test that counts what is left collects itself.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def first_data_made_once() -> Iterator[None]:
    """Give sandboxes of the same size, seed and time a copy of data that were made once."""
    from jpmanage_tui.sandbox import app
    from tests.sandbox import first_data

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "_prepare", first_data.copy)
        yield


def pytest_sessionfinish() -> None:
    """Stop the servers that tests have shared."""
    harness = sys.modules.get("tests.sandbox.harness")
    if harness is not None:
        harness.stop_servers()
