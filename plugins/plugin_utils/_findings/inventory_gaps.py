# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports gaps: accounts and Regions that the inventory could not read. PRIVATE to this collection.

The targets there are not in the inventory, so no other finding mentions them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.flow_logs import hint_for
from .._discovery.accounts import GAPS_VARIABLE, Gap, GapDict, NOT_ACTIVE
from .finding import Finding

#: How many gaps a run prints.
_SHOWN = 5

_REMEDIES: Mapping[str, str] = {
    "RegionDisabled": "Enable {region} in the account, or remove it from the option regions of the inventory (use enabled instead of all).",
    "RegionUnknown": "Correct {region} in the option regions of the inventory.",
    NOT_ACTIVE: "Remove the account from organization.accounts in the inventory.",
    "WrongAccount": "Correct account_id, profile or assume_role_arn of {account} in the inventory: they belong to different accounts.",
    "NoConnection": "Correct the profile of {account} in the AWS configuration, or its name in the inventory.",
}
#: GetCallerIdentity needs no permission (STS API). If it is denied, so is access to the account.
_SIGN_IN_CALLS = ("AssumeRole", "GetCallerIdentity")
_SIGN_IN = (
    "In the trust policy of the role for {account}, name the principal that reads the inventory, and allow that principal "
    "sts:AssumeRole on the role."
)
_DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
_ALLOW = (
    "Allow ec2:{reading} in {account}; ansible-doc -t inventory flowlogs.aws.flow_log_targets lists all permissions."
)
_OTHERWISE = "Fix the problem in the message, then reload the inventory."


def gap_remedy(gap: Gap) -> str:
    """Return how to fix a gap."""
    if gap.code in _DENIED:
        text = _SIGN_IN if gap.reading in _SIGN_IN_CALLS else _ALLOW
    else:
        text = _REMEDIES.get(gap.code) or hint_for(gap.reading, gap.code, gap.message) or _OTHERWISE
    return text.format(account=gap.account, region=gap.region, reading=gap.reading)


def gap_findings(gaps: Iterable[GapDict]) -> list[Finding]:
    """Return a finding ``unknown`` for each gap, about an account or one of its Regions."""
    return [_finding(Gap(**item)) for item in gaps]


def _finding(gap: Gap) -> Finding:
    account = gap.account_id or gap.account
    return Finding(
        finding="unknown",
        target=f"{account}/{gap.region}" if gap.region else account,
        target_type="Region" if gap.region else "Account",
        account_id=gap.account_id or None,
        region=gap.region,
        evidence=gap.sentence,
        remedy=gap_remedy(gap),
    )


def gap_lines(gaps: Sequence[GapDict]) -> list[str]:
    """Return a line for each of the first gaps, and one with the number of the others."""
    lines = [Gap(**item).sentence for item in gaps[:_SHOWN]]
    more = len(gaps) - len(lines)
    return lines + ([f"Not read: {more} more, see the variable {GAPS_VARIABLE}."] if more else [])
