"""What became of each license, in rows."""

from __future__ import annotations

from typing import Any

from jpmanage_tui.api.errors import InvalidParameterError
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.issuing.planned_license import BUNDLE
from jpmanage_tui.services.issuing.run import IssueItem, IssueRun
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.sections.issue.page_list import BAD, GOOD, MUTED, PLAIN, STRONG, WARNING, Row
from jpmanage_tui.ui.sections.issue.text import needs_card_text

WORD_WIDTH = 14
BELOW = 4
"""Cells by which what stands below a license is indented: the longest code still fits on a line of 80."""


def result_rows(run: IssueRun) -> list[Row]:
    """Return the result so far: how it stands, then two lines or more for each license."""
    rows = [Row.of(headline(run), STRONG)]
    if run.needs_card:
        rows.append(Row.of(f"! {needs_card_text()}", WARNING, indent=2))
    elif run.halted and not run.running:
        rows.append(Row.of(f"! {run.halted}", WARNING, indent=2))
    if not run.running and any(job.to_download for job in run.issued):
        words = (
            "WooCommerce extensions have to be downloaded and installed on the site: "
            f"{key_for('download')} on the license, once assigned."
        )
        rows.append(Row.of(words, PLAIN))
    if run.assignable:
        them = run.assignable[0].slot.name if len(run.assignable) == 1 else "what is unassigned"
        rows.append(Row.of(f"{key_for('issue-site')} assigns {them} to a site.", MUTED))
    rows.append(Row())
    for job in run.jobs:
        rows += job_rows(job, run)
    return rows


def headline(run: IssueRun) -> str:
    """Return in one sentence how it stands."""
    done, whole = (sum(job.slot.size for job in jobs) for jobs in (run.issued, run.jobs))
    if run.running:
        doing = "Stopping: what is on its way finishes first" if run.stopping else "Issuing"
        if not run.stopping and any(job.assign.running for job in run.jobs):
            doing = "Assigning"
        return f"{doing}… {done} of {whole} issued. Leaving this page does not stop it."
    return result_words(run)


def result_words(run: IssueRun) -> str:
    """Return in one sentence what a run has come to; a bundle counts its size."""
    done, whole = (sum(job.slot.size for job in jobs) for jobs in (run.issued, run.jobs))
    words = [f"{done} of {whole} issued" if done < whole else f"{pluralize(whole, 'license')} issued"]
    assigned = sum(job.assign.happened for job in run.jobs)
    sites = sorted({job.place.url for job in run.jobs if job.slot.to_site and job.place is not None})
    if sites:
        words.append(
            f"{assigned} assigned to {sites[0] if len(sites) == 1 else pluralize(len(sites), 'site')}"
        )
    counts = (
        (sum(job.slot.size for job in run.jobs if job.issue.failed or not job.issue.begun), "not issued"),
        (sum(job.assign.failed for job in run.jobs), "not assigned"),
        (sum(job.slot.size if job.issue.unknown else 1 for job in run.jobs if job.unknown), "unknown"),
        (
            sum(job.slot.size if job.issue.looking else 1 for job in run.jobs if job.looking),
            "being looked up",
        ),
    )
    words += [f"{count} {what}" for count, what in counts if count]
    features = " Their features take a few minutes." if assigned else ""
    return ", ".join(words) + "." + features


def run_progress(run: IssueRun) -> str:
    """Return in one sentence what a run that is under way has still to begin; a bundle counts its size."""
    jobs = [job for job in run.jobs if not job.issue.begun]
    if jobs or any(job.issue.running for job in run.jobs):
        left, whole = (sum(job.slot.size for job in some) for some in (jobs, run.jobs))
        return f"Licenses are being issued: {left} of {whole} {_not_begun(left)}"
    jobs = [job for job in run.jobs if job.to_assign or job.assign.running]
    left = sum(not job.assign.running for job in jobs)
    return f"Licenses are being assigned: {left} {_not_begun(left)}"


def _not_begun(count: int) -> str:
    return "is not begun yet." if count == 1 else "are not begun yet."


