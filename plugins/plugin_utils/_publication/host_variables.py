# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads and checks the inventory variables of a target. PRIVATE to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Callable, TypeVar, cast

from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import account_of_role, read_connection
from ansible_collections.flowlogs.aws.plugins.module_utils._core.bucket_names import check_new_bucket
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_options import (
    parse_layouts,
    parse_source_conditions,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import ALL_REGIONS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.source_options import parse_regions
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.desired import (
    AbsentFlowLogs,
    DesiredFlowLogs,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.options import (
    DEFAULTS,
    desired_from_options,
    options_of,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import resolve_resource_type
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.settings import read_destination_options
from ansible_collections.flowlogs.aws.plugins.module_utils._core.identifiers import (
    ACCOUNT_ALLOWED,
    REGION_ALLOWED,
    parse_account_id,
    parse_organization_id,
    parse_region,
    partition_of_region,
    region_of_key,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.scope import parse_bucket_arns
from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import Destination, parse_destination
from ansible_collections.flowlogs.aws.plugins.module_utils._core.values import (
    read_boolean,
    read_choice,
    read_list,
    read_mapping,
    read_tags,
    read_texts,
)
from .covering import covering
from .types import ConnectionOptions, CoveringFlowLog, FlowLogOptions, PrincipalDict

PREFIX = "flow_log_"
#: Options of s3_flow_log that a host may set, with their defaults.
OPTION_DEFAULTS: Mapping[str, object] = {**options_of(AbsentFlowLogs(())), "state": DEFAULTS["state"]}
#: Every inventory variable that the playbooks read.
VARIABLES = tuple(PREFIX + name for name in OPTION_DEFAULTS) + (
    "flow_log_resource_id",
    "flow_log_resource_type",
    "flow_log_account_id",
    "flow_log_region",
    "flow_log_destination",
    "flow_log_aws",
    "flow_log_bucket_aws",
    "flow_log_bucket_region",
    "flow_log_expected_bucket_owner",
    "flow_log_bucket_policy",
    "flow_log_regions",
    "flow_log_create_bucket",
    "flow_log_bucket_encryption",
    "flow_log_bucket_tags",
    "flow_log_key_policy",
    "flow_log_key_aws",
    "flow_log_check_destination",
    "flow_log_require_deliverable",
    "flow_log_organization_id",
    "flow_log_acl_condition",
    "flow_log_source_conditions",
    "flow_log_layouts",
    "flow_log_permission_principals",
    "flow_log_preflight",
)
#: Variables of a run, not of a host.
RUN_VARIABLES = (
    "flow_log_hosts",
    "flow_log_retire",
    "flow_log_delivery_hours",
    "flow_log_with_report",
    "flow_log_strict",
    "flow_log_allow_empty",
    "flow_log_fail_on_gaps",
)
#: Facts of the inventory plugin that the playbooks read, too.
FACTS_READ = ("flow_log_parents", "flow_log_existing_of_parents", "flow_log_found_with")
PRINCIPAL_TYPES = ("user", "group", "role")
#: The first is the default.
ACL_CONDITIONS = ("string_equals", "string_equals_if_exists", "none")
#: The default encryption of a new bucket: with keys of S3 (SSE-S3).
SSE_S3 = "AES256"


class VariableError(InputError):
    """A variable of a host is missing or has a value that is not allowed.

    :param host: name of the host.
    :param variable: name of the variable, with the position in it that is wrong (``flow_log_tags.Team``).
    """

    #: Finding of the host in a report.
    finding = "not_evaluated"

    def __init__(self, host: str, variable: str, value: object, allowed: str) -> None:
        super().__init__(f"{host}: {variable}", value, allowed)
        if value is None:
            self.args = (f"{host}: {variable} is missing. Allowed: {allowed}.",)
        self.host = host
        self.variable = variable


class AccountError(VariableError):
    """A role belongs to another account than the one that the host names, so the state of the target is unknown."""

    finding = "unknown"


@dataclass(frozen=True)
class HostVariables:
    """A host of the inventory with its variables, rendered.

    :param variables: the variables in :data:`VARIABLES` and :data:`FACTS_READ` that the host has.
    :param groups: names of its groups.
    :param unreadable: variables that could not be rendered, and why.
    :param misspelt: from :func:`misspelt_variables.misspelt_variables`.
    """

    name: str
    variables: Mapping[str, object] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    unreadable: Mapping[str, str] = field(default_factory=dict)
    misspelt: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """A host whose variables are valid. ``None`` always means: not set.

    :param policy_regions: Regions that the bucket policy names; ``()``: every Region.
    :param create_bucket: whether the run may create the bucket, with ``bucket_encryption`` (``AES256`` or the ARN of a
        key) and ``bucket_tags``.
    :param key_policy: whether the run may change the policy of the customer managed key that encrypts the bucket.
    :param preflight: whether the run checks permissions before it changes anything.
    :param parents: ids of the resources that it is part of, as far as the inventory knows, the nearest first.
    :param covered_by: flow logs of its parents that deliver its traffic to the same destination; see
        :func:`covering.covering`.
    :param found_with: role with which the inventory read the account, if playbooks get no connection options.
    """

    host: str
    groups: tuple[str, ...]
    resource_id: str
    resource_type: str
    account_id: str
    region: str
    partition: str
    destination: Destination | None
    options: FlowLogOptions
    connection: ConnectionOptions
    bucket_connection: ConnectionOptions | None
    bucket_region: str | None
    expected_bucket_owner: str | None
    bucket_policy: bool | None
    create_bucket: bool | None
    bucket_encryption: str | None
    bucket_tags: Mapping[str, str] | None
    key_policy: bool | None
    key_connection: ConnectionOptions | None
    check_destination: bool | None
    require_deliverable: bool | None
    policy_regions: tuple[str, ...] | None
    organization_id: str | None
    acl_condition: str | None
    source_conditions: bool | None
    layouts: tuple[str, ...]
    principals: tuple[PrincipalDict, ...]
    preflight: bool
    parents: tuple[str, ...] = ()
    covered_by: tuple[CoveringFlowLog, ...] = ()
    found_with: str = ""

    @property
    def present(self) -> bool:
        """Whether flow logs are published; otherwise they are removed."""
        return self.options["state"] == "present"

    @property
    def identity(self) -> tuple[str | None, ...]:
        """The identity of the flow log: the target with the name; without a name, with the destination."""
        name = self.options["name"]
        identity = ("name", name) if name else ("destination", self.destination_arn)
        return (self.account_id, self.region, self.resource_id, *identity)

    @property
    def destination_arn(self) -> str | None:
        """ARN of the destination, if there is one."""
        return self.destination.arn if self.destination else None


#: Module options whose inventory variable has another name.
_VARIABLES_OF_OPTIONS = {
    "resource_ids[0]": "resource_id",
    "resource_ids": "resource_id",
}
_OPTION = re.compile(r"resource_ids\[0\]|\w+")


def variable_of(option: str) -> str:
    """Return the inventory variable for an option of a module, with the position behind its name (``regions[1]``)."""
    return PREFIX + _OPTION.sub(lambda name: _VARIABLES_OF_OPTIONS.get(name.group(), name.group()), option, count=1)


#: IAM API Reference, UserName, GroupName and RoleName.
_PRINCIPAL_NAME = re.compile(r"[\w+=,.@-]{1,128}", re.ASCII)
_T = TypeVar("_T")


class _Reader:
    """Reads the variables of one host. Every error names the host and the variable."""

    def __init__(self, host: HostVariables) -> None:
        self._host = host

    def error(self, variable: str, value: object, allowed: str) -> VariableError:
        """Return the error for a variable."""
        return VariableError(self._host.name, variable, value, allowed)

    def get(self, name: str) -> Any:
        """Return the variable ``flow_log_NAME``; ``None`` if it is not set or empty."""
        variable = PREFIX + name
        if variable in self._host.unreadable:
            reason = self._host.unreadable[variable]
            raise self.error(variable, "a template that fails", f"a value that can be rendered ({reason})")
        value = self._host.variables.get(variable)
        # Before ansible-core 2.19 a template cannot return null.
        return None if value == "" else value

    def parsed(self, name: str, parse: Callable[[str, Any], _T]) -> _T | None:
        """Return a variable as ``parse(name, value)`` reads it; ``None`` if it is not set."""
        value = self.get(name)
        return None if value is None else parse(name, value)

    def choice(self, name: str, choices: tuple[str, ...]) -> str | None:
        """Return a variable that has one of a few values."""
        return self.parsed(name, partial(read_choice, choices=choices))

    def boolean(self, name: str) -> bool | None:
        """Return a variable that is true or false."""
        return self.parsed(name, read_boolean)


def _check_role(
    host: HostVariables, connection: str, options: ConnectionOptions | None, account: str | None, variable: str
) -> None:
    """Refuse a role of another account: it would work in the wrong account, or fail."""
    role = (options or {}).get("assume_role_arn")
    if role and account and account_of_role(str(role), connection) != account:
        allowed = f"a role of account {account}, which {variable} names"
        raise AccountError(host.name, f"{PREFIX}{connection}.assume_role_arn", role, allowed)


def _check_roles(host: HostVariables, target: Target) -> None:
    _check_role(host, "aws", target.connection, target.account_id, "flow_log_account_id")
    if target.present and (target.bucket_policy is not False or target.create_bucket):
        # S3 accepts a policy only from the owner of the bucket.
        _check_role(
            host, "bucket_aws", target.bucket_connection, target.expected_bucket_owner, "flow_log_expected_bucket_owner"
        )


def _desired(host: HostVariables, reader: _Reader, partition: str) -> DesiredFlowLogs:
    """Read the options of ``s3_flow_log`` as the module does."""
    given = {name: reader.get(name) for name in (*OPTION_DEFAULTS, "resource_type", "destination")}
    resource_id = reader.get("resource_id")
    given["resource_ids"] = [host.name if resource_id is None else resource_id]
    removed_by_name = given["state"] == "absent" and given["name"] is not None
    if given["destination"] is None and not removed_by_name:
        raise reader.error(
            "flow_log_destination", None, "an S3 bucket ARN with an optional folder; every target needs one"
        )
    return desired_from_options(given, partition)


def unmanaged_bucket(host: HostVariables) -> str | None:
    """Return the ARN of a host's bucket if the host sets ``flow_log_bucket_policy: false``; ``None`` otherwise.

    It reads only these variables, so the answer also holds for a host that is left out for another reason.
    """
    reader = _Reader(host)
    destination, region = host.variables.get("flow_log_destination"), host.variables.get("flow_log_region")
    if not isinstance(destination, str):
        return None
    try:
        if not destination or reader.boolean("bucket_policy") is not False or reader.get("state") == "absent":
            return None
        return parse_bucket(destination, region if isinstance(region, str) else None).bucket_arn
    except InputError:
        return None


def layouts_of(destination_options: object) -> tuple[str, ...]:
    """Return the folder layouts that flow logs with these destination options write."""
    hive = read_destination_options(destination_options).hive_compatible_partitions
    return ("hive",) if hive else ("plain",)


def parse_bucket(destination: str, region: str | None = None) -> Destination:
    """Read a destination of any partition.

    :param destination: bucket ARN with an optional folder, or ``bucket/folder``.
    :param region: sets the partition of ``bucket/folder``; without it the partition is ``aws``.
    :raises InputError: if it is no S3 destination.
    """
    named = destination.split(":")[1] if destination.startswith("arn:") and ":" in destination[4:] else None
    return parse_destination(destination, named or partition_of_region(region or ""))


def new_bucket_encryption(value: object, option: str) -> str:
    """Return the encryption of a new bucket: ``AES256``, or the ARN of a customer managed key.

    :param value: ``None`` or an empty text means ``AES256``.
    :param option: name of the option or variable, for the message.
    :raises InputError: for anything else, such as an alias, which log delivery does not support.
    """
    if value is None or value == "":
        return SSE_S3
    if value != SSE_S3 and region_of_key(value) is None:
        raise InputError(option, value, f"{SSE_S3}, or the full ARN of a customer managed KMS key")
    return str(value)


def check_new_bucket_place(
    bucket: str, region: str | None, owner: str | None, encryption: str | None, option: str = "destination"
) -> None:
    """Refuse a new bucket that S3 would refuse, or that has no Region. S3 accepts only keys of the bucket's Region.

    :param option: name of the option with the bucket's name, for the error.
    """
    if region is None:
        raise InputError("bucket_region", None, "name of a region; a bucket to be created needs one")
    if region_of_key(encryption) not in (None, region):
        raise InputError("bucket_encryption", encryption, f"a key of the bucket's region {region}")
    check_new_bucket(option, bucket, region, owner)


def _principals(option: str, value: object, partition: str) -> tuple[PrincipalDict, ...]:
    allowed = f"a list of {{type: {'|'.join(PRINCIPAL_TYPES)}, name: NAME, buckets: [BUCKET ARN, ...] (optional)}}"
    return tuple(_principal(option, item, partition, allowed) for item in read_list(option, value, allowed))


def _principal(option: str, value: object, partition: str, allowed: str) -> PrincipalDict:
    item = read_mapping(option, value, allowed)
    name = item.get("name")
    if not {"type", "name"} <= set(item) <= {"type", "name", "buckets"} or not isinstance(name, str):
        raise InputError(option, value, allowed)
    if not _PRINCIPAL_NAME.fullmatch(name):
        raise InputError(option, name, "1 to 128 letters, digits and _+=,.@-, without a path")
    buckets = read_texts(option, item.get("buckets") or (), allowed)
    return {
        "type": read_choice(option, item["type"], PRINCIPAL_TYPES),
        "name": str(name),
        "buckets": parse_bucket_arns(option, buckets, partition),
    }


def _regions(option: str, value: object) -> tuple[str, ...]:
    """Return the Regions that a bucket policy names; ``()``: every Region."""
    regions = read_texts(option, value, "a list of region names; empty for every region")
    return tuple(region for region in parse_regions(regions, option) if region != ALL_REGIONS)


def read_target(host: HostVariables) -> Target:
    """Read the variables of a host as the modules read their options.

    :raises VariableError: if a variable is missing or has a value that is not allowed.
    """
    reader = _Reader(host)
    try:
        target = _read(host, reader)
        _check_roles(host, target)
        _check_creation(target)
        return target
    except VariableError:
        raise
    except InputError as error:
        raise reader.error(variable_of(error.option), error.value, error.allowed_as(variable_of)) from None


def _check_creation(target: Target) -> None:
    if target.create_bucket and target.present and target.destination:
        check_new_bucket_place(
            target.destination.bucket, target.bucket_region, target.expected_bucket_owner, target.bucket_encryption
        )


def _read(host: HostVariables, reader: _Reader) -> Target:
    region = parse_region("region", reader.get("region"), f"{REGION_ALLOWED}; every target needs one")
    account_id = parse_account_id("account_id", reader.get("account_id"), f"{ACCOUNT_ALLOWED}; every target needs one")
    partition = partition_of_region(region)
    desired = _desired(host, reader, partition)
    options = cast(FlowLogOptions, options_of(desired))
    arn = desired.destination_arn
    return Target(
        host=host.name,
        groups=tuple(host.groups),
        resource_id=desired.targets[0],
        resource_type=resolve_resource_type(desired.targets, reader.get("resource_type")).name,
        account_id=account_id,
        region=region,
        partition=partition,
        destination=None if arn is None else parse_destination(arn, partition),
        options=options,
        connection=reader.parsed("aws", read_connection) or {},
        bucket_connection=reader.parsed("bucket_aws", read_connection),
        bucket_region=reader.parsed("bucket_region", parse_region),
        expected_bucket_owner=reader.parsed("expected_bucket_owner", parse_account_id),
        bucket_policy=reader.boolean("bucket_policy"),
        create_bucket=reader.boolean("create_bucket"),
        bucket_encryption=reader.parsed("bucket_encryption", lambda name, value: new_bucket_encryption(value, name)),
        bucket_tags=reader.parsed("bucket_tags", read_tags),
        key_policy=reader.boolean("key_policy"),
        key_connection=reader.parsed("key_aws", read_connection),
        check_destination=reader.boolean("check_destination"),
        require_deliverable=reader.boolean("require_deliverable"),
        policy_regions=reader.parsed("regions", _regions),
        organization_id=reader.parsed("organization_id", parse_organization_id),
        acl_condition=reader.choice("acl_condition", ACL_CONDITIONS),
        source_conditions=parse_source_conditions(
            {name: reader.get(name) for name in ("source_conditions", "organization_id")}
        ),
        layouts=parse_layouts(reader.get("layouts") or None) or layouts_of(options["destination_options"]),
        principals=reader.parsed("permission_principals", partial(_principals, partition=partition)) or (),
        preflight=reader.boolean("preflight") or False,
        found_with=str(reader.get("found_with") or ""),
        parents=reader.parsed("parents", partial(read_texts, allowed="a list of ids of resources")) or (),
        covered_by=tuple(covering(arn, options["traffic_type"], reader.get("existing_of_parents"))),
    )
