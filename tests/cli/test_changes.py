"""The kit of changing commands: what is sent, asked, refused, gone on with, and how each ends."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.cli import changes
from jpmanage_tui.cli.command_line import parse_arguments
from jpmanage_tui.cli.inputs import Inputs, read_inputs, request_digest
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.errors import RunIsThere
from jpmanage_tui.operations.lease import new_owner
from jpmanage_tui.operations.mutations.licenses import IssueLicense
from jpmanage_tui.operations.policy import DEFAULT_POLICY, Policy
from jpmanage_tui.operations.run import PlannedItem, Run as JournaledRun, RunCounts, RunPlan, RunState
from jpmanage_tui.operations.run_store import RunStore
from jpmanage_tui.operations.runner import Runner
from jpmanage_tui.operations.store import JournalStore, Settled
from tests.cli import vendor
from tests.cli.harness import KEY, Cli
from tests.cli.terminals import terminal

ISSUE = ("licenses", "issue", "jetpack-scan:3")


@pytest.fixture
def key(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line with a key token; a lost change is looked up at once."""
    monkeypatch.setattr(Policy, "pauses_after", lambda *_: (0.0,))
    cli.env(TOKEN=KEY)
    return cli


def issued(cli: Cli, before: int = 0) -> int:
    """Return how many licenses the database got since it had `before` of them."""
    return len([one for one in vendor.changes(cli) if one["kind"] == "issue"]) - before


# -- asking ----------------------------------------------------------------------------------------


def test_a_dry_run_prints_what_would_be_sent_and_its_cost_and_sends_nothing(key: Cli) -> None:
    before = issued(key)
    ended = key(*ISSUE, "--dry-run", "--json")
    rows = json.loads(ended.out)
    assert (ended.code, len(rows)) == (0, 3)
    assert {row["action"] for row in rows} == {"issue"}
    assert rows[0]["price"] == 4.95
    assert "$0.49 a day, $14.85 a month" in ended.err
    assert issued(key, before) == 0
    assert "3 done" in key(*ISSUE, "--yes").err, "and it has left no run behind"


