# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many more accounts a bucket policy has room for. PRIVATE to this collection."""

from __future__ import annotations

from dataclasses import replace
from typing import Dict
from typing import List
from typing import Optional
from typing import Tuple

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_options import WantedDelivery
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_plan import MAX_BYTES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_plan import missing_grants
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_plan import smallest_size
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import FROM_ACCOUNTS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import Grant
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import Policy

#: No account id is below this number; so these stand for accounts that no policy names.
_UNUSED = 90
#: Numbers of accounts whose sizes tell what each further account takes.
_FEW, _SOME = 8, 24


def room_for_accounts(policy: Optional[Policy], wanted: WantedDelivery) -> Optional[int]:
    """Return how many further accounts flow_log_bucket_policy could let in before it refuses; None: any number.

    :param policy: as it is, None without one.
    :param wanted: each further account needs as many Regions, folders and layouts as the source with the most of them.
    """
    form = replace(wanted.form, sources=FROM_ACCOUNTS)
    (account,) = _accounts(1)
    share = tuple(replace(grant, source=account) for grant in _largest_share(wanted))
    one = replace(wanted, present=True, form=form, asked=share)
    # What one account that no policy names is missing, every other one is missing too.
    missing = missing_grants(policy, one)

    def size_with(count: int) -> int:
        items = [(form, replace(grant, source=name)) for form, grant in missing for name in _accounts(count)]
        return smallest_size(policy, one, items)

    few, some = size_with(_FEW), size_with(_SOME)
    each = (some - few) / (_SOME - _FEW)
    if each <= 0:
        return None
    room = max(0, _SOME + int((MAX_BYTES - some) / each))
    # Statements grow by the same for each account, but for the first few, which may need statements of their own.
    while room and size_with(room) > MAX_BYTES:
        room -= 1
    return room


def _accounts(count: int) -> Tuple[str, ...]:
    return tuple(f"{number:012d}" for number in range(_UNUSED, _UNUSED + count))


def _largest_share(wanted: WantedDelivery) -> List[Grant]:
    shares: Dict[str, List[Grant]] = {}
    for grant in wanted.grants():
        shares.setdefault(grant.source, []).append(grant)
    return max(shares.values(), key=len)
