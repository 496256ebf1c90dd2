# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the inventory could not read, as findings and as lines for people. PRIVATE to this collection.

Targets behind a gap are not in the inventory, so nothing else in a report would tell of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.flow_logs import hint_for
from .._discovery.accounts import GAPS_VARIABLE, Gap, NOT_ACTIVE
from .finding import Finding

#: Where people read of gaps, more than that would hide everything else.
_SHOWN = 5

_REMEDIES: Mapping[str, str] = {
    "RegionDisabled": "Enable {region} in the account, or leave it out of the option regions of the inventory (enabled in the place of all).",
    "RegionUnknown": "Correct {region} in the option regions of the inventory.",
    NOT_ACTIVE: "Leave the account out of organization.accounts of the inventory.",
    "WrongAccount": "Correct account_id, profile or assume_role_arn of {account} in the inventory: they name two accounts.",
    "NoConnection": "Correct the profile of {account} in the AWS configuration, or its name in the inventory.",
}
#: Calls that need no permission of their own: denied is the way into the account (STS API, GetCallerIdentity).
_ENTERING = ("AssumeRole", "GetCallerIdentity")
_ENTER = (
    "Let the trust policy of the role for {account} name who reads the inventory, and allow that principal sts:AssumeRole "
    "of the role."
)
_DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
_ALLOW = (
    "Allow ec2:{reading} in {account}; ansible-doc -t inventory flowlogs.aws.flow_log_targets names all that is needed."
)
_OTHERWISE = "Fix what the message says, and read the inventory again."


def gap_remedy(gap: Gap) -> str:
    """Return how to fix a gap."""
    if gap.code in _DENIED:
        text = _ENTER if gap.reading in _ENTERING else _ALLOW
    else:
        text = _REMEDIES.get(gap.code) or hint_for(gap.reading, gap.code, gap.message) or _OTHERWISE
    return text.format(account=gap.account, region=gap.region, reading=gap.reading)


def gap_findings(gaps: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """Return each gap as a finding ``unknown``, about an account or one of its regions.

    :param gaps: ``gaps`` of :meth:`work.Publication.to_dict`.
    """
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


def gap_lines(gaps: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the first gaps in words, and how many more there are."""
    lines = [Gap(**item).sentence for item in gaps[:_SHOWN]]
    more = len(gaps) - len(lines)
    return lines + ([f"Not read: {more} more, see the variable {GAPS_VARIABLE}."] if more else [])
