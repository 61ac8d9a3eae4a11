"""How a fault is written, and which request it strikes."""

from __future__ import annotations

import pytest

from jpmanage_tui.sandbox.app import create_sandbox
from jpmanage_tui.sandbox.faults import KINDS, FaultError, FaultSet, parse_fault
from jpmanage_tui.sandbox.options import SandboxOptions


def test_a_spec_is_read_in_all_its_parts() -> None:
    fault = parse_fault("post */license latency=0.5 x3 +2")
    assert (fault.method, fault.glob, fault.kind, fault.seconds) == ("POST", "*/license", "latency", 0.5)
    assert (fault.count, fault.skip, fault.percent) == (3, 2, 100)
    assert parse_fault("GET * 500 %2.5 x3").percent == 2.5


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_written_without_an_argument(kind: str) -> None:
    assert parse_fault(f"* * {kind}").kind == kind


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("", "too short"),
        ("GET */licenses", "too short"),
        ("FETCH */licenses 500", "'FETCH'"),
        ("GET licenses 500", "must begin with /"),
        ("GET * 503", "no known kind '503'"),
        ("GET * hang-befor", "did you mean 'hang-before'"),
        ("GET * latency=soon", "a number of seconds"),
        ("GET * 429=-1", "a number of seconds"),
        ("GET * 502=later", "before or after"),
        ("GET * cut=half", "a number of bytes"),
        ("GET * reset-after=3", "takes no argument"),
        ("GET * 500 3x", "'3x'"),
        ("GET * 500 x3 +", "'+'"),
        ("GET * 500 %", "'%'"),
        ("GET * 500 %101", "%100 at most"),
    ],
)
def test_what_is_wrong_with_a_spec_is_named(spec: str, words: str) -> None:
    with pytest.raises(FaultError) as caught:
        parse_fault(spec)
    assert words in str(caught.value)


def test_a_sandbox_refuses_a_bad_fault_before_it_makes_any_data() -> None:
    with pytest.raises(FaultError):
        create_sandbox(SandboxOptions(faults=("nonsense",)))


def test_a_count_and_a_skip_choose_the_requests_it_strikes() -> None:
    faults = FaultSet(["GET /a* 500 x2 +1"])
    struck = [faults.judge("GET", "/a/b").failure is not None for _ in range(5)]
    assert struck == [False, True, True, False, False]
    assert FaultSet(["GET /a* 500"]).judge("POST", "/a").failure is None
    assert FaultSet(["GET /a* 500"]).judge("GET", "/b/a").failure is None


def test_a_percentage_strikes_so_many_in_a_hundred_and_the_same_ones_in_every_run() -> None:
    def struck(*specs: str) -> list[bool]:
        faults = FaultSet(specs)
        return [faults.judge("GET", "/x").failure is not None for _ in range(2000)]

    every = struck("GET * 500 %5")
    assert 70 <= sum(every) <= 130
    assert struck("GET * 500 %5") == every
    assert sum(struck("GET * 500 %5 x3")) == 3
    assert not any(struck("GET * 500 %50 +1000")[:1000])
    assert not any(struck("GET * 500 %0"))


def test_latencies_add_up_and_the_first_failure_wins() -> None:
    verdict = FaultSet(["* * latency=1", "* * latency=2", "* * 429 x1", "* * 500"]).judge("GET", "/x")
    assert verdict.delay == 3
    assert verdict.failure is not None
    assert verdict.failure.kind == "429"


def test_a_failure_that_another_forestalls_is_not_used_up() -> None:
    faults = FaultSet(["* * 429 x1", "* * 500 x1"])
    kinds = [fault.kind if (fault := faults.judge("GET", "/x").failure) else None for _ in range(3)]
    assert kinds == ["429", "500", None]


def test_replacing_by_a_bad_list_leaves_the_old_one_in_force() -> None:
    faults = FaultSet(["* * 500"])
    with pytest.raises(FaultError):
        faults.replace(["* * 429", "nonsense"])
    assert faults.specs() == ["* * 500"]
