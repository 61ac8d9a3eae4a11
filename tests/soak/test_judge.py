"""What the soak calls a disagreement of journal and database, and how its steps are written down."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.soak.judge import BY_HAND, Item, Noted, disagreements, lost_items, unsettled
from tests.soak.steps import RandomSteps, RecordedSteps, Shown, Step

ISSUED = Noted(1, "issue_license", "issue:scan", "done", ("scan_1",))
OFF = Noted(2, "unassign_license", "license:scan_1", "done")


def made(*changes: tuple[str, str]) -> list[dict[str, str]]:
    return [{"kind": kind, "subject": subject} for kind, subject in changes]


def test_what_is_done_once_in_both_agrees() -> None:
    assert disagreements([ISSUED, OFF], made(("issue", "scan_1"), ("unassign", "scan_1"))) == []
    lost = Noted(3, "revoke_license", "license:scan_1", "found_not_done")
    assert disagreements([lost, Noted(4, "issue_license", "issue:scan", "refused")], []) == []


@pytest.mark.parametrize(
    ("journal", "changes", "words"),
    [
        ([OFF], made(("unassign", "scan_1"), ("unassign", "scan_1")), "2 times in the database"),
        ([OFF], [], "0 times in the database"),
        ([], made(("revoke", "scan_1")), "in the journal 0 done"),
        ([ISSUED], [], "not in the database"),
        ([ISSUED], made(("issue", "scan_1"), ("issue", "scan_2")), "not in the journal"),
        ([ISSUED, ISSUED], made(("issue", "scan_1")), "brought by 2 entries"),
        ([Noted(5, "issue_license", "issue:scan", "found_done")], [], "with 0 codes"),
    ],
)
def test_what_differs_is_told(journal: list[Noted], changes: list[dict[str, str]], words: str) -> None:
    assert words in "\n".join(disagreements(journal, changes))


def test_what_is_unknown_may_be_done_or_not_but_not_twice() -> None:
    open_change = Noted(6, "assign_license", "license:scan_1", "unknown")
    open_issue = Noted(7, "issue_license", "issue:scan", "sent")
    for changes in ([], made(("assign", "scan_1")), made(("issue_bundle", "scan_2"))):
        assert disagreements([open_change, open_issue], changes) == []
    assert disagreements([open_change], made(("assign", "scan_1"), ("assign", "scan_1")))
    assert unsettled([ISSUED, open_change, open_issue]) == [open_change, open_issue]
    by_hand = replace(open_change, state=BY_HAND)
    assert disagreements([by_hand], []) == disagreements([by_hand], made(("assign", "scan_1"))) == []
    assert unsettled([by_hand]) == []


def test_an_item_of_a_run_that_is_gone_or_begun_twice_or_never_is_told() -> None:
    done, waiting = Item(1, "running", 0, "a", 1, False), Item(1, "running", 1, "b", None, False)
    assert lost_items([done, waiting], [done, waiting], [ISSUED]) == []
    assert "is gone" in lost_items([done, waiting], [done], [ISSUED])[0]
    assert "of 2 items" in lost_items([], [done, replace(waiting, entry_id=1)], [ISSUED])[0]
    assert "not there" in lost_items([], [done], [])[0]
    ended = replace(waiting, run_state="ended")
    assert "never begun" in lost_items([], [ended], [])[0]
    assert lost_items([], [replace(ended, skipped=True), replace(waiting, run_state="canceled")], []) == []


def test_the_same_seed_and_the_same_screens_give_the_same_steps_which_a_file_gives_again(
    tmp_path: Path,
) -> None:
    question = Shown("╭─ Revoke 3 licenses? ───╮\n Type 3 to confirm: [   ]\n [ Cancel ]")
    screens = [Shown("a list"), question, question, Shown("a list")] * 100
    steps = [RandomSteps(7) for _ in range(2)]
    done = [[one.next(shown) for shown in screens] for one in steps]
    assert done[0] == done[1]
    file = tmp_path / "steps"
    file.write_text("".join(f"{step.to_json()}\n" for step in done[0]))
    recorded = RecordedSteps(file)
    assert [recorded.next(shown) for shown in screens] == done[0]
    assert recorded.next(question) is None


def test_a_question_is_confirmed_now_and_then_but_not_one_of_very_many() -> None:
    def answers(title: str) -> list[Step]:
        typed = Shown(f"╭─ {title} ───╮\n Type 3 to confirm: [3  ]\n [ Cancel ]  [ Revoke ]", "Revoke")
        return [RandomSteps(seed).next(typed) for seed in range(40)]

    yes = Step(keys=("enter",), deliberate=True)
    assert answers("Revoke 3 licenses?").count(yes) >= 10
    assert set(answers("Revoke 86,279 licenses?")) == {Step(keys=("escape",), deliberate=True)}
