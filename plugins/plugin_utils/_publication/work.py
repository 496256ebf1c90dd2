# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From hosts and their variables to the work to do: per bucket, per account and per batch. PRIVATE to this collection.

A host is one target. Targets that can share API calls (same account, region, resource type, settings and credentials)
make up a batch; all targets that deliver to one bucket make up one destination, so that its policy is written once.
The order of hosts decides the order of everything here and nothing else.

Connection options (``flow_log_aws``, ``flow_log_bucket_aws``, ``flow_log_key_aws``) are compared, and never part of a result: the work
names the host whose variables hold them.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.canonical import canonical
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grant_options import (
    grants_to_items,
    without_duplicates,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import ALL_REGIONS, Grant
from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import Destination
from .._discovery.accounts import Gap, read_gaps
from .conflicts import conflicts_by_host
from .connection_names import names_in
from .host_variables import (
    ACL_CONDITIONS,
    HostVariables,
    PRINCIPAL_TYPES,
    SSE_S3,
    Target,
    VariableError,
    read_target,
    unmanaged_bucket,
)
from .identities import ACCOUNT_VARIABLES, IdentityWork, identity_problem, plan_identities
from .misspelt_variables import note_of


@dataclass(frozen=True)
class Batch:
    """Targets of one ``s3_flow_log`` task.

    :param name: ``account/region/type/number-total``, readable in Ansible's recap.
    :param credentials_of: the host whose ``flow_log_aws`` holds the connection options.
    :param bucket_name: name of its :class:`BucketWork`; ``None`` when none has to come first.
    """

    name: str
    targets: tuple[Target, ...]
    credentials_of: str
    bucket_name: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the batch as plain data."""
        first = self.targets[0]
        return {
            "name": self.name,
            "account_id": first.account_id,
            "region": first.region,
            "resource_type": first.resource_type,
            "destination": first.destination_arn,
            "bucket_name": self.bucket_name,
            "options": dict(first.options),
            "resource_ids": list(dict.fromkeys(target.resource_id for target in self.targets)),
            "credentials_of": self.credentials_of,
            "access": names_in(first.connection),
        }


@dataclass(frozen=True)
class BucketWork:
    """What one bucket must let in: exactly what the targets need that deliver to it.

    :param managed: whether the bucket policy is to be managed here.
    :param grants: account, Region (``*`` for all), folder and layout of each target, each combination once.
    :param region: which region to ask for the bucket; ``None`` leaves that to the connection options.
    :param create: whether the bucket may be created, with ``encryption`` and ``tags``.
    :param manage_key: whether the policy of its customer key may be managed here.
    :param key_credentials_of: the host whose ``flow_log_key_aws`` holds the connection options for the key; ``None``:
        those for the bucket are for the key too.
    :param check: whether to find out if log delivery can write to it.
    :param required: whether no flow log is made while it cannot.
    :param access: the profile and the role that its account is entered with, for remedies.
    """

    name: str
    bucket: str
    partition: str
    credentials_of: str
    managed: bool
    grants: tuple[Grant, ...]
    organization_id: str | None
    acl_condition: str
    source_conditions: bool
    region: str | None
    expected_bucket_owner: str | None
    create: bool
    encryption: str
    tags: Mapping[str, str]
    manage_key: bool
    key_credentials_of: str | None
    check: bool
    required: bool
    access: Mapping[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """ARN of the bucket."""
        return f"arn:{self.partition}:s3:::{self.bucket}"

    def to_dict(self) -> dict[str, Any]:
        """Return the work as plain data."""
        return {
            "name": self.name,
            "bucket": self.bucket,
            "bucket_arn": self.arn,
            "partition": self.partition,
            "managed": self.managed,
            "grants": grants_to_items(self.grants),
            "organization_id": self.organization_id,
            "acl_condition": self.acl_condition,
            "source_conditions": self.source_conditions,
            "region": self.region,
            "expected_bucket_owner": self.expected_bucket_owner,
            "create_bucket": self.create,
            "bucket_encryption": self.encryption,
            "bucket_tags": dict(self.tags),
            "manage_key_policy": self.manage_key,
            "key_credentials_of": self.key_credentials_of,
            "check_destination": self.check,
            "require_deliverable": self.required,
            "credentials_of": self.credentials_of,
            "access": dict(self.access),
        }


@dataclass(frozen=True)
class PermissionWork:
    """The principals of one account that get the policy for publishing."""

    name: str
    account_id: str
    partition: str
    region: str
    principals: tuple[Mapping[str, Any], ...]
    credentials_of: str

    def to_dict(self) -> dict[str, Any]:
        """Return the work as plain data."""
        return {
            "name": self.name,
            "account_id": self.account_id,
            "partition": self.partition,
            "region": self.region,
            "principals": [dict(principal) for principal in self.principals],
            "credentials_of": self.credentials_of,
        }


@dataclass(frozen=True)
class InvalidHost:
    """A host that cannot be worked on, and why.

    :param finding: what a report calls it: ``unknown`` where its account is not the one that the inventory names.
    """

    host: str
    variable: str
    message: str
    groups: tuple[str, ...] = ()
    known: Mapping[str, Any] = field(default_factory=dict)
    finding: str = "not_evaluated"

    def to_dict(self) -> dict[str, Any]:
        """Return the host as plain data."""
        return {
            "host": self.host,
            "variable": self.variable,
            "message": self.message,
            "groups": list(self.groups),
            "known": dict(self.known),
            "finding": self.finding,
        }


@dataclass(frozen=True)
class Publication:
    """All the work of one run.

    :param unselected: hosts that are targets and that this run was told to leave out.
    :param notes: what people should know though it stops nothing.
    :param gaps: what the inventory could not read.
    """

    batches: tuple[Batch, ...] = ()
    buckets: tuple[BucketWork, ...] = ()
    permissions: tuple[PermissionWork, ...] = ()
    invalid: tuple[InvalidHost, ...] = ()
    unselected: tuple[InvalidHost, ...] = ()
    notes: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    identities: tuple[IdentityWork, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the work as plain data; of connection options it only holds names of profiles and roles."""
        return {
            "batches": [batch.to_dict() for batch in self.batches],
            "destinations": [bucket.to_dict() for bucket in self.buckets],
            "permissions": [work.to_dict() for work in self.permissions],
            "targets": [
                {
                    "host": target.host,
                    "target": target.resource_id,
                    "groups": list(target.groups),
                    "batch": batch.name,
                    "parents": list(target.parents),
                    "covered_by": [dict(item) for item in target.covered_by],
                }
                for batch in self.batches
                for target in batch.targets
            ],
            "invalid": [host.to_dict() for host in self.invalid],
            "unselected": [host.to_dict() for host in self.unselected],
            "notes": list(self.notes),
            "gaps": [gap.to_dict() for gap in self.gaps],
            "identities": [work.to_dict() for work in self.identities],
        }


def _read_hosts(hosts: Iterable[HostVariables]) -> tuple[list[Target], list[InvalidHost]]:
    targets: list[Target] = []
    invalid: list[InvalidHost] = []
    for host in hosts:
        try:
            targets.append(read_target(host))
        except VariableError as error:
            invalid.append(replace(_invalid(host, error.variable, str(error)), finding=error.finding))
    return targets, invalid


def _invalid(host: HostVariables, variable: str, message: str) -> InvalidHost:
    known = {
        "account_id": _text(host.variables.get("flow_log_account_id")),
        "region": _text(host.variables.get("flow_log_region")),
        "target": _text(host.variables.get("flow_log_resource_id")) or host.name,
    }
    return InvalidHost(host.name, variable, message, host.groups, known)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _known(target: Target) -> dict[str, Any]:
    return {"account_id": target.account_id, "region": target.region, "target": target.resource_id}


def _refuse(target: Target, variable: str, message: str) -> InvalidHost:
    return InvalidHost(target.host, variable, f"{target.host}: {variable}: {message}", target.groups, _known(target))


# -- contradictions between hosts ---------------------------------------------------------------------------------

#: Variables that one bucket can have only one value of, and the attribute of a target that holds it.
_ONE_PER_BUCKET = (
    ("flow_log_bucket_aws", "bucket_connection"),
    ("flow_log_bucket_region", "bucket_region"),
    ("flow_log_expected_bucket_owner", "expected_bucket_owner"),
    ("flow_log_organization_id", "organization_id"),
    ("flow_log_acl_condition", "acl_condition"),
    ("flow_log_source_conditions", "source_conditions"),
    ("flow_log_bucket_policy", "bucket_policy"),
    ("flow_log_create_bucket", "create_bucket"),
    ("flow_log_bucket_encryption", "bucket_encryption"),
    ("flow_log_bucket_tags", "bucket_tags"),
    ("flow_log_key_policy", "key_policy"),
    ("flow_log_key_aws", "key_connection"),
    ("flow_log_check_destination", "check_destination"),
    ("flow_log_require_deliverable", "require_deliverable"),
)


class _ConflictFinder:
    """Finds hosts that contradict an earlier one. The first host that says something is right."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[str, str]] = {}

    def conflict(self, target: Target) -> InvalidHost | None:
        """Return what is wrong with a target in the light of those before it, or ``None``."""
        claims = self._claims(target)
        for key, variable, value, what in claims:
            host, earlier = self._said.get(key, (target.host, value))
            if earlier != value:
                return _refuse(target, variable, f"{what}, and host {host} says otherwise. Make them equal.")
        for key, _variable, value, _what in claims:
            self._said.setdefault(key, (target.host, value))
        return None

    @staticmethod
    def _claims(target: Target) -> list[tuple[str, str, str, str]]:
        settings = canonical([target.options, target.connection, target.resource_type, target.destination_arn])
        claims = [
            (
                canonical(["target", target.identity]),
                "flow_log_resource_id",
                settings,
                f"this flow log of {target.resource_id} has other settings here",
            )
        ]
        bucket = target.destination
        if bucket is None or not target.present:
            return claims
        for variable, attribute in _ONE_PER_BUCKET:
            value = getattr(target, attribute)
            if value is not None:
                key = canonical(["bucket", bucket.bucket_arn, variable])
                claims.append((key, variable, canonical(value), f"the bucket {bucket.bucket} can have only one value"))
        return claims


def _without_contradictions(targets: Iterable[Target]) -> tuple[list[Target], list[InvalidHost]]:
    everything = list(targets)
    conflicts = conflicts_by_host(everything)
    finder = _ConflictFinder()
    agreed: list[Target] = []
    invalid: list[InvalidHost] = []
    for target in everything:
        conflict = conflicts.get(target.host)
        if conflict is not None:
            invalid.append(_refuse(target, conflict.variable, conflict.message))
            continue
        refused = finder.conflict(target)
        if refused is None:
            agreed.append(target)
        else:
            invalid.append(refused)
    return agreed, invalid


def _strangers(
    identities: Iterable[IdentityWork], answers: Mapping[str, Mapping[str, Any]] | None
) -> dict[str, InvalidHost]:
    """Return the hosts whose credentials are not known to belong to their account, by name."""
    if answers is None:
        return {}
    found: dict[str, InvalidHost] = {}
    for work in identities:
        problem = identity_problem(work, answers.get(work.name))
        for target in work.targets if problem else ():
            known = _known(target)
            found[target.host] = InvalidHost(
                target.host, ACCOUNT_VARIABLES, problem, target.groups, known, finding="unknown"
            )
    return found


# -- grouping -----------------------------------------------------------------------------------------------------


def _grouped(targets: Iterable[Target], key_of: Any) -> list[list[Target]]:
    groups: dict[Any, list[Target]] = {}
    for target in targets:
        groups.setdefault(key_of(target), []).append(target)
    return list(groups.values())


def _batch_key(target: Target) -> str:
    place = [target.account_id, target.region, target.resource_type, target.destination_arn]
    return canonical([place, target.options, target.connection])


def _place(target: Target) -> tuple[str, str, str]:
    return target.account_id, target.region, target.resource_type


def _batches(targets: Sequence[Target], buckets: Iterable[BucketWork]) -> list[Batch]:
    bucket_of = {work.arn: work for work in buckets}
    batches: list[Batch] = []
    for in_one_place in _grouped(targets, _place):
        groups = _grouped(in_one_place, _batch_key)
        for number, members in enumerate(groups, start=1):
            batches.append(_batch(members, f"{number}-{len(groups)}", bucket_of))
    return batches


def _batch(members: Sequence[Target], number: str, bucket_of: Mapping[str, BucketWork]) -> Batch:
    first = members[0]
    name = f"{first.account_id}/{first.region}/{first.resource_type.lower()}/{number}"
    bucket = bucket_of[first.destination.bucket_arn] if first.destination and first.present else None
    return Batch(
        name=name,
        targets=tuple(members),
        credentials_of=first.host,
        bucket_name=bucket.name if bucket else None,
    )


def _buckets(targets: Iterable[Target], left_out: Container[str], unmanaged: Container[str]) -> list[BucketWork]:
    """Return the work for the buckets.

    :param left_out: hosts that are not worked on. What they say of a bucket holds all the same, above all that its policy is
        not to be managed.
    :param unmanaged: ARNs of the buckets whose policy any host of the inventory keeps from being managed.
    """
    delivering = [target for target in targets if target.present and target.destination is not None]
    groups = _grouped(delivering, lambda item: item.destination.bucket_arn)
    pairs = [([item for item in group if item.host not in left_out], group) for group in groups]
    worked_on = [(members, group) for members, group in pairs if members]
    names = _bucket_names(members[0].destination for members, _group in worked_on)
    works = [_bucket(members, group, name) for (members, group), name in zip(worked_on, names)]
    return [replace(work, managed=work.managed and work.arn not in unmanaged) for work in works]


def _bucket_names(destinations: Iterable[Destination | None]) -> list[str]:
    """Return a name for each bucket; the names of buckets are unique in each partition only."""
    names: list[str] = []
    for destination in filter(None, destinations):
        name = f"s3/{destination.bucket}"
        names.append(f"{name}/{destination.partition}" if name in names else name)
    return names


def _bucket(members: Sequence[Target], saying: Sequence[Target], name: str) -> BucketWork:
    first = members[0]
    destination = first.destination
    if destination is None:
        raise AssertionError("only targets with a destination are grouped by bucket")
    # Every host that says something says the same: those that contradict were refused before.
    speaker = next((item.host for item in saying if item.bucket_connection is not None), first.host)
    key_speaker = next((item.host for item in saying if item.key_connection is not None), None)
    return BucketWork(
        name=name,
        bucket=destination.bucket,
        partition=destination.partition,
        credentials_of=speaker,
        managed=_said(saying, "bucket_policy") is not False,
        grants=without_duplicates(grant for item in members for grant in _grants(item)),
        organization_id=_said(saying, "organization_id"),
        acl_condition=_said(saying, "acl_condition") or ACL_CONDITIONS[0],
        source_conditions=_said(saying, "source_conditions") is not False,
        # Elsewhere than in the partition aws an S3 client without a region asks the wrong partition.
        region=_said(saying, "bucket_region") or (None if destination.partition == "aws" else first.region),
        expected_bucket_owner=_said(saying, "expected_bucket_owner"),
        create=_said(saying, "create_bucket") is True,
        encryption=_said(saying, "bucket_encryption") or SSE_S3,
        tags=_said(saying, "bucket_tags") or {},
        manage_key=_said(saying, "key_policy") is True,
        key_credentials_of=key_speaker,
        check=_said(saying, "check_destination") is not False,
        required=_said(saying, "require_deliverable") is not False,
        access=names_in(_said(saying, "bucket_connection")),
    )


def _said(members: Iterable[Target], attribute: str) -> Any:
    return next((getattr(item, attribute) for item in members if getattr(item, attribute) is not None), None)


def _grants(target: Target) -> list[Grant]:
    """Return what the bucket must grant to the flow log of one target."""
    regions = (target.region,) if target.policy_regions is None else target.policy_regions or (ALL_REGIONS,)
    folder = target.destination.folder if target.destination else ""
    return [Grant(target.account_id, region, folder, layout) for region in regions for layout in target.layouts]


def _permission_key(target: Target) -> str:
    return canonical([target.account_id, target.connection, bool(target.principals)])


def _permissions(targets: Iterable[Target]) -> list[PermissionWork]:
    """Return the work for principals, each principal in the first work that names it, so that none has two writers."""
    naming = [target for target in targets if target.principals]
    buckets = _buckets_of_principals(naming)
    per_account: dict[str, int] = {}
    works: list[PermissionWork] = []
    for members in _grouped(naming, _permission_key):
        first = members[0]
        principals = _principals(members, buckets)
        if not principals:
            continue
        number = per_account[first.account_id] = per_account.get(first.account_id, 0) + 1
        name = f"{first.account_id}/iam" if number == 1 else f"{first.account_id}/iam/{number}"
        works.append(
            PermissionWork(
                name=name,
                account_id=first.account_id,
                partition=first.partition,
                region=first.region,
                principals=principals,
                credentials_of=first.host,
            )
        )
    return works


#: Account, type and name.
_PrincipalKey = tuple[str, str, str]


def _principal_key(target: Target, principal: Mapping[str, Any]) -> _PrincipalKey:
    return target.account_id, principal["type"], principal["name"]


def _buckets_of_principals(targets: Iterable[Target]) -> dict[_PrincipalKey, set[str]]:
    """Return the buckets that any host names for each principal."""
    buckets: dict[_PrincipalKey, set[str]] = {}
    for target in targets:
        for principal in target.principals:
            buckets.setdefault(_principal_key(target, principal), set()).update(principal["buckets"])
    return buckets


def _principals(members: Iterable[Target], buckets: dict[_PrincipalKey, set[str]]) -> tuple[Mapping[str, Any], ...]:
    """Take the principals that these hosts name from those that have no work yet, and return them."""
    named = {_principal_key(member, principal) for member in members for principal in member.principals}
    found = sorted(named.intersection(buckets), key=lambda key: (PRINCIPAL_TYPES.index(key[1]), key[2]))
    return tuple({"type": key[1], "name": key[2], "buckets": sorted(buckets.pop(key))} for key in found)


def _notes(hosts: Iterable[HostVariables]) -> list[str]:
    """Tell each misspelt variable once, however many hosts have it from their group."""
    having: dict[tuple[str, str], list[str]] = {}
    for host in hosts:
        for name, meant in host.misspelt.items():
            having.setdefault((name, meant), []).append(host.name)
    return [
        note_of(f"{name} of {names[0]}{f' and {len(names) - 1} more' if len(names) > 1 else ''}", meant)
        for (name, meant), names in sorted(having.items())
    ]


def plan_publication(
    hosts: Iterable[HostVariables],
    selected: Iterable[str] | None = None,
    gaps: Any = None,
    answers: Mapping[str, Mapping[str, Any]] | None = None,
) -> Publication:
    """Turn hosts and their variables into the work of a run.

    :param hosts: every target of the inventory, in the order of the inventory.
    :param selected: names of the hosts to work on; ``None``: all of them. The others are only remembered.
    :param gaps: the variable ``flow_log_inventory_gaps``.
    :param answers: what each of the plan's identities answered, by its name; ``None``: nobody was asked yet.
    :raises InputError: if these are no gaps.
    :returns: the work; hosts that cannot be worked on are in ``invalid`` with the reason and do not stop the others.
    """
    everything = list(hosts)
    chosen = {host.name for host in everything} if selected is None else set(selected)
    targets, invalid = _read_hosts(host for host in everything if host.name in chosen)
    agreed, contradicting = _without_contradictions(targets)
    left_out = [
        _invalid(host, "", "The run was limited to other hosts.") for host in everything if host.name not in chosen
    ]
    identities = plan_identities(agreed)
    strangers = _strangers(identities, answers)
    unmanaged = set(filter(None, map(unmanaged_bucket, everything)))
    buckets = _buckets(agreed, strangers, unmanaged)
    agreed = [target for target in agreed if target.host not in strangers]
    return Publication(
        batches=tuple(_batches(agreed, buckets)),
        buckets=tuple(buckets),
        permissions=tuple(_permissions(agreed)),
        invalid=(*invalid, *contradicting, *strangers.values()),
        unselected=tuple(left_out),
        notes=tuple(_notes(everything)),
        gaps=read_gaps(gaps),
        identities=tuple(identities),
    )
