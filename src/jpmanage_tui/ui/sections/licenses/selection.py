"""The marked licenses: what an action would touch of them, what it leaves out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.licenses import License
from jpmanage_tui.rules.licenses import LicenseAction, NotAllowed, allowed
from jpmanage_tui.rules.text import pluralize

WITH_BUNDLE = "revoked with their bundle"


class ActionTargets(NamedTuple):
    """What an action would touch, and how many of the marked licenses it leaves out, by the reason."""

    licenses: tuple[License, ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()
    marked: int = 0
    """How many licenses are marked; 0 where the one under the cursor is meant."""
    doubt: str = ""
    """Why the marked licenses may not be all that were meant, in a few words; empty where they are."""

    def without(self, refused: Mapping[LicenseKey, str]) -> ActionTargets:
        """Return what is left when these licenses are left out too, each for the reason given in a few words."""
        kept = tuple(license for license in self.licenses if license.license_key not in refused)
        reasons = Counter(dict(self.left_out))
        reasons.update(
            refused[license.license_key] for license in self.licenses if license.license_key in refused
        )
        return self._replace(licenses=kept, left_out=tuple(reasons.most_common()))

    @property
    def left_out_text(self) -> str:
        """Why licenses are left out, with their numbers where there are several reasons; empty where none is."""
        if len(self.left_out) == 1:
            return self.left_out[0][0]
        return "; ".join(f"{count:,} {reason}" for reason, count in self.left_out)

    @property
    def why_none(self) -> str | None:
        """Why the action would touch none of the marked licenses, None where it would."""
        if self.licenses or not self.marked:
            return None
        whose = "the marked license" if self.marked == 1 else f"the {self.marked:,} marked licenses"
        return f"Not for {whose}: {self.left_out_text}."


class LicenseSelection(Mapping[LicenseKey, License]):
    """The marked licenses in the order of marking, each with the question under whose answer it was marked.

    A mark outlives a change of tab or search; what is done to marked licenses must therefore say which of them are
    not in the list that is shown.
    """

    def __init__(self) -> None:
        self._licenses: dict[LicenseKey, License] = {}
        self._under: dict[LicenseKey, object] = {}
        self._targets: dict[LicenseAction, ActionTargets] = {}
        self.doubt = ""
        """Why these are not all that were meant when all were marked; what is done to them says so."""

    def __getitem__(self, key: LicenseKey) -> License:
        """Return a marked license as it was last seen."""
        return self._licenses[key]

    def __iter__(self) -> Iterator[LicenseKey]:
        """Yield the codes."""
        return iter(self._licenses)

    def __len__(self) -> int:
        """Return how many are marked."""
        return len(self._licenses)

    def add(self, licenses: Iterable[License], under: object = None) -> None:
        """Mark licenses that are listed as the answer to the question `under`."""
        for license in licenses:
            self._licenses[license.license_key] = license
            self._under[license.license_key] = under
        self._targets.clear()

    def remove(self, keys: Iterable[LicenseKey]) -> None:
        """Take marks away."""
        for key in keys:
            self._licenses.pop(key, None)
            self._under.pop(key, None)
        if not self._licenses:
            self.doubt = ""
        self._targets.clear()

    def learn(self, licenses: Iterable[License]) -> None:
        """Take over what the API says now about licenses that are marked."""
        for license in licenses if self._licenses else ():
            if self._licenses.get(license.license_key, license) != license:
                self._licenses[license.license_key] = license
                self._targets.clear()

    def not_under(self, question: object) -> list[License]:
        """Return the licenses that were marked under another question."""
        return [self._licenses[key] for key, under in self._under.items() if under != question]

    def targets(self, action: LicenseAction) -> ActionTargets:
        """Return what an action would touch.

        What is in a bundle that is revoked goes with it: it is neither counted nor sent once more.
        """
        if action not in self._targets:
            self._targets[action] = _choose(self._licenses.values(), action)
        return self._targets[action]._replace(doubt=self.doubt)


def _choose(licenses: Collection[License], action: LicenseAction) -> ActionTargets:
    may: list[License] = []
    reasons: Counter[str] = Counter()
    for license in licenses:
        answer = allowed(license, action)
        if isinstance(answer, NotAllowed):
            reasons[answer.of_many or answer.reason] += 1
        else:
            may.append(license)
    whole = {license.license_id for license in may if license.is_bundle}
    touched = tuple(license for license in may if license.parent_license_id not in whole)
    if len(touched) < len(may):
        reasons[WITH_BUNDLE] += len(may) - len(touched)
    return ActionTargets(touched, tuple(reasons.most_common()), len(licenses))


def marks_text(marks: LicenseSelection, unlisted: int) -> str:
    """Return what stands before the cursor's place in the status line: how many are marked, here and elsewhere."""
    if not marks:
        return ""
    elsewhere = f", {unlisted:,} elsewhere" if unlisted else ""
    return f"{len(marks):,} marked{elsewhere}"


def action_label(marks: LicenseSelection, action: LicenseAction, words: str) -> str:
    """Return a command's words: with marks how many licenses it is for ("Assign 3 marked"), else `words`."""
    if not marks:
        return words
    if action is LicenseAction.COPY:
        return f"Copy {pluralize(len(marks), 'code')}"
    count = len(marks.targets(action).licenses) or len(marks)
    return f"{words.partition(' ')[0]} {count:,} marked"
