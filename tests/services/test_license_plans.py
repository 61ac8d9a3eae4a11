"""Plans for licenses that were chosen one by one: which are taken, in which order, and how many that is."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, strategies as st

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.licenses import License
from jpmanage_tui.operations.mutations.licenses import RevokeLicense
from jpmanage_tui.rules.licenses import Allowed, LicenseAction, allowed
from jpmanage_tui.services.license_changes import size_of
from jpmanage_tui.services.license_plans import plan_revoking, plan_unassigning

SINCE = "2026-01-01 00:00:00"


@st.composite
def licenses(draw: st.DrawFn) -> list[License]:
    """Return licenses of any state, bundles and what is in them, some of them twice."""
    found = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        kind = draw(st.sampled_from(["single", "bundle", "member", "standard"]))
        attached = kind != "bundle" and draw(st.booleans())
        found.append(
            License.model_validate(
                {
                    "license_key": f"jetpack-scan_{number}",
                    "license_id": number,
                    "product": "Jetpack Scan",
                    "owner_type": "user" if kind == "standard" else "jetpack_partner_key",
                    "issued_at": SINCE,
                    "attached_at": SINCE if attached else None,
                    "revoked_at": SINCE if draw(st.integers(0, 5)) == 0 else None,
                    "blog_id": number if attached else None,
                    "siteurl": f"s{number}.example" if attached else None,
                    "quantity": 5 if kind == "bundle" else None,
                    "parent_license_id": draw(st.integers(1, 8)) if kind == "member" else None,
                }
            )
        )
    return [*found, *draw(st.lists(st.sampled_from(found), max_size=2))]


@given(licenses())
def test_each_license_that_may_be_revoked_goes_once_alone_or_with_its_bundle(chosen: list[License]) -> None:
    plan = plan_revoking(chosen, ())
    sent = [item.mutation for item in plan.run.items if isinstance(item.mutation, RevokeLicense)]
    by_key = {license.license_key: license for license in chosen}
    assert set(Counter(change.license_key for change in sent).values()) <= {1}
    assert plan.revoked == size_of(by_key[change.license_key] for change in sent)
    gone = {by_key[change.license_key].license_id for change in sent if change.quantity}
    left_out = {LicenseKey(one.what) for one in plan.left_out}
    for license in by_key.values():
        may = isinstance(allowed(license, LicenseAction.REVOKE), Allowed)
        with_bundle = license.parent_license_id in gone
        is_sent = license.license_key in {change.license_key for change in sent}
        assert is_sent is (may and not with_bundle)
        assert (license.license_key in left_out) is (not may and not with_bundle)


@given(licenses(), st.booleans())
def test_each_license_that_may_be_unassigned_goes_once(chosen: list[License], mails: bool) -> None:
    plan = plan_unassigning(chosen, send_email=mails)
    may = [one.license_key for one in chosen if isinstance(allowed(one, LicenseAction.UNASSIGN), Allowed)]
    assert [item.mutation.conflict_key for item in plan.run.items] == [
        f"license:{key}" for key in dict.fromkeys(may)
    ]
    assert plan.unassigned == len(plan.run.items) == plan.sites
    assert {one.what for one in plan.left_out} == {one.license_key for one in chosen} - set(may)
