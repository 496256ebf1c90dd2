# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looks into accounts and regions for the inventory plugin, several at a time. PRIVATE to this collection."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Callable

import ansible.template
from ansible.errors import AnsibleError

from ansible_collections.flowlogs.aws.plugins.module_utils._aws import ec2_targets
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import FlowLogsAWSError, error_code_and_message
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.sts import assume_role, caller_identity
from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import AssumedRole
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.target_shapes import SHAPES
from .accounts import Account, Gap
from .targets import Scan

if hasattr(ansible.template, "trust_as_template"):

    # Since ansible-core 2.19 only what somebody declared trustworthy is ever a template.
    def inert(value: Any) -> Any:
        """Return a value as it is."""
        return value

else:  # ansible-core 2.17 and 2.18
    from ansible.utils.unsafe_proxy import wrap_var

    def inert(value: Any) -> Any:
        """Return a value in which no text is a template."""
        return wrap_var(value)


#: In the list of regions: every one that AWS has, and every one that is enabled in the account.
ALL_REGIONS, ENABLED_REGIONS = "all", "enabled"
NOT_OPTED_IN = "not-opted-in"
SESSION_NAME = "flowlogs_aws_inventory"
#: A region that is not enabled answers every call like this, and so does every region to keys that nobody has.
NO_USE_GOING_ON = ("AuthFailure", "OptInRequired", "InvalidClientTokenId", "ExpiredToken", "RequestExpired")

Clients = Callable[..., Any]


@dataclass(frozen=True)
class Question:
    """What is to be read; plain data, so that a cache can tell whether it answers the same question.

    :param regions: names, :data:`ALL_REGIONS` or :data:`ENABLED_REGIONS`.
    :param home_region: where to ask which regions there are.
    :param filters: resource type -> filters of EC2.
    """

    types: tuple[str, ...]
    regions: tuple[str, ...]
    home_region: str
    filters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Place:
    """An account that was entered, and one of its regions. The credentials stay in here."""

    account: Account
    region: str
    credentials: Mapping[str, str | None] = field(repr=False)


class TargetReader:
    """Reads accounts and regions; what cannot be read becomes a :class:`Gap` and stops nothing else.

    :param clients: ``clients(service, region=..., **credentials)`` returns a botocore client.
    :param workers: how many accounts or regions are read at a time, at most.
    """

    def __init__(self, clients: Clients, question: Question, workers: int) -> None:
        self._clients = clients
        self._question = question
        self._workers = workers
        # Ansible's options are not for several threads at a time.
        self._one_at_a_time = threading.Lock()

    def read(self, accounts: Sequence[Account]) -> tuple[list[Scan], list[Gap]]:
        """Return what each account and region answered, and what is missing; in the order of the accounts."""
        with ThreadPoolExecutor(max_workers=self._workers) as pool:
            entered = list(pool.map(self._enter, accounts))
            places = _once([place for found, _gaps in entered for place in found])
            answers = list(pool.map(self._scan, places))
        gaps = [gap for _found, gaps in entered for gap in gaps] + [gap for _scan, gaps in answers for gap in gaps]
        return [scan for scan, _gaps in answers], gaps

    def _client(self, service: str, region: str, credentials: Mapping[str, str | None]) -> Any:
        with self._one_at_a_time:
            return self._clients(service, region=region, **credentials)

    def _enter(self, account: Account) -> tuple[list[_Place], list[Gap]]:
        """Find out which account it is and which of its regions can be read."""
        try:
            credentials = self._credentials(account)
            identity = caller_identity(self._client("sts", self._question.home_region, credentials))
        except FlowLogsAWSError as error:
            code, message = error_code_and_message(error)
            return [], [account.gap(code, message, "AssumeRole" if account.assume_role_arn else "GetCallerIdentity")]
        except AnsibleError as error:
            return [], [account.gap("NoConnection", str(error))]
        if account.account_id and account.account_id != identity.account_id:
            message = f"The credentials belong to account {identity.account_id}."
            return [], [account.gap("WrongAccount", message, "GetCallerIdentity")]
        return self._places(replace(account, account_id=identity.account_id), credentials)

    def _credentials(self, account: Account) -> dict[str, str | None]:
        if account.assume_role_arn:
            own = self._client("sts", self._question.home_region, {})
            return assume_role(own, AssumedRole(account.assume_role_arn, session_name=SESSION_NAME))
        if account.profile:
            # Keys of the plugin's own credentials would go before the profile.
            keys = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key", "aws_session_token"))
            return {"profile_name": account.profile, **keys}
        return {}

    def _places(self, account: Account, credentials: Mapping[str, str | None]) -> tuple[list[_Place], list[Gap]]:
        asked = self._question.regions
        try:
            statuses = ec2_targets.describe_regions(self._client("ec2", self._question.home_region, credentials))
        except FlowLogsAWSError as error:
            statuses = {}
            if ALL_REGIONS in asked or ENABLED_REGIONS in asked:
                code, message = error_code_and_message(error)
                return [], [account.gap(code, message, "DescribeRegions")]
        wanted = _named_regions(asked, statuses)
        gaps = [gap for gap in (_closed(account, region, statuses) for region in wanted) if gap]
        closed = {gap.region for gap in gaps}
        return [_Place(account, region, credentials) for region in wanted if region not in closed], gaps

    def _scan(self, place: _Place) -> tuple[Scan, list[Gap]]:
        reading = _Reading(place, self._question)
        try:
            client = self._client("ec2", place.region, place.credentials)
            with self._one_at_a_time:
                # What pages an operation has is read by the first client, and not by several at the same time.
                client.can_paginate("describe_flow_logs")
        except AnsibleError as error:
            return reading.scan(), [place.account.gap("NoConnection", str(error), region=place.region)]
        reading.read(client)
        return reading.scan(), reading.gaps


