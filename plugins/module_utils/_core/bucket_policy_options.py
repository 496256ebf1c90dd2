# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What flow_log_bucket_policy is asked for, checked before the first AWS call. PRIVATE to this collection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from typing import List
from typing import Mapping
from typing import Optional
from typing import Sequence
from typing import Tuple

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_grants import ALL_REGIONS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_grants import FROM_ACCOUNTS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_grants import FROM_ANYONE
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_grants import FROM_ORGANIZATION
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_grants import LAYOUTS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_grants import PLAIN
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_grants import Form
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_grants import Grant
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination import Destination
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination import check_new_folder
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination import parse_destination
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination import parse_folder
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.identifiers import parse_account_id
from ansible_collections.flowlogs.aws.plugins.module_utils._core.source_options import parse_accounts
from ansible_collections.flowlogs.aws.plugins.module_utils._core.source_options import parse_organization
from ansible_collections.flowlogs.aws.plugins.module_utils._core.source_options import parse_regions


@dataclass(frozen=True)
class WantedDelivery:
    """Which sources are to have, or not to have, which places of a bucket.

    :param bucket: bucket and partition; it has no folder, ``folders`` has them.
    :param accounts: account ids; None: that of the caller, unless ``organization`` is given.
    :param regions: names of regions, or ``("*",)`` for all.
    """

    bucket: Destination
    present: bool
    folders: Tuple[str, ...]
    accounts: Optional[Tuple[str, ...]]
    regions: Tuple[str, ...]
    organization: Optional[str]
    form: Form
    layouts: Tuple[str, ...]
    expected_owner: Optional[str]

    @property
    def sources(self) -> Tuple[str, ...]:
        """Accounts, or the organization."""
        return (self.organization,) if self.organization else self.accounts or ()

    def grants(self) -> Tuple[Grant, ...]:
        """Return every single grant that is asked for."""
        regions = (ALL_REGIONS,) if self.form.sources == FROM_ANYONE and self.present else self.regions
        return tuple(
            Grant(source, region, folder, layout)
            for source in self.sources
            for region in regions
            for folder in self.folders
            for layout in self.layouts
        )


def _parse_bucket(value: str, partition: str) -> Destination:
    bucket = parse_destination(value, partition, option="bucket")
    if bucket.folder:
        raise InputError("bucket", value, "a bucket alone, by name or ARN; folders belong in prefixes")
    return bucket


def _parse_folders(prefixes: Optional[Sequence[str]]) -> Tuple[str, ...]:
    if prefixes is None:
        return ("",)
    if not prefixes:
        raise InputError("prefixes", prefixes, "at least one folder; '' is the bucket without a folder")
    folders = []
    for position, prefix in enumerate(prefixes):
        option = f"prefixes[{position}]"
        check_new_folder(option, prefix)
        folders.append(parse_folder(option, prefix))
    return tuple(dict.fromkeys(folders))


def _parse_organization(params: Mapping[str, Any]) -> Optional[str]:
    organization = parse_organization(params)
    if organization and params.get("source_conditions") is False:
        raise InputError("source_conditions", False, "true together with organization_id, which is such a condition")
    return organization


def _parse_layouts(layouts: Optional[List[str]], default: Tuple[str, ...]) -> Tuple[str, ...]:
    if layouts is None:
        return default
    if not layouts or not set(layouts) <= set(LAYOUTS):
        raise InputError("layouts", layouts, "plain, hive, or both")
    return tuple(layout for layout in LAYOUTS if layout in layouts)


def wanted_from_options(params: Mapping[str, Any], partition: str) -> WantedDelivery:
    """Read the options of flow_log_bucket_policy.

    :param params: options by name; those not given may be missing or None.
    :param partition: partition of the region at work; a bucket ARN of another one is refused.
    :raises InputError: for what can never work, naming option, value and what is allowed.
    """
    present = params.get("state", "present") == "present"
    tied = params.get("source_conditions") is not False
    organization = _parse_organization(params)
    sources = FROM_ORGANIZATION if organization else FROM_ACCOUNTS if tied else FROM_ANYONE
    owner = params.get("expected_bucket_owner")
    return WantedDelivery(
        bucket=_parse_bucket(params["bucket"], partition),
        present=present,
        folders=_parse_folders(params.get("prefixes")),
        accounts=parse_accounts(params.get("account_ids")),
        regions=parse_regions(params.get("regions")),
        organization=organization,
        form=Form(params.get("acl_condition") or "string_equals", sources),
        # The statements of 2020 know no Hive folders; whoever needs them there says so.
        layouts=_parse_layouts(params.get("layouts"), LAYOUTS if tied or not present else (PLAIN,)),
        expected_owner=None if owner is None else parse_account_id("expected_bucket_owner", owner),
    )
