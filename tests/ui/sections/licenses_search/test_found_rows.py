"""The rows of a search that the index answered, and what is said before it is made."""

from array import array

import pytest

from jpmanage_tui.api.licenses import License, LicensePage
from jpmanage_tui.services.search.index_builder import index_requests
from jpmanage_tui.services.search.search_index import Hits
from jpmanage_tui.ui.sections.licenses.data import AHEAD, FoundPages
from jpmanage_tui.ui.sections.licenses.search_actions import index_cost_text


def license(number: int) -> License:
    return License.model_validate({"license_key": f"jetpack-scan_{number:06}", "license_id": number})


def test_rows_of_the_index_are_made_as_they_come_into_view_and_no_page_is_asked_for() -> None:
    lead = LicensePage(items=(license(1), license(2)), page=1, per_page=50, total_items=2, total_pages=1)
    rows = FoundPages(lead, Hits(array("I", range(1000)), of=1002))
    assert (rows.count, rows.missing_pages(0, 30)) == (1002, [])
    assert rows.missing_hits(0, 20) == range(0, 19 + AHEAD)
    rows.store_hits(0, [license(number) for number in range(100, 100 + 19 + AHEAD)])
    assert rows.rows[2].license_id == 100
    assert not rows.missing_hits(0, 20)
    assert rows.missing_hits(1000, 1001) == range(998 - AHEAD, 1000)
    rows.invalidate()
    assert rows.missing_pages(0, 30) == [1], "a refresh asks for the server's page"


@pytest.mark.parametrize(
    ("licenses", "words"),
    [(250, "about 3 requests"), (5_000, "about 14 seconds"), (102_200, "about 5 minutes")],
)
def test_the_question_tells_what_a_reading_takes(licenses: int, words: str) -> None:
    assert words in index_cost_text(licenses)
    assert -(-licenses // 100) <= index_requests(licenses) <= licenses / 85 + 1
