"""Which accounts of the journal are one partner key: by the tokens that the API named, and by nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from jpmanage_tui.api.ids import LicenseKey, ProductSlug
from jpmanage_tui.api.partner import Partner
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.errors import ConflictError, EarlierUnsettled
from jpmanage_tui.operations.lease import new_owner
from jpmanage_tui.operations.mutation import Snapshot
from jpmanage_tui.operations.mutations.licenses import IssueLicense
from jpmanage_tui.operations.scopes import (
    KeyToken,
    Kinship,
    Scope,
    fingerprint,
    host_of,
    key_account,
    key_tokens,
    token_account,
    user_account,
)
from jpmanage_tui.operations.store import JournalStore, Settled

HOST = "public-api.wordpress.com"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ISSUE = IssueLicense(ProductSlug("jetpack-scan"), None, "Jetpack Scan")
LINKS = [
    KeyToken(HOST, "aa", 1, 10),
    KeyToken(HOST, "ab", 1, 10),  # the token before, or after, it was rotated
    KeyToken(HOST, "ba", 1, 11),
    KeyToken(HOST, "ca", 2, 20),
    KeyToken("localhost", "xx", 1, 10),
]
K10, K11, K20 = key_account(HOST, 1, 10), key_account(HOST, 1, 11), key_account(HOST, 2, 20)


@pytest.mark.parametrize(
    ("own", "other", "kinship"),
    [
        (K10, K10, "same"),
        (K10, f"{HOST} key aa", "same"),
        (K10, f"{HOST} key ab", "same"),
        (f"{HOST} key aa", K10, "same"),
        (f"{HOST} key aa", f"{HOST} key ab", "same"),
        (K10, K11, "sibling"),
        (K10, f"{HOST} key ba", "sibling"),
        (f"{HOST} key aa", f"{HOST} key ba", "sibling"),
        (K10, K20, "other"),
        (K10, f"{HOST} key ca", "other"),
        (f"{HOST} key ca", f"{HOST} key aa", "other"),
        # a token of which nobody knows whose it is, on either side
        (K10, f"{HOST} key zz", "unclear"),
        (f"{HOST} key aa", f"{HOST} key zz", "unclear"),
        (f"{HOST} key zz", K10, "unclear"),
        (f"{HOST} key zz", f"{HOST} key aa", "unclear"),
        (f"{HOST} key zz", f"{HOST} key yy", "unclear"),
        # elsewhere, and what is changed without a key
        (K10, "localhost partner 1 key 10", "other"),
        (K10, "localhost key zz", "other"),
        (f"{HOST} key zz", "localhost key yy", "other"),
        (K10, f"{HOST} user uu", "other"),
        (f"{HOST} user uu", K10, "other"),
        (f"{HOST} user uu", f"{HOST} user vv", "unclear"),
        (f"{HOST} user uu", f"{HOST} user uu", "same"),
        (K10, f"{HOST} sign-in acme", "other"),
        (f"{HOST} sign-in acme", f"{HOST} sign-in other", "other"),
        ("anything", "anything", "same"),
        ("anything", "anything else", "other"),
    ],
)
def test_how_the_changes_of_one_account_stand_to_anothers(own: str, other: str, kinship: str) -> None:
    assert Scope(own, LINKS).kinship(other).value == kinship


@pytest.mark.parametrize(
    ("own", "name"),
    [(K10, K10), (f"{HOST} key aa", K10), (f"{HOST} key zz", f"{HOST} key zz"), ("anything", "anything")],
)
def test_a_change_stands_under_its_key_where_that_is_known(own: str, name: str) -> None:
    assert Scope(own, LINKS).name == name


TOKENS = st.sampled_from(["aa", "bb", "cc", "dd"])
KEYS = st.integers(1, 3)
HOSTS = st.sampled_from(["h", "g"])
ACCOUNTS = st.one_of(
    st.builds(token_account, HOSTS, TOKENS),
    st.builds(key_account, HOSTS, KEYS, KEYS),
    st.builds(user_account, HOSTS, TOKENS),
)
SOME_LINKS = st.lists(st.builds(KeyToken, HOSTS, TOKENS, KEYS, KEYS), max_size=6)
MIRRORED = {Kinship.SAME, Kinship.UNCLEAR, Kinship.SIBLING}


@settings(max_examples=300, deadline=None, database=None)
@given(ACCOUNTS, ACCOUNTS, SOME_LINKS)
def test_kinship_is_mutual_and_the_same_key_has_one_set_of_names(
    one: str, other: str, links: list[KeyToken]
) -> None:
    here, there = Scope(one, links), Scope(other, links)
    assert here.kinship(other) is there.kinship(one)
    assert (here.kinship(other) is Kinship.SAME) == (here.names == there.names)
    assert here.name in here.names
    assert here.kinship(here.name) is Kinship.SAME


@settings(max_examples=300, deadline=None, database=None)
@given(ACCOUNTS, ACCOUNTS, SOME_LINKS, SOME_LINKS)
def test_what_the_api_says_makes_the_unclear_clear_and_never_parts_what_is_one(
    one: str, other: str, links: list[KeyToken], more: list[KeyToken]
) -> None:
    before, after = Scope(one, links).kinship(other), Scope(one, links + more).kinship(other)
    if before is Kinship.SAME:
        assert after is Kinship.SAME
    if after is Kinship.UNCLEAR:
        assert before is Kinship.UNCLEAR


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://public-api.wordpress.com", HOST),
        ("https://Public-API.WordPress.com:443/", HOST),
        ("https://public-api.wordpress.com.", HOST),
        ("https://public-api.wordpress.com:8443", f"{HOST}:8443"),
        ("http://127.0.0.1:8787", "127.0.0.1:8787"),
        ("http://localhost:80/x", "localhost"),
        ("http://[::1]:8787", "[::1]:8787"),
    ],
)
def test_an_api_has_one_host_however_its_address_is_written(url: str, host: str) -> None:
    assert host_of(url) == host


def test_the_tokens_of_all_keys_are_linked_but_for_the_empty_ones() -> None:
    partner = Partner.model_validate(
        {
            "id": 1,
            "keys": [
                {"id": 10, "name": "A", "oauth2_token": "one"},
                {"id": 11, "name": "B", "oauth2_token": "two", "disabled_on": "2026-01-01"},
                {"id": 12, "name": "C", "oauth2_token": ""},
            ],
        }
    )
    one, two = (fingerprint(key.oauth2_token) for key in partner.keys[:2])
    assert key_tokens(HOST, partner) == (KeyToken(HOST, one, 1, 10), KeyToken(HOST, two, 1, 11))


# -- in the journal ----------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.sqlite"


def lost(journal: JournalStore, account: str, state: EntryState = EntryState.UNKNOWN) -> int:
    """Note an issue whose fate is unknown, or that is being sent by a program that lives."""
    entry = journal.add(account, ISSUE, new_owner(), NOW)
    assert journal.mark_sent(entry.id, NOW, Snapshot(NOW))
    if state is EntryState.UNKNOWN:
        journal.settle(entry.id, Settled(state), NOW)
    return entry.id


@pytest.mark.parametrize("state", [EntryState.UNKNOWN, EntryState.SENT])
@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (f"{HOST} key aa", K10),
        (f"{HOST} key aa", f"{HOST} key ab"),
        (K10, f"{HOST} key aa"),
        (f"{HOST} key ab", f"{HOST} key aa"),
    ],
)
def test_an_unknown_change_guards_its_target_however_the_key_was_opened(
    path: Path, earlier: str, later: str, state: EntryState
) -> None:
    journal, second = JournalStore(path), JournalStore(path)
    journal.link(LINKS, NOW)
    entry_id = lost(journal, earlier, state)
    for one in (journal, second):
        with pytest.raises(ConflictError) as refused:
            one.add(later, ISSUE, new_owner(), NOW)
        assert not isinstance(refused.value, EarlierUnsettled)
        assert refused.value.entry_id == entry_id
        with pytest.raises(ConflictError):  # no word of the user's opens what is known to be the same
            one.add(later, ISSUE, new_owner(), NOW, frozenset({entry_id}))
        assert [entry.id for entry in one.entries(later)] == [entry_id]
    second.close()
    journal.close()


def test_a_token_that_is_linked_later_guards_what_was_done_under_it_before(path: Path) -> None:
    journal = JournalStore(path)
    entry_id = lost(journal, f"{HOST} key aa")
    with pytest.raises(EarlierUnsettled):
        journal.add(K10, ISSUE, "me", NOW)
    journal.link(LINKS[:1], NOW)
    with pytest.raises(ConflictError, match="not known yet") as refused:
        journal.add(K10, ISSUE, "me", NOW, frozenset({entry_id}))
    assert not isinstance(refused.value, EarlierUnsettled)
    journal.close()


def test_a_token_that_was_linked_once_stays_linked_after_it_was_rotated(path: Path) -> None:
    journal = JournalStore(path)
    journal.link([KeyToken(HOST, "old", 1, 10)], NOW)
    lost(journal, f"{HOST} key old")
    journal.link([KeyToken(HOST, "new", 1, 10)], NOW)
    with pytest.raises(ConflictError, match="not known yet"):
        journal.add(f"{HOST} key new", ISSUE, "me", NOW)
    journal.close()


@pytest.mark.parametrize("state", [EntryState.UNKNOWN, EntryState.SENT])
@pytest.mark.parametrize(
    ("earlier", "later"),
    [(f"{HOST} key zz", K10), (f"{HOST} key zz", f"{HOST} key yy"), (K10, f"{HOST} key zz")],
)
def test_what_may_be_of_the_same_key_is_named_and_passed_only_by_that_very_number(
    path: Path, earlier: str, later: str, state: EntryState
) -> None:
    journal = JournalStore(path)
    journal.link(LINKS, NOW)
    entry_id = lost(journal, earlier, state)
    for word in (frozenset[int](), frozenset({entry_id + 1})):
        with pytest.raises(EarlierUnsettled) as found:
            journal.add(later, ISSUE, "me", NOW, word)
        assert [entry.id for entry in found.value.earlier] == [entry_id]
        assert "may be of the same partner key" in found.value.sentence
        assert ISSUE.summary() in found.value.sentence
    entry = journal.add(later, ISSUE, "me", NOW, frozenset({entry_id}))
    assert journal.mark_sent(entry.id, NOW)
    assert journal.entry(entry.id).acknowledged == {entry_id}
    journal.close()


def test_what_comes_between_queueing_and_sending_is_not_covered_by_the_word(path: Path) -> None:
    journal = JournalStore(path)
    mine = journal.add(K10, ISSUE, "me", NOW)
    lost(journal, f"{HOST} key zz")
    with pytest.raises(EarlierUnsettled):
        journal.mark_sent(mine.id, NOW)
    assert journal.entry(mine.id).state is EntryState.QUEUED
    journal.close()


def test_a_change_stands_under_the_token_with_which_it_was_sent(path: Path) -> None:
    """The token may have been renewed while the change waited."""
    journal = JournalStore(path)
    mine = journal.add(f"{HOST} key zz", ISSUE, "me", NOW)
    assert journal.mark_sent(mine.id, NOW, account=f"{HOST} key yy")
    assert journal.entry(mine.id).account == f"{HOST} key yy"
    journal.close()


def test_other_targets_other_hosts_and_other_partners_are_not_in_the_way(path: Path) -> None:
    journal = JournalStore(path)
    journal.link(LINKS, NOW)
    lost(journal, f"{HOST} key aa")
    other = IssueLicense(ProductSlug("jetpack-plus"), None, "Jetpack Plus")
    for account, change in ((K10, other), (K11, ISSUE), (K20, ISSUE), ("localhost key zz", ISSUE)):
        assert journal.add(account, change, "me", NOW).state is EntryState.QUEUED
    journal.close()


def test_a_look_knows_the_codes_that_any_change_at_this_api_brought(path: Path) -> None:
    """A license that another change brought is not this one's, whatever token that was made with."""
    journal = JournalStore(path)
    for number, account in enumerate((K10, f"{HOST} key aa", f"{HOST} key zz", "localhost key zz")):
        entry = journal.add(account, IssueLicense(ProductSlug(f"p{number}"), None, "P"), "me", NOW)
        journal.settle(entry.id, Settled(EntryState.DONE, result=(LicenseKey(f"code_{number}"),)), NOW)
    assert journal.keys(K10) == {"code_0", "code_1", "code_2"}
    assert journal.keys("localhost key zz") == {"code_3"}
    assert journal.keys("something else") == frozenset()
    journal.close()


def test_linking_what_is_known_already_writes_nothing(path: Path) -> None:
    journal = JournalStore(path)
    journal.link(LINKS, NOW)
    assert journal._db is not None
    changes = journal._db.total_changes
    journal.link(LINKS, NOW)
    assert journal._db.total_changes == changes
    journal.close()
