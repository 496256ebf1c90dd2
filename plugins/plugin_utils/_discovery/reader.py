# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads accounts and Regions for the inventory plugin, several at the same time. PRIVATE to this collection."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Callable, Union

import ansible.template
from ansible.errors import AnsibleError

from ansible_collections.flowlogs.aws.plugins.module_utils._aws import ec2_targets
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import FlowLogsAWSError, error_code_and_message
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.sts import assume_role, caller_identity
from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import AssumedRole
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.target_shapes import SHAPES
from .accounts import Account, Gap
from .targets import Description, Scan

if hasattr(ansible.template, "trust_as_template"):

    # Since ansible-core 2.19 only trusted text is a template.
    def inert(value: Any) -> Any:
        """Return the value unchanged: Ansible does not render it as a template."""
        return value

else:  # ansible-core 2.17 and 2.18
    from ansible.utils.unsafe_proxy import wrap_var

    def inert(value: Any) -> Any:
        """Return a value whose texts Ansible never renders as templates."""
        return wrap_var(value)


#: Values of the option ``regions``: all Regions of the partition, and all that are enabled in the account.
ALL_REGIONS, ENABLED_REGIONS = "all", "enabled"
NOT_OPTED_IN = "not-opted-in"
SESSION_NAME = "flowlogs_aws_inventory"
#: Error codes of a Region that is not enabled, and of invalid keys. All other calls would fail in the same way.
_FINAL_ERRORS = ("AuthFailure", "OptInRequired", "InvalidClientTokenId", "ExpiredToken", "RequestExpired")

#: ``clients(service, region=..., **credentials)`` returns a botocore client.
Clients = Callable[..., Any]
#: Parameters of a botocore session: keys, or the name of a profile.
Credentials = Mapping[str, Union[str, None]]


@dataclass(frozen=True)
class ScanRequest:
    """What to read. The cache compares it, to find out whether its content still applies.

    :param types: resource types.
    :param regions: names of Regions, :data:`ALL_REGIONS` or :data:`ENABLED_REGIONS`.
    :param home_region: Region for the calls that are not about one Region.
    :param filters: resource type -> EC2 filters.
    """

    types: tuple[str, ...]
    regions: tuple[str, ...]
    home_region: str
    filters: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Place:
    """A Region of an account, with the credentials, which are stored nowhere else."""

    account: Account
    region: str
    credentials: Credentials = field(repr=False)


class TargetReader:
    """Reads accounts and Regions. What cannot be read becomes a :class:`Gap` and stops nothing else.

    :param workers: maximum number of accounts or Regions that are read at the same time.
    """

    def __init__(self, clients: Clients, request: ScanRequest, workers: int) -> None:
        self._clients = clients
        self._request = request
        self._workers = workers
        # Options of Ansible plugins are not thread-safe.
        self._lock = threading.Lock()

    def read(self, accounts: Sequence[Account]) -> tuple[list[Scan], list[Gap]]:
        """Return the answers of each account and Region, and the gaps, in the order of the accounts."""
        with ThreadPoolExecutor(max_workers=self._workers) as pool:
            entered = list(pool.map(self._enter, accounts))
            places = _without_duplicates([place for found, _gaps in entered for place in found])
            answers = list(pool.map(self._scan, places))
        gaps = [gap for _found, gaps in entered for gap in gaps] + [gap for _scan, gaps in answers for gap in gaps]
        return [scan for scan, _gaps in answers], gaps

    def _client(self, service: str, region: str, credentials: Credentials) -> Any:
        with self._lock:
            return self._clients(service, region=region, **credentials)

    def _enter(self, account: Account) -> tuple[list[_Place], list[Gap]]:
        """Return the Regions of an account that can be read, and the gaps."""
        try:
            credentials = self._credentials(account)
            identity = caller_identity(self._client("sts", self._request.home_region, credentials))
        except FlowLogsAWSError as error:
            code, message = error_code_and_message(error)
            return [], [account.gap(code, message, "AssumeRole" if account.assume_role_arn else "GetCallerIdentity")]
        except AnsibleError as error:
            return [], [account.gap("NoConnection", str(error))]
        if account.account_id and account.account_id != identity.account_id:
            message = f"The credentials belong to account {identity.account_id}."
            return [], [account.gap("WrongAccount", message, "GetCallerIdentity")]
        return self._places(replace(account, account_id=identity.account_id), credentials)

    def _credentials(self, account: Account) -> Credentials:
        if account.assume_role_arn:
            own = self._client("sts", self._request.home_region, {})
            return assume_role(own, AssumedRole(account.assume_role_arn, session_name=SESSION_NAME))
        if account.profile:
            # Access keys of the plugin's own credentials would take precedence over the profile.
            keys = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key", "aws_session_token"))
            return {"profile_name": account.profile, **keys}
        return {}

    def _places(self, account: Account, credentials: Credentials) -> tuple[list[_Place], list[Gap]]:
        names = self._request.regions
        try:
            statuses = ec2_targets.describe_regions(self._client("ec2", self._request.home_region, credentials))
        except FlowLogsAWSError as error:
            statuses = {}
            if ALL_REGIONS in names or ENABLED_REGIONS in names:
                code, message = error_code_and_message(error)
                return [], [account.gap(code, message, "DescribeRegions")]
        regions = _expanded_regions(names, statuses)
        gaps = [gap for gap in (_region_gap(account, region, statuses) for region in regions) if gap]
        unreadable = {gap.region for gap in gaps}
        return [_Place(account, region, credentials) for region in regions if region not in unreadable], gaps

    def _scan(self, place: _Place) -> tuple[Scan, list[Gap]]:
        reader = _RegionReader(place, self._request)
        try:
            client = self._client("ec2", place.region, place.credentials)
            with self._lock:
                # The first client loads the paginators, which is not thread-safe.
                client.can_paginate("describe_flow_logs")
        except AnsibleError as error:
            return reader.scan(), [place.account.gap("NoConnection", str(error), region=place.region)]
        reader.read(client)
        return reader.scan(), reader.gaps


