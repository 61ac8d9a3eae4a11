"""A sample of the fault matrix, and that nothing is missing in it.

``make matrix`` runs it whole, and prints it.
"""

from __future__ import annotations

import pytest

from jpmanage_tui.operations.mutation import MUTATIONS
from jpmanage_tui.sandbox.faults import KINDS
from tests.matrix.cells import COMMAND_TABLES, EVERY_ROW, TABLES, Matrix, all_cells, sample
from tests.matrix.faults import FAULTS
from tests.matrix.orders import ROWS
from tests.matrix.reads import CHANGES, READS, methods
from tests.matrix.running import quick_folder


def test_every_change_there_is_has_a_row() -> None:
    assert {row.kind for row in ROWS} == set(MUTATIONS.values())


def test_every_method_of_the_client_reads_in_a_row_or_changes_something() -> None:
    rows = {read.name for read in READS}
    assert not rows & CHANGES
    assert rows | CHANGES == methods()


def test_every_fault_of_the_sandbox_that_loses_or_refuses_has_a_column() -> None:
    kinds = {fault.kind.partition("=")[0] for fault in FAULTS}
    assert kinds == set(KINDS) - {"search-ignores-page"}


@pytest.mark.parametrize("table", [table for table in TABLES if table not in COMMAND_TABLES])
def test_a_sample_has_each_column_and_where_it_must_each_row(table: str) -> None:
    whole, some = [cell for cell in all_cells() if cell.table == table], sample(table)
    assert {cell.column for cell in some} == {cell.column for cell in whole}
    assert table not in EVERY_ROW or {cell.row for cell in some} == {cell.row for cell in whole}


@pytest.mark.parametrize("table", TABLES)
async def test_what_was_intended_is_done_once_whatever_goes_wrong(table: str) -> None:
    failed: dict[str, str] = {}
    with quick_folder() as folder:
        async with Matrix(folder) as matrix:
            for cell in sample(table):
                try:
                    await matrix.run(cell)
                except AssertionError as error:
                    failed[f"python -m tests.matrix {cell}"] = str(error)
    assert failed == {}
