"""Lists of sites: every form in which one is given, and what is wrong with a line."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.rules.site_list import MOST_LINES, ListError, SiteLine, decode, read_list


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_that_programs_save_lists_in_is_read(encoding: str) -> None:
    text = "site;product\r\nmüller.example;jetpack-scan\r\n"
    assert decode(text.encode(encoding)) == text
    assert read_list(decode(text.encode(encoding))) == (SiteLine(2, "müller.example", "jetpack-scan"),)


@pytest.mark.parametrize("data", [b"caf\xe9.example", b"\xff\xfe\x00", b"\xfe\xff\xd8\x00"])
def test_what_is_no_such_text_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(ListError, match="UTF-8"):
        decode(data)


@given(st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: "\0" not in text))
def test_any_text_in_utf_8_is_read_as_it_is(text: str) -> None:
    assert decode(text.encode("utf-8-sig")) == text


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_columns_may_stand_in_any_order_below_their_titles(delimiter: str) -> None:
    rows = ["Quantity,Site URL,Product", "3,https://example.com,jetpack-scan", ",club.example,", ""]
    lines = read_list("\n".join(rows).replace(",", delimiter))
    assert lines == (
        SiteLine(2, "https://example.com", "jetpack-scan", 3),
        SiteLine(3, "club.example"),
    )


def test_without_titles_the_columns_are_site_product_and_quantity() -> None:
    assert read_list("a.example,jetpack-scan,2\nb.example\n\n c.example , jetpack-scan") == (
        SiteLine(1, "a.example", "jetpack-scan", 2),
        SiteLine(2, "b.example"),
        SiteLine(4, "c.example", "jetpack-scan"),
    )


def test_a_cell_may_hold_the_delimiter_and_line_breaks_in_quotes() -> None:
    assert read_list('site,product\na.example,"Backup, big"\n"b.example\n",x\nc.example,y') == (
        SiteLine(2, "a.example", "Backup, big"),
        SiteLine(3, "b.example", "x"),
        SiteLine(5, "c.example", "y"),
    )


def test_unknown_columns_are_left_alone_where_titles_name_the_others() -> None:
    assert read_list("Client,Domain,Notes\nAcme,a.example,call first") == (SiteLine(2, "a.example"),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        (" \n\t\n", "empty"),
        ("site,product\n", "no site below"),
        ("product,quantity\njetpack-scan,2", "no column of sites"),
        ("site,url\na.example,b.example", "twice"),
        ("a.example\n" * (MOST_LINES + 1), "10,001 lines; 10,000 are the most"),
        ('site,product\na.example,"scan\nb.example,scan\n', "quote in line 2 is not closed"),
        ('a.example,"scan\nb.example,"scan"\n', "quote in line 1 is not closed"),
        ('a.example,"' + "x" * 200_000 + '"', "cell in line 1 is too long"),
    ],
)
def test_a_list_that_cannot_be_read_as_a_whole_is_refused(text: str, words: str) -> None:
    with pytest.raises(ListError, match=words):
        read_list(text)


def test_the_most_lines_are_read() -> None:
    for titles in ("", "site\n"):
        lines = read_list(titles + "\n".join(f"s{number}.example" for number in range(MOST_LINES)))
        assert len(lines) == MOST_LINES
        assert not any(line.problem for line in lines)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("a.example,jetpack-scan,0", "Its quantity '0' is no number from 1 to 1,000."),
        ("a.example,jetpack-scan,-1", "Its quantity '-1' is no number from 1 to 1,000."),
        ("a.example,jetpack-scan,1001", "Its quantity '1001' is no number from 1 to 1,000."),
        ("a.example,jetpack-scan,two", "Its quantity 'two' is no number from 1 to 1,000."),
        ("a.example,jetpack-scan,٣", "Its quantity '٣' is no number from 1 to 1,000."),
        (",jetpack-scan,1", "It names no site."),
        ("a.example,jetpack-scan,1,more", "It has more columns than site, product and quantity."),
    ],
)
def test_what_is_wrong_with_a_line_is_said_and_the_others_stay(row: str, problem: str) -> None:
    first, second = read_list(f"{row}\nb.example,jetpack-scan,1")
    assert first.problem == problem
    assert second.problem == ""


def test_a_quantity_that_cannot_be_read_is_none() -> None:
    assert [line.quantity for line in read_list("a.example,scan,two\nb.example,scan,2\nc.example,scan")] == [
        0,
        2,
        1,
    ]


def test_what_stands_twice_is_read_twice() -> None:
    assert [line.number for line in read_list("a.example\na.example\n\nA.example/")] == [1, 2, 4]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_line_with_which_excel_says_the_delimiter_is_no_site(delimiter: str) -> None:
    text = f"sep={delimiter}\r\nsite{delimiter}product\r\na.example{delimiter}scan\r\n"
    assert read_list("\ufeff" + text) == (SiteLine(3, "a.example", "scan"),)


def test_a_blank_behind_a_closing_quote_and_a_quote_within_a_cell_are_no_mistake() -> None:
    assert read_list('site,product,notes\n"a.example" ,"scan" , 5" screen') == (
        SiteLine(2, "a.example", "scan"),
    )


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    text = "a.example\x0b\nb.example\u2028\rc.example\x85\r\nd.example"
    assert [(line.number, line.site) for line in read_list(text)] == [
        (1, "a.example"),
        (2, "b.example"),
        (3, "c.example"),
        (4, "d.example"),
    ]


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[a-z]{1,8}\.example(/[a-z]{1,4})?", fullmatch=True),
            st.from_regex(r"[a-z][a-z -]{0,10}[a-z]", fullmatch=True),
            st.integers(1, 1000),
        ),
        min_size=1,
        max_size=20,
        unique_by=lambda row: row[0],
    ),
    st.sampled_from(",;\t"),
)
def test_what_csv_wrote_is_read_again(rows: list[tuple[str, str, int]], delimiter: str) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter)
    writer.writerow(["site", "product", "quantity"])
    writer.writerows(rows)
    lines = read_list(written.getvalue())
    assert [(line.site, line.product, line.quantity) for line in lines] == rows
    assert not any(line.problem for line in lines)


@given(st.text())
def test_no_text_is_too_strange_to_be_read_or_refused_in_a_sentence(text: str) -> None:
    try:
        lines = read_list(text)
    except ListError:
        return  # its sentences are in the tests above
    assert lines
    assert [line.number for line in lines] == sorted({line.number for line in lines})
    assert all(line.site or line.problem for line in lines)