class RunUnderWay:
    """A run, for who leaves its account: how it stands, and how it is stopped."""

    def __init__(self, run: IssueRun) -> None:
        self._run = run

    def words(self) -> str:
        """Return what is still to be begun."""
        return run_progress(self._run)

    def stop(self) -> None:
        """Begin nothing more; what is on its way is finished."""
        self._run.stop()

    @property
    def over(self) -> bool:
        """Whether it has ended; a look at what became of the last one does not hold up who has stopped it."""
        run = self._run
        return not run.running or (run.stopping and any(job.looking for job in run.jobs))

    async def finished(self) -> None:
        """Wait until it has ended."""
        await self._run.finished()

    def result(self) -> tuple[str, bool]:
        """Return how it ended."""
        return f"Issue New License: {result_words(self._run)}", self._run.complete


def job_rows(job: IssueItem, run: IssueRun) -> list[Row]:
    """Return the lines of one license: how it stands, its code, and why something failed."""
    word, style = word_of(job)
    rows = [Row(((word.ljust(WORD_WIDTH), style), (job.slot.words, PLAIN)), target=job, indent=WORD_WIDTH)]
    if job.key is not None:
        rows.append(_below(job.key, PLAIN))
    for words in details(job, running=run.running):
        rows.append(_below(words, MUTED))
    return rows


def word_of(job: IssueItem) -> tuple[str, str]:
    """Return a sign with a word for how a license stands, and the style."""
    if job.unknown:
        return "? unknown", WARNING
    if job.looking:
        return "? looking up", WARNING
    if job.issue.running:
        return "… issuing", MUTED
    if job.issue.failed:
        return "✗ not issued", BAD
    if job.key is None:
        return "  waiting", MUTED
    if job.assign.running:
        return "… assigning", MUTED
    if job.assign.failed:
        return "! unassigned", WARNING
    return ("✓ assigned", GOOD) if job.assign.happened else ("✓ issued", GOOD)


def details(job: IssueItem, *, running: bool) -> list[str]:
    """Return the sentences below a license: where it went, why it did not, what to do."""
    site = job.place.url if job.place is not None else ""
    if job.issue.failed:
        return [_why(job.issue.outcome)]
    if job.unknown:
        what = "Issuing" if job.issue.unknown else f"Assigning to {site}"
        outcome = job.issue.outcome if job.issue.unknown else job.assign.outcome
        return [f"{what}: {_why(outcome)} {_look()}"]
    if job.looking:
        return [_looking(job, site)]
    return _assigned(job, site, running) if job.key is not None else []


def _assigned(job: IssueItem, site: str, running: bool) -> list[str]:
    """Return the sentences about where an issued license is."""
    if job.assign.happened:
        return [f"on {site}"]
    if job.assign.failed:
        return [
            f"Issued, but not assigned to {site}: {_why(job.assign.outcome)} {key_for('issue-retry')} tries again."
        ]
    if job.slot.to_site:
        return [] if running else [f"Issued, not yet assigned to {site}. {key_for('issue-retry')} goes on."]
    if job.slot.size > 1:
        return [BUNDLE]  # a bundle itself is never assigned, so it is not unassigned either
    return [f"Unassigned. {job.slot.why}".rstrip()]


def _looking(job: IssueItem, site: str) -> str:
    what = "Issuing" if job.issue.looking else f"Assigning to {site}"
    return f"{what}: no answer came, so it is being looked up whether it was done. It is not sent again."


def _look() -> str:
    return (
        "Nobody knows whether this was done, so it is not sent again. "
        f"{key_for('issue-look')} looks it up again; {key_for('log')} is the log."
    )


def _why(outcome: Outcome[Any] | None) -> str:
    if outcome is None:
        return ""
    words = outcome.detail.strip() or outcome.sentence
    if isinstance(outcome.error, InvalidParameterError):
        # its message only names the arguments; what is wrong with them stands beside
        words = " ".join([words, *outcome.error.params.values()])
    return words


def _below(words: str, style: str) -> Row:
    return Row(((" " * BELOW, PLAIN), (words, style)), indent=BELOW)