class _RegionReader:
    """Reads one Region of one account."""

    def __init__(self, place: _Place, request: ScanRequest) -> None:
        self._place = place
        self._request = request
        self._resources: dict[str, Sequence[Description]] = {}
        self._subnet_owners: dict[str, str] = {}
        self._flow_logs: Sequence[Description] | None = None
        self._has_final_error = False
        self.gaps: list[Gap] = []

    def read(self, client: Any) -> None:
        """Read all pages of one call for each type, and of DescribeFlowLogs."""
        for name in self._request.types:
            shape, filters = SHAPES[name], self._request.filters.get(name, {})
            found = self._try(shape.operation, partial(ec2_targets.describe_resources, client, shape, filters))
            self._resources[name] = found or []
        if self._resources.get("NetworkInterface"):
            subnets = self._try("DescribeSubnets", lambda: self._all_subnets(client)) or []
            self._subnet_owners = {item["SubnetId"]: item.get("OwnerId", "") for item in subnets}
        self._flow_logs = self._try("DescribeFlowLogs", lambda: ec2_targets.describe_raw_flow_logs(client))

    def _all_subnets(self, client: Any) -> Sequence[Description]:
        if "Subnet" in self._request.types and not self._request.filters.get("Subnet"):
            return self._resources["Subnet"]
        return ec2_targets.describe_resources(client, SHAPES["Subnet"], {})

    def scan(self) -> Scan:
        """Return the answers."""
        account = self._place.account
        return Scan(
            account_id=account.account_id,
            account=account.name,
            region=self._place.region,
            connection=account.connection,
            resources=self._resources,
            subnet_owners=self._subnet_owners,
            flow_logs=self._flow_logs,
            found_with="" if account.connection else account.assume_role_arn,
        )

    def _try(self, operation: str, call: Callable[[], Sequence[Description]]) -> Sequence[Description] | None:
        if self._has_final_error:
            return None
        try:
            return call()
        except FlowLogsAWSError as error:
            code, message = error_code_and_message(error)
            # Without an answer of AWS all other calls would fail in the same way, too.
            self._has_final_error = code in _FINAL_ERRORS or not hasattr(error.exception, "response")
            self.gaps.append(self._place.account.gap(code, message, operation, self._place.region))
            return None


def _expanded_regions(names: Sequence[str], statuses: Mapping[str, str]) -> list[str]:
    """Return the names of Regions without duplicates, with ``all`` and ``enabled`` expanded."""
    regions = {
        ALL_REGIONS: sorted(statuses),
        ENABLED_REGIONS: sorted(name for name, status in statuses.items() if status != NOT_OPTED_IN),
    }
    return list(dict.fromkeys(region for name in names for region in regions.get(name, [name])))


def _region_gap(account: Account, region: str, statuses: Mapping[str, str]) -> Gap | None:
    """Return the gap of a Region that cannot be read. Without statuses the plugin tries every Region."""
    if not statuses or statuses.get(region, NOT_OPTED_IN) != NOT_OPTED_IN:
        return None
    if region not in statuses:
        return account.gap("RegionUnknown", f"AWS has no Region {region}.", "DescribeRegions", region)
    message = f"The Region {region} is not enabled in the account."
    return account.gap("RegionDisabled", message, "DescribeRegions", region)


def _without_duplicates(places: Sequence[_Place]) -> list[_Place]:
    """Drop the second entry of an account that is named twice, for example by its profile and by its id."""
    found: dict[tuple[str, str], _Place] = {}
    for place in places:
        found.setdefault((place.account.account_id, place.region), place)
    return list(found.values())