class _Reading:
    """Reads one region of one account."""

    def __init__(self, place: _Place, question: Question) -> None:
        self._place = place
        self._question = question
        self._resources: dict[str, list[dict[str, Any]]] = {}
        self._subnet_owners: dict[str, str] = {}
        self._flow_logs: list[dict[str, Any]] | None = None
        self._given_up = False
        self.gaps: list[Gap] = []

    def read(self, client: Any) -> None:
        """Make the calls: one for each type, and one sweep of flow logs; each of all pages."""
        for name in self._question.types:
            shape, filters = SHAPES[name], self._question.filters.get(name, {})
            found = self._try(shape.operation, partial(ec2_targets.describe_resources, client, shape, filters))
            self._resources[name] = found or []
        if self._resources.get("NetworkInterface"):
            subnets = self._try("DescribeSubnets", lambda: self._all_subnets(client)) or []
            self._subnet_owners = {item["SubnetId"]: item.get("OwnerId", "") for item in subnets}
        self._flow_logs = self._try("DescribeFlowLogs", lambda: ec2_targets.describe_raw_flow_logs(client))

    def _all_subnets(self, client: Any) -> list[dict[str, Any]]:
        if "Subnet" in self._question.types and not self._question.filters.get("Subnet"):
            return self._resources["Subnet"]
        return ec2_targets.describe_resources(client, SHAPES["Subnet"], {})

    def scan(self) -> Scan:
        """Return what was read."""
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

    def _try(self, operation: str, call: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]] | None:
        if self._given_up:
            return None
        try:
            return call()
        except FlowLogsAWSError as error:
            code, message = error_code_and_message(error)
            # Without an answer of AWS, or with one of these, the other calls would end in the same way.
            self._given_up = code in NO_USE_GOING_ON or not hasattr(error.exception, "response")
            self.gaps.append(self._place.account.gap(code, message, operation, self._place.region))
            return None


def _named_regions(asked: Sequence[str], statuses: Mapping[str, str]) -> list[str]:
    """Return the names that the words for many regions stand for, each once."""
    meant = {
        ALL_REGIONS: sorted(statuses),
        ENABLED_REGIONS: sorted(name for name, status in statuses.items() if status != NOT_OPTED_IN),
    }
    return list(dict.fromkeys(name for word in asked for name in meant.get(word, [word])))


def _closed(account: Account, region: str, statuses: Mapping[str, str]) -> Gap | None:
    """Return the gap of a region that cannot be read; without statuses every region is worth a try."""
    if not statuses or statuses.get(region, NOT_OPTED_IN) != NOT_OPTED_IN:
        return None
    if region not in statuses:
        return account.gap("RegionUnknown", f"AWS names no region {region}.", "DescribeRegions", region)
    message = f"The region {region} is not enabled in the account."
    return account.gap("RegionDisabled", message, "DescribeRegions", region)


def _once(places: Sequence[_Place]) -> list[_Place]:
    """Read an account that is named twice, by its profile and by its id, only once."""
    found: dict[tuple[str, str], _Place] = {}
    for place in places:
        found.setdefault((place.account.account_id, place.region), place)
    return list(found.values())