@pytest.mark.parametrize("answer", ["\n", "y\n", "\x04"])
def test_what_cannot_be_undone_asks_for_the_number_and_takes_nothing_else(
    key: Cli, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    before = issued(key)
    with terminal(monkeypatch, answer) as asked:
        ended = key(*ISSUE)
    assert (ended.code, issued(key, before)) == (2, 0)
    assert "Nothing was sent." in ended.err
    assert "$14.85 a month" in asked.text
    assert "Type 3 to go on" in asked.text


def test_the_number_is_taken_and_type_ahead_is_not(key: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    before = issued(key)
    with terminal(monkeypatch, "\n", before="3\n3\n"):
        assert key(*ISSUE).code == 2, "what was typed before the question is no answer to it"
    with terminal(monkeypatch, "3\n"):
        assert key(*ISSUE).code == 0
    assert issued(key, before) == 3


def test_going_on_with_a_run_asks_for_the_number_of_what_it_still_issues(
    key: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = issued(key)
    key.faults("POST */license reset-before +1")
    assert "1 done, 1 failed, 1 not begun." in key(*ISSUE, "--yes").err
    key.faults()
    for answer in ("y\n", "3\n"):
        with terminal(monkeypatch, answer) as asked:
            ended = key("operations", "resume", "1")
        assert (ended.code, issued(key, before)) == (2, 1)
        assert "Type 2 to go on" in asked.text
    with terminal(monkeypatch, "2\n"):
        assert key("operations", "resume", "1").code == 0
    assert issued(key, before) == 3


def test_where_all_that_is_left_of_a_run_failed_the_way_on_is_to_retry(key: Cli) -> None:
    before = issued(key)
    one = ("licenses", "issue", "jetpack-scan", "--yes")
    key.faults("POST */license 401")
    ended = key(*one)
    assert "`jpmanage operations retry 1` goes on." in ended.err
    ended = key(*one)
    assert (ended.code, "`jpmanage operations retry 1` goes on with it." in ended.err) == (7, True)
    key.faults()
    assert key("operations", "retry", "1", "--yes").code == 0
    assert issued(key, before) == 1


def test_what_was_on_its_way_when_the_journal_was_full_is_counted_and_the_reason_is_given() -> None:
    run = JournaledRun(
        7, "key", "Issue 20", "", datetime(2026, 3, 1, tzinfo=UTC), "jpmanage", RunState.RUNNING, "", "", "", False,
        None, False, RunCounts(20, waiting=17, active=1, done=2),
    )  # fmt: skip
    assert changes.ended_text(run, "The disk is full.") == (
        "Issue 20: 2 done, 1 unknown, 17 not begun. The disk is full. `jpmanage operations resume 7` goes on."
    )


def test_the_rest_of_a_paste_is_not_left_to_the_shell(key: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    before = issued(key)
    with terminal(monkeypatch, "vier.example\tx\n3\ny\nrm -r x\n") as asked:
        assert key(*ISSUE).code == 2
    assert (asked.left, issued(key, before)) == (0, 0)


def test_ctrl_c_at_the_question_leaves_with_130_and_sends_nothing(
    key: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = issued(key)
    with terminal(monkeypatch, lambda: os.kill(os.getpid(), signal.SIGINT)):
        assert key(*ISSUE).code == 130
    assert issued(key, before) == 0


def test_without_a_terminal_it_needs_yes(key: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jpmanage_tui.cli.confirm.TTY", "/nowhere/tty")
    before = issued(key)
    ended = key(*ISSUE, "--json")
    line = json.loads(ended.err.splitlines()[-1])
    assert (ended.code, line["exit"], line["status"]) == (2, 2, None)
    assert "--yes" in line["message"]
    assert issued(key, before) == 0


def test_max_cost_is_a_limit_of_a_month_for_dry_runs_too(key: Cli) -> None:
    before = issued(key)
    for option in ("--yes", "--dry-run"):
        ended = key(*ISSUE, option, "--max-cost", "14.84")
        assert (ended.code, issued(key, before)) == (2, 0)
        assert "it costs $14.85 a month, and --max-cost is $14.84" in ended.err
    assert key(*ISSUE, "--yes", "--max-cost", "14.85").code == 0


def test_read_only_refuses_but_a_dry_run_may_look(key: Cli) -> None:
    assert key("--read-only", *ISSUE, "--yes").code == 2
    assert key("--read-only", *ISSUE, "--dry-run").code == 0


# -- how it ends -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ("POST */license reset-before", 5, "operations resume"),
        ("POST */license 401", 3, "operations resume"),
        ("POST */license 401 +1", 6, "operations resume"),
        ("GET */licenses 401 x9", 3, "operations resume"),  # what there is before it is sent
        ("GET */licenses malformed x9", 5, "operations resume"),
    ],
)
def test_a_run_that_does_not_come_to_its_end_says_why_and_how_to_go_on(
    key: Cli, fault: str, code: int, words: str
) -> None:
    before = issued(key)
    key.faults(fault)
    ended = key(*ISSUE, "--yes", "--json")
    rows = json.loads(ended.out)
    line = json.loads(ended.err.splitlines()[-1])
    assert (ended.code, line["exit"]) == (code, code)
    assert words in line["message"]
    assert len([row for row in rows if row["state"] == "done"]) == issued(key, before)


def test_how_it_ended_is_told_and_has_its_exit_code_though_the_rows_cannot_be_written(
    key: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_text: str) -> None:
        raise SystemExit(1)

    monkeypatch.setattr("jpmanage_tui.cli.output.write", full)
    key.faults("POST */license reset-before +1")
    ended = key(*ISSUE, "--yes")
    assert ended.code == 6
    assert "1 done, 1 failed, 1 not begun" in ended.err
    key.faults()
    assert key("licenses", "issue", "jetpack-ai", "--yes").code == 1


def test_no_card_ends_with_4_before_anything_is_sent_or_from_the_api(cli: Cli) -> None:
    cli.env(TOKEN="sandbox-key-nocard")
    ended = cli(*ISSUE, "--yes")
    assert ended.code == 4
    assert "operations resume" in ended.err, "with a key alone the API decides"
    cli.env(TOKEN=None, USER_TOKEN="sandbox-user-nocard")
    cli.forget_requests()
    ended = cli("licenses", "issue", "jetpack-ai", "--yes")
    assert ended.code == 4
    assert "payment method" in ended.err
    assert not [line for line in cli.asked() if line.startswith("POST")]


# -- the same again --------------------------------------------------------------------------------


def test_an_unfinished_run_for_the_same_is_named_and_nothing_is_sent(key: Cli) -> None:
    before = issued(key)
    key.faults("POST */license reset-before +1")
    assert key("licenses", "issue", "jetpack-scan:2", "jetpack-ai", "--yes").code == 6
    done = issued(key, before)
    key.faults()
    for words in (("jetpack-scan:2", "jetpack-ai"), ("jetpack-ai", "jetpack-scan:2", "--skip-problems")):
        for option in ("--yes", "--dry-run", "--wait"):
            ended = key("licenses", "issue", *words, option)
            assert (ended.code, issued(key, before)) == (7, done)
            # two are sent at once: where none waits, all that is left failed
            assert re.search(r"`jpmanage operations (resume|retry) 1` goes on with it", ended.err)
    assert key("licenses", "issue", "jetpack-ai", "--yes").code == 0, "something else is not in the way"


@pytest.mark.parametrize("fault", ["reset-after", "malformed"])
def test_what_turns_out_to_be_done_when_the_same_is_asked_for_again_is_told_and_not_sent_twice(
    key: Cli, fault: str
) -> None:
    before = issued(key)
    ask = ("licenses", "issue", "jetpack-scan", "--yes")
    key.faults(f"POST */license {fault}", "GET */licenses 401 x100 +1")
    assert key(*ask).code == 7
    assert issued(key, before) == 1
    still = key(*ask)
    assert (still.code, issued(key, before)) == (7, 1)
    assert "nothing was sent" in still.err
    key.faults()
    again = key(*ask)
    assert (again.code, issued(key, before)) == (0, 1)
    assert again.out.startswith("done\tissue\t")
    assert "now it is. Nothing was sent" in again.err
    assert (key(*ask, "--wait").code, issued(key, before)) == (0, 2), "it is in nobody's way from now on"


def test_what_turns_out_not_to_be_done_is_sent_when_the_same_is_asked_for_again(key: Cli) -> None:
    before = issued(key)
    ask = ("licenses", "issue", "jetpack-scan", "--yes")
    key.faults("POST */license 502", "GET */licenses 401 x100 +1")
    assert (key(*ask).code, issued(key, before)) == (7, 0)
    key.faults()
    assert (key(*ask).code, issued(key, before)) == (0, 1)


def test_what_an_unknown_change_holds_back_ends_with_7(key: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(vars(DEFAULT_POLICY), "conflict_pauses", (0.0,))
    before = issued(key)
    key.faults("POST */license malformed", "GET */licenses 401 x9 +1")
    assert (key("licenses", "issue", "jetpack-scan", "--yes").code, issued(key, before)) == (7, 1)
    ended = key("licenses", "issue", "jetpack-scan:2", "--yes")
    assert (ended.code, issued(key, before)) == (7, 1)
    assert "2 not begun" in ended.err


def test_a_named_run_goes_on_and_when_it_has_ended_it_is_reported_again(key: Cli) -> None:
    before = issued(key)
    key.faults("POST */license reset-before +1")
    named = (*ISSUE, "--yes", "--run-name", "monthly")
    assert key(*named).code == 6
    assert issued(key, before) == 1
    key.faults()
    ended = key(*named)
    assert (ended.code, issued(key, before)) == (0, 3)
    again = key(*named)
    assert (again.code, issued(key, before)) == (0, 3)
    assert again.out == ended.out
    other = key("licenses", "issue", "jetpack-ai", "--yes", "--run-name", "monthly")
    assert (other.code, issued(key, before)) == (2, 3), "what was asked for was not done"
    assert "what they ask for now is not sent" in other.err
    wrong = key("licenses", "unassign", "a_b", "--yes", "--run-name", "monthly")
    assert wrong.code == 2
    assert "was made by `jpmanage licenses issue`" in wrong.err


@pytest.mark.parametrize("name", ["", " ", "a\tb"])
def test_a_name_that_is_none_is_refused_and_begins_no_run(key: Cli, name: str) -> None:
    before = issued(key)
    ended = key(*ISSUE, "--yes", "--run-name", name)
    assert (ended.code, issued(key, before)) == (2, 0)
    assert "is no name" in ended.err


def test_prices_are_read_again_when_a_named_run_goes_on(key: Cli) -> None:
    named = (*ISSUE, "--run-name", "prices")
    key.faults("POST */license reset-before")
    assert key(*named, "--yes").code == 5
    key.faults("GET */product-families 401")
    ended = key(*named, "--yes")
    assert ended.code == 3, "without today's prices nothing is sent"
    key.faults()
    assert key(*named, "--yes", "--max-cost", "1").code == 2
    ended = key(*named, "--yes", "--max-cost", "20")
    assert ended.code == 0
    assert "Issues 3 licenses: $0.49 a day, $14.85 a month" in ended.err


def test_deleting_a_card_does_not_go_on_when_another_one_is_primary_by_now(key: Cli) -> None:
    def cards() -> list[tuple[str, bool]]:
        rows = json.loads(key("payment-methods", "list", "--json").out)
        return sorted((row["id"], row["primary"]) for row in rows)

    second, third = [card for card, primary in cards() if not primary][:2]
    key.faults("DELETE *payment-method* reset-before")
    assert key("payment-methods", "delete", third, "--yes").code == 5
    key.faults()
    assert key("payment-methods", "set-primary", second, "--yes").code == 0
    before = cards()
    ended = key("operations", "resume", "1", "--yes")
    assert (ended.code, cards()) == (2, before), "the card that was primary is not made so again"
    assert "The saved cards have changed".lower() in ended.err.lower()
    assert key("operations", "discard", "1", "--yes").code == 0
    assert key("payment-methods", "delete", third, "--yes").code == 0
    assert (second, True) in cards()


def test_company_details_do_not_go_on_when_others_were_changed_since(key: Cli) -> None:
    key.env(TOKEN=None, USER_TOKEN="sandbox-user-nocard")
    key.faults("PUT */partner reset-before")
    update = ("company", "update", "--yes")
    assert key(*update, "--city", "Alpha").code == 5
    key.faults()
    assert "Update the details of Atelier Brume." in key("operations", "resume", "1", "--dry-run").err
    assert key(*update, "--line1", "New street 5").code == 0
    ended = key("operations", "resume", "1", "--yes")
    assert ended.code == 2
    assert "have changed since this was confirmed" in ended.err
    assert json.loads(key("company", "show", "--json").out)["line1"] == "New street 5"


def test_of_two_programs_that_ask_at_the_same_moment_one_sends(
    key: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = issued(key)
    key.faults("POST */license reset-before")
    assert key(*ISSUE, "--yes").code == 5
    key.faults()

    async def none(_self: Runner) -> tuple[()]:
        return ()

    monkeypatch.setattr(Runner, "unfinished", none)  # the other one was not there yet
    ended = key(*ISSUE, "--yes")
    assert (ended.code, issued(key, before)) == (7, 0)
    assert "operations resume 1" in ended.err


@pytest.mark.parametrize("by", ["request", "digest", "name"])
def test_the_journal_takes_what_a_command_asks_for_once(tmp_path: Path, by: str) -> None:
    item, other = (
        PlannedItem(IssueLicense(ProductSlug(slug), None, slug)) for slug in ("jetpack-scan", "jetpack-ai")
    )
    first = RunPlan("Issue", (item,), "jpmanage", "monthly", request="one")
    second = RunPlan(
        "Issue",
        (item if by == "digest" else other,),
        "jpmanage",
        "monthly" if by == "name" else "",
        request="one" if by == "request" else "two",
    )
    now = datetime(2026, 3, 1, tzinfo=UTC)
    one, two = (JournalStore(tmp_path / "journal.sqlite") for _ in range(2))
    try:
        run = RunStore(one).add("key:1", first, "first", now)
        with pytest.raises(RunIsThere) as refused:
            RunStore(two).add("key:1", second, "second", now)
        assert refused.value.run.id == run.id
        RunStore(one).stop(run.id, "first", RunState.ENDED, "", now)
        if by != "name":
            assert RunStore(two).add("key:1", second, "second", now).id > run.id
    finally:
        one.close()
        two.close()


def test_the_app_does_not_join_in_what_a_command_is_doing(tmp_path: Path) -> None:
    plan = RunPlan("Issue", (PlannedItem(IssueLicense(ProductSlug("jetpack-scan"), None, "jetpack-scan")),))
    now, command, app = datetime(2026, 3, 1, tzinfo=UTC), new_owner(), new_owner()
    one, two = (JournalStore(tmp_path / "journal.sqlite") for _ in range(2))
    try:
        by_command = RunStore(one).add(
            "key:1", replace(plan, created_by="jpmanage licenses issue", request="one"), command, now
        )
        with pytest.raises(
            RunIsThere, match="`jpmanage licenses issue` is doing the same just now"
        ) as refused:
            RunStore(two).add("key:1", plan, app, now)
        assert refused.value.run.id == by_command.id
        RunStore(one).stop(by_command.id, command, RunState.PAUSED, "", now)
        first = RunStore(two).add("key:1", plan, app, now)  # who sees that it stands still may want it
        assert RunStore(two).add("key:1", plan, app, now).id > first.id  # and more of the same
    finally:
        one.close()
        two.close()


def test_what_another_program_holds_back_ends_with_7_and_goes_on_once_that_has_ended(
    key: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(DEFAULT_POLICY), "conflict_pauses", ())
    assert key(*ISSUE, "--yes").code == 0
    before, now = issued(key), datetime.now(UTC)
    other = JournalStore(next(tmp_path.rglob("journal.sqlite")))
    try:
        with other.reading() as db:
            (account,) = db.execute("SELECT account FROM runs").fetchone()
        change = IssueLicense(ProductSlug("jetpack-scan"), None, "Jetpack Scan")
        entry = other.add(account, change, new_owner(), now)
        other.mark_sent(entry.id, now)
        ended = key(*ISSUE, "--yes", "--json")
        assert (ended.code, {row["state"] for row in json.loads(ended.out)}) == (7, {"waiting"})
        assert "another change is on its way" in ended.err
        assert (json.loads(ended.err.splitlines()[-1])["exit"], issued(key, before)) == (7, 0)
        other.settle(entry.id, Settled(EntryState.REFUSED, ""), now)
    finally:
        other.close()
    ended = key("operations", "resume", "2", "--yes")
    assert (ended.code, issued(key, before)) == (0, 3)


WORDS = st.lists(st.sampled_from(["a_1", "b_2", "7"]), min_size=1, max_size=4)


@settings(max_examples=15)
@given(WORDS, WORDS)
def test_the_request_is_the_same_for_the_same_words_and_options(words: list[str], others: list[str]) -> None:
    def digest(given: list[str], *options: str, data: bytes | None = None) -> str:
        arguments = parse_arguments(["licenses", "unassign", *given, *options])
        return request_digest(arguments, Inputs(tuple(given), data))

    quiet = ("--yes", "--json", "--wait", "--skip-problems", "--run-name", "x")
    assert digest(words) == digest(words[::-1], *quiet)
    assert (digest(words) == digest(others)) is (sorted(words) == sorted(others))
    assert digest(words) != digest(words, "--no-email")
    assert digest(words) != digest(words, data=b"c_3")


# -- signals, other programs -------------------------------------------------------------------------


def when(condition: Callable[[], bool], act: Callable[[], None]) -> threading.Thread:
    """Do something in a thread as soon as a condition holds."""

    def wait() -> None:
        end = time.monotonic() + 20
        while not condition() and time.monotonic() < end:
            time.sleep(0.02)
        act()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_lets_what_is_on_its_way_finish_and_the_run_goes_on_later(
    key: Cli, number: signal.Signals, code: int, request: pytest.FixtureRequest
) -> None:
    if signal.getsignal(number) is signal.SIG_IGN:  # by nohup: what was ignored before the start stays so
        request.addfinalizer(partial(signal.signal, number, signal.signal(number, signal.SIG_DFL)))
    before = issued(key)
    key.faults("POST */license latency=0.1")
    named = ("licenses", "issue", "jetpack-scan:5", "--yes", "--run-name", f"signal {number}")
    thread = when(lambda: issued(key, before) > 0, lambda: os.kill(os.getpid(), number))
    ended = key(*named)
    thread.join(20)
    done = issued(key, before)
    assert ended.code == code
    assert 0 < done < 5
    assert f"{done} of 5 done. `jpmanage operations resume 1` goes on." in ended.err
    key.faults()
    assert key(*named).code == 0
    assert issued(key, before) == 5


def test_a_command_ends_though_the_pipe_that_its_list_comes_from_has_no_end() -> None:
    reading, writing = os.pipe()
    closed: list[int] = []

    def close() -> None:
        closed.append(writing)
        os.close(writing)

    async def read_a_little() -> None:
        waiting = asyncio.ensure_future(read_inputs(Namespace(source=f"/dev/fd/{reading}"), words=None))
        await asyncio.wait({waiting}, timeout=0.01)
        waiting.cancel()  # as a signal does
        await asyncio.wait({waiting})

    timer = threading.Timer(5, close)  # where it waits for the pipe
    timer.start()
    asyncio.run(read_a_little())
    timer.cancel()
    assert not closed
    close()
    os.close(reading)


def test_a_command_that_nohup_started_goes_on_when_the_terminal_is_closed(key: Cli) -> None:
    before = issued(key)
    key.faults("POST */license latency=0.05")
    handler = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        thread = when(lambda: issued(key, before) > 0, lambda: os.kill(os.getpid(), signal.SIGHUP))
        code = key("licenses", "issue", "jetpack-scan:2", "--yes").code
        thread.join(20)
    finally:
        signal.signal(signal.SIGHUP, handler)
    assert (code, issued(key, before)) == (0, 2)


@pytest.mark.slow
@pytest.mark.parametrize("named", [True, False])
def test_wait_waits_for_another_program_and_for_one_that_is_killed(
    key: Cli, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    monkeypatch.setattr(changes, "WAIT_SECONDS", 0.05)
    before = issued(key)
    command = [*ISSUE, "--yes", *(("--run-name", "waited") if named else ())]
    key.faults("POST */license latency=0.4")

    def other() -> subprocess.Popen[bytes]:
        program = subprocess.Popen(
            [sys.executable, "-m", "jpmanage_tui", *command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 20
        while issued(key, before) == 0 and time.monotonic() < end:
            time.sleep(0.02)
        return program

    program = other()
    assert key(*command).code == 7, "it is under way there"
    ended = key(*command, "--wait")
    assert (ended.code, program.wait(20), issued(key, before)) == (0, 0, 3)
    if named:
        return
    before = issued(key)
    program = other()
    thread = when(lambda: issued(key, before) > 0, program.kill)
    ended = key(*command, "--wait")
    thread.join(20)
    program.wait(20)
    assert ended.code == 7
    assert "waits to go on" in ended.err
    assert issued(key, before) < 3


def test_what_was_planned_wrongly_is_a_sentence(key: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jpmanage_tui.services.bulk_plans.MOST_LICENSES", 2)
    ended = key(*ISSUE, "--yes")
    assert ended.code == 2
    assert ended.err == "jpmanage: The list asks for 3 licenses; 2 are the most. Split it.\n"
