"""All Keys: what comes is shown as it comes, a key that fails is told, a row opens in its key, and memory is bounded."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pydantic import SecretStr

from jpmanage_tui.account.session import KeyConnection, Session
from jpmanage_tui.api.billing import BillingCosts, BillingEstimate
from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiConnectionError, ApiError, AuthenticationError
from jpmanage_tui.api.ids import LicenseKey, PartnerId, PartnerKeyId
from jpmanage_tui.api.licenses import PER_PAGE, License, LicensePage
from jpmanage_tui.api.partner import Partner, PartnerKey
from jpmanage_tui.services.all_keys import KeyToRead, keys_to_read
from jpmanage_tui.services.billing_estimate import EstimateSummary
from jpmanage_tui.services.estimate_reading import total_of
from jpmanage_tui.ui.sections.all_keys.data import KEPT, AllLicensesState, KeyLicenses, Place
from jpmanage_tui.ui.sections.all_keys.section import AllKeysSection
from jpmanage_tui.ui.sections.billing.section import BillingSection
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.ui.harness import LARGE, Run, running, signed_in_as


class OtherKeys:
    """Stands before the other keys of a session: they answer when the test says so, or not at all."""

    def __init__(self, session: Session) -> None:
        assert session.connect_key is not None
        self.fails = False
        self.answers = asyncio.Event()
        self.opened: list[KeyConnection] = []
        self._connect = session.connect_key
        session.connect_key = self.connect

    async def connect(self, key: PartnerKey) -> KeyConnection:
        await self.answers.wait()
        if self.fails:
            raise ApiConnectionError("The line is down.", method="GET", path="/licenses")
        self.opened.append(connection := await self._connect(key))
        return connection


async def opened(run: Run) -> tuple[AllKeysSection, OtherKeys]:
    assert run.app.session is not None
    others = OtherKeys(run.app.session)
    await run.press("A")
    await run.until(lambda: isinstance(run.app.main.section, AllKeysSection), "All Keys")
    view = run.view(AllKeysSection)
    await run.until(lambda: view.state.count, "the rows of the key in use")
    return view, others


async def test_rows_stand_as_they_come_and_the_cursor_keeps_its_row() -> None:
    async with running(LARGE, licenses=20) as run:
        view, others = await opened(run)
        await run.sees(f"{view.state.count}+ licenses of 2 keys", "· · ·")
        view.state.parts.reverse()  # the key that is still on its way stands first
        view.license_list.rebuild(None)
        await run.press("j", "j")
        on = view.current
        assert on is not None
        others.answers.set()
        await run.until(lambda: view.state.is_whole, "the other key")
        assert view.current == on
        assert view.license_list.cursor > 3
        await run.sees(f"{view.state.count} licenses of 2 keys")


async def test_a_key_that_fails_is_told_and_the_others_are_shown() -> None:
    async with running(LARGE, licenses=20) as run:
        view, others = await opened(run)
        others.fails = True
        others.answers.set()
        await run.until(lambda: view.state.parts[1].error, "its failure")
        await run.press("G")
        await run.sees(
            "✗ Loading its licenses: The line is down.",
            f"{view.state.count}+ licenses of 2 keys, 1 key could not be read",
        )
        assert view.current is not None, "the cursor stands on licenses"
        refresh = await view.refresh_quietly()
        assert refresh is not None
        refresh()
        assert view.load_error, "that the key in use answers does not mean that all do"
        others.fails = False
        await run.press("r")
        await run.until(lambda: view.state.is_whole, "all of them")


async def test_enter_opens_the_key_with_the_license_shown_and_the_bill_of_its_key() -> None:
    async with running(LARGE, licenses=20) as run:
        view, others = await opened(run)
        others.answers.set()
        await run.until(lambda: view.state.is_whole, "every key")
        await run.press("G")
        on, before = view.current, run.app.session
        assert on is not None
        await run.press("enter")
        await run.until(lambda: run.app.session is not before, "the other key")
        assert run.app.session is not None
        assert run.app.session.key_id == on.key.id
        await run.until(lambda: isinstance(run.app.main.section, LicensesSection), "Licenses")
        await run.until(lambda: run.view(LicensesSection).current == on.license, "the license")
        assert on.license.license_key in run.view(LicensesSection).state.expanded
        assert len(others.opened) == 1
        # now the first key is the other one
        await run.press("A", "[")
        await run.sees("2 keys,", "together so far (estimates)")
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.main.section, BillingSection), "Billing")
        assert run.app.session.key_id != on.key.id


async def test_what_is_in_view_is_read_again_without_a_trace_and_the_cursor_follows_its_license() -> None:
    async with running(LARGE, licenses=20) as run:
        view, others = await opened(run)
        others.answers.set()
        await run.until(lambda: view.state.is_whole, "every key")
        await run.press("j", "j")
        on, asked = view.current, len(run.asked("GET", "/licenses"))
        show = await view.read_view()
        assert show is not None
        assert len(run.asked("GET", "/licenses")) > asked
        assert not show(), "nothing differs"
        part = view.state.parts[0]
        for row in sorted(
            part.pages.rows
        ):  # as if one had been issued since: what is known stands a row too high
            if row:
                part.pages.rows[row - 1] = part.pages.rows.pop(row)
        view.license_list.move_cursor(1)
        assert view.current == on
        assert show()
        assert view.current == on
        assert view.license_list.cursor == 2
        view.show_tab(5)
        view.query_changed()
        await run.until(lambda: all(bill.read for bill in view.bills.values()), "the bills")
        show = await view.read_view()
        assert show is not None
        assert not show()


async def test_the_number_of_licenses_of_a_key_that_is_not_in_view_is_kept_true_too() -> None:
    async with running(licenses=120) as run:
        view, others = await opened(run)
        others.answers.set()
        await run.until(lambda: view.state.is_whole, "every key")
        view.state.parts.reverse()
        view.license_list.rebuild(None)
        await run.press("G")
        above, count = view.state.parts[0], view.state.count
        await run.until(lambda: not view.license_list.rows_in_view(above), "it is above the view")
        assert above.pages.total is not None
        above.pages.total -= 1  # as if one had been issued since
        view.license_list.rebuild(view.license_list.kept_place())
        on = view.current
        assert on is not None
        show = await view.read_view()
        assert show is not None
        assert show()
        assert (view.state.count, view.current) == (count, on)
        show = await view.read_view()
        assert show is not None
        assert not show(), "nothing differs"


@pytest.mark.parametrize("tab", [0, 5])
async def test_a_key_that_cannot_be_refreshed_is_told_and_keeps_no_other_from_it(tab: int) -> None:
    async with running(LARGE, licenses=20) as run:
        view, others = await opened(run)
        others.answers.set()
        await run.until(lambda: view.state.is_whole, "every key")
        view.show_tab(tab)
        view.query_changed()
        await run.until(lambda: not tab or all(bill.read for bill in view.bills.values()), "the bills")
        own, other = view.keys
        error: ApiError | None = ApiConnectionError("The line is down.", method="GET", path="/licenses")
        connect = view._clients.client

        async def client(key: PartnerKey) -> LicensingClient:
            if key == other.key and error is not None:
                raise error
            return await connect(key)

        async def refresh() -> None:
            show = await view.refresh_quietly()
            assert show is not None
            show()

        view._clients.client = client  # type: ignore[method-assign]
        asked = len(run.asked("GET", "/licenses"))
        await refresh()
        assert len(run.asked("GET", "/licenses")) > asked, "the key in use was read"
        await run.sees(f"{other.name}: as of ", "could not be refreshed")
        assert own.name not in view.summary()
        error = None
        await refresh()
        await run.until(lambda: "could not be refreshed" not in run.status, "it answers again")
        error = AuthenticationError("The token is gone.", method="GET", path="/licenses")
        await refresh()
        assert "could not be refreshed" in view.summary()
        error = None
        await refresh()
        assert "could not be refreshed" in view.summary(), (
            "a rejected token is not tried before the user asks"
        )
        await run.press("r")
        await run.until(lambda: "could not be refreshed" not in view.summary(), "all of it")


async def test_an_export_has_the_licenses_of_every_key_and_names_a_key_that_cannot_be_read() -> None:
    async with running(LARGE, licenses=20) as run:
        view, others = await opened(run)
        others.answers.set()
        await run.until(lambda: view.state.is_whole, "every key")
        own, other = view.keys
        what = view.export()
        rows = [row async for row in what.rows(False)]
        assert tuple(rows[0]) == what.columns
        assert {row["key"] for row in rows} == {own.name, other.name}
        assert len(rows) >= view.state.count
        assert what.lacks() == ""
        assert "*" in str(rows[0]["license_code"])
        connect = view._clients.client

        async def client(key: PartnerKey) -> LicensingClient:
            if key == other.key:
                raise AuthenticationError("The token is gone.", method="GET", path="/licenses")
            return await connect(key)

        view._clients.client = client  # type: ignore[method-assign]
        what = view.export()
        assert {row["key"] async for row in what.rows(True)} == {own.name}
        assert what.lacks().startswith(f"{other.name}: ")
        view.keys = (other,)
        with pytest.raises(AuthenticationError):
            assert [row async for row in view.export().rows(True)]
        view.keys, view._clients.client = (own, other), connect  # type: ignore[method-assign]
        await run.press("[")
        await run.until(lambda: all(bill.read for bill in view.bills.values()), "the bills")
        what = view.export()
        assert [row["key"] async for row in what.rows(False)] == [own.name, other.name]
        await run.press("e")
        await run.sees("Export the bills of 2 keys")


async def test_with_a_key_token_alone_it_says_why_nothing_is_listed() -> None:
    async with signed_in_as(key="sandbox-key") as run:
        await run.until(lambda: run.app.session, "the session")
        await run.press("A")
        await run.sees("Only a partner key token is set (JPMANAGE_TOKEN).")
        await run.press("s")
        await run.sees("Only one partner key is known.")


# -- rules ---------------------------------------------------------------------------------


def key(number: int, **more: object) -> PartnerKey:
    token = SecretStr(f"token-{number}")
    return PartnerKey(id=PartnerKeyId(number), name=f"Key {number}", oauth2_token=token).model_copy(
        update=more
    )


def page(number: int, total: int) -> LicensePage:
    rows = range((number - 1) * PER_PAGE, min(total, number * PER_PAGE))
    items = tuple(License(license_key=LicenseKey(f"code-{row}")) for row in rows)
    return LicensePage(items=items, page=number, per_page=PER_PAGE, total_items=total)


def test_what_is_far_from_the_view_is_forgotten() -> None:
    part = KeyLicenses(KeyToRead("Key 1", key(1)))
    for number in range(1, 101):
        part.pages.store(number, page(number, 100 * PER_PAGE), datetime.now(UTC))
        part.forget_far((number - 1) * PER_PAGE, number * PER_PAGE - 1)
        assert len(part.pages.rows) <= (KEPT + 1) * PER_PAGE
    assert part.lines == 100 * PER_PAGE
    assert part.pages.missing_pages(0, PER_PAGE - 1) == [1], "it is asked for again"


def test_lines_and_rows_of_several_keys() -> None:
    state = AllLicensesState([KeyToRead(f"Key {number}", key(number)) for number in (1, 2, 3)])
    assert state.lines == 3, "a line a key before it has answered"
    first, second, _third = state.parts
    second.pages.store(1, page(1, 3), datetime.now(UTC))
    assert (state.lines, state.count, state.is_whole) == (5, 3, False)
    assert [state.license_at(line) is not None for line in range(5)] == [False, True, True, True, False]
    assert state.line_of(Place(second, 2)) == 3
    first.pages.store(1, page(1, 0), datetime.now(UTC))
    assert state.line_of(Place(second, 2)) == 2
    assert state.place(99) is None


def test_which_keys_can_be_read() -> None:
    partner = Partner(
        id=PartnerId(1),
        name="Acme",
        keys=(key(1), key(2, disabled_on="2026-01-01"), key(3, oauth2_token=SecretStr(""))),
        unreadable_keys=1,
    )
    keys = keys_to_read(partner)
    assert [(one.name, bool(one.lack), one.disabled) for one in keys] == [
        ("Key 1", False, False),
        ("Key 2", True, True),
        ("Key 3", True, False),
        ("Acme", True, False),
    ]


def summary(cost: str | None, currency: str | None = "USD", day: str = "2026-03-02") -> EstimateSummary:
    costs = BillingCosts(total=None if cost is None else Decimal(cost))
    return EstimateSummary(BillingEstimate(date=date.fromisoformat(day), costs=costs), currency)


def test_a_total_stands_only_where_every_figure_is_known_and_of_one_currency_and_month() -> None:
    total = total_of([summary("1.10"), summary("2.20", day="2026-03-01")])
    assert total == (Decimal("3.30"), "USD")
    for other in (summary("1", "EUR"), summary(None), summary("1", None), summary("1", day="2026-02-28")):
        assert total_of([summary("1.10"), other]) is None
    assert total_of([]) is None
