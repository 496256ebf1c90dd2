# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory variables of a target: which there are, and what may be in them. PRIVATE to this collection."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from dataclasses import field
from functools import lru_cache
from typing import Any
from typing import Callable
from typing import Dict
from typing import Iterable
from typing import List
from typing import Mapping
from typing import Optional
from typing import Tuple

from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import account_of_role
from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import role_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination import Destination
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination import parse_destination
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.identifiers import ACCOUNT_ALLOWED
from ansible_collections.flowlogs.aws.plugins.module_utils._core.identifiers import REGION_ALLOWED
from ansible_collections.flowlogs.aws.plugins.module_utils._core.identifiers import parse_account_id
from ansible_collections.flowlogs.aws.plugins.module_utils._core.identifiers import parse_organization_id
from ansible_collections.flowlogs.aws.plugins.module_utils._core.identifiers import parse_region
from ansible_collections.flowlogs.aws.plugins.module_utils._core.identifiers import partition_of_region
from ansible_collections.flowlogs.aws.plugins.module_utils._core.identifiers import region_of_key
from ansible_collections.flowlogs.aws.plugins.module_utils._core.overlaps import covering
from ansible_collections.flowlogs.aws.plugins.module_utils._core.resource_types import RESOURCE_TYPES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.resource_types import resolve_resource_type
from ansible_collections.flowlogs.aws.plugins.module_utils._core.resource_types import unique_ids
from ansible_collections.flowlogs.aws.plugins.module_utils._core.tags import tag_texts

PREFIX = "flow_log_"
#: Options of s3_flow_log that are passed on as they are, with what they are when no variable says otherwise.
#: ``None`` leaves them to the module.
OPTION_DEFAULTS: Mapping[str, Any] = {
    "state": "present",
    "traffic_type": None,
    "max_aggregation_interval": None,
    "log_format": None,
    "destination_options": None,
    "tag_field_specifications": None,
    "name": None,
    "tags": None,
    "purge_tags": True,
    "replace": "create_first",
    "allow_gap": False,
    "purge": "none",
    "adopt_named": False,
    "wait_timeout": 60,
}
#: Every inventory variable that has a meaning here.
VARIABLES = tuple(PREFIX + name for name in OPTION_DEFAULTS) + (
    "flow_log_resource_id",
    "flow_log_resource_type",
    "flow_log_account_id",
    "flow_log_region",
    "flow_log_destination",
    "flow_log_aws",
    "flow_log_bucket_aws",
    "flow_log_bucket_region",
    "flow_log_bucket_owner",
    "flow_log_bucket_policy",
    "flow_log_bucket_policy_regions",
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
    "flow_log_permission_attachment",
    "flow_log_preflight",
)
#: Variables of a run, not of a host.
RUN_VARIABLES = ("flow_log_stages", "flow_log_with_report")
#: Facts of the inventory plugin that matter here too.
FACTS_READ = ("flow_log_parents", "flow_log_existing_of_parents", "flow_log_found_with")
#: How like a variable a name must be to be taken for a slip of the pen.
_SIMILAR = 0.9
PRINCIPAL_TYPES = ("user", "group", "role")
#: The first is what applies when nothing is said.
ATTACHMENTS = ("inline", "managed")
STATES = ("present", "absent")
LAYOUTS = ("plain", "hive")
#: The first is what applies when nothing is said.
ACL_CONDITIONS = ("string_equals", "string_equals_if_exists", "none")
#: How S3 encrypts a new bucket when nothing is said: with its own keys (SSE-S3).
SSE_S3 = "AES256"


class VariableError(InputError):
    """A variable of a host is missing or can never work.

    :param host: name of the host.
    :param variable: name of the variable.
    """

    #: What a report calls the host.
    finding = "not_evaluated"

    def __init__(self, host: str, variable: str, value: Any, allowed: str) -> None:
        super().__init__(f"{host}: {variable}", value, allowed)
        if value is None:
            self.args = (f"{host}: {variable} is missing. Allowed: {allowed}.",)
        self.host = host
        self.variable = variable


class AccountError(VariableError):
    """A role is in another account than the variables of a host name, so nothing is known about the target."""

    finding = "unknown"


@dataclass(frozen=True)
class HostVariables:
    """A host of the inventory as the filters hand it over.

    :param variables: its variables, rendered; only those of :data:`VARIABLES` matter.
    :param groups: names of the groups it is in.
    :param unreadable: variable by variable, why it could not be rendered.
    :param misspelt: from :func:`misspelt_variables`.
    """

    name: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    groups: Tuple[str, ...] = ()
    unreadable: Mapping[str, str] = field(default_factory=dict)
    misspelt: Mapping[str, str] = field(default_factory=dict)


def misspelt_variables(names: Iterable[str]) -> Dict[str, str]:
    """Return names that no variable has but that look like one, and the one that was probably meant.

    Such a name has no effect, so the target would quietly get the default.
    """
    meant = {name: _meant_by(name) for name in names if name.startswith(PREFIX)}
    return {name: variable for name, variable in meant.items() if variable is not None}


# All hosts of an inventory have much the same names, and a comparison takes half a millisecond.
@lru_cache(maxsize=None)
def _meant_by(name: str) -> Optional[str]:
    known = VARIABLES + RUN_VARIABLES
    similar = [] if name in known else difflib.get_close_matches(name, known, n=1, cutoff=_SIMILAR)
    return similar[0] if similar else None


@dataclass(frozen=True)
class Target:
    """A host whose variables make sense. ``None`` always means: not said.

    :param policy_regions: regions that the bucket policy shall name; ``()``: every region.
    :param create_bucket: consent to create the bucket, with ``bucket_encryption`` (``AES256`` or the ARN of a key) and
        ``bucket_tags``.
    :param key_policy: consent to manage the policy of the customer key that the bucket is encrypted with.
    :param attachment: how ``principals`` get their policies, one of :data:`ATTACHMENTS`.
    :param preflight: whether to ask for permissions before anything is done.
    :param parents: ids of the resources that it is part of, as far as the inventory knows, the nearest first.
    :param covered_by: flow logs of its parents that record its traffic to the same place, from :func:`overlaps.covering`.
    :param found_with: role in which the inventory read the account, where playbooks do not get it.
    """

    host: str
    groups: Tuple[str, ...]
    resource_id: str
    resource_type: str
    account_id: str
    region: str
    partition: str
    destination: Optional[Destination]
    options: Mapping[str, Any]
    connection: Any
    bucket_connection: Any
    bucket_region: Optional[str]
    bucket_owner: Optional[str]
    bucket_policy: Optional[bool]
    create_bucket: Optional[bool]
    bucket_encryption: Optional[str]
    bucket_tags: Optional[Mapping[str, str]]
    key_policy: Optional[bool]
    key_connection: Any
    check_destination: Optional[bool]
    require_deliverable: Optional[bool]
    policy_regions: Optional[Tuple[str, ...]]
    organization_id: Optional[str]
    acl_condition: Optional[str]
    source_conditions: Optional[bool]
    layouts: Tuple[str, ...]
    principals: Tuple[Mapping[str, Any], ...]
    attachment: str
    preflight: bool
    parents: Tuple[str, ...] = ()
    covered_by: Tuple[Mapping[str, Any], ...] = ()
    found_with: str = ""

    @property
    def present(self) -> bool:
        """Whether flow logs are wanted; otherwise they are to go."""
        return bool(self.options["state"] == "present")

    @property
    def identity(self) -> Tuple[Any, ...]:
        """What makes two hosts mean the same flow log: the target with the name, or else with the destination."""
        place = (self.account_id, self.region, self.resource_id)
        return place + (
            ("name", self.options["name"]) if self.options["name"] else ("destination", self.destination_arn)
        )

    @property
    def destination_arn(self) -> Optional[str]:
        """ARN of the destination, where there is one."""
        return self.destination.arn if self.destination else None


#: The texts that Ansible takes for a boolean.
_TRUE = ("true", "yes", "on", "1", "y", "t")
_FALSE = ("false", "no", "off", "0", "n", "f")


class _Reader:
    """Reads the variables of one host; every error names the host and the variable."""

    def __init__(self, host: HostVariables) -> None:
        self._host = host

    def error(self, variable: str, value: Any, allowed: str) -> VariableError:
        """Return the error for a variable."""
        return VariableError(self._host.name, variable, value, allowed)

    def get(self, name: str) -> Any:
        """Return the variable ``flow_log_NAME``, or ``None``."""
        variable = PREFIX + name
        if variable in self._host.unreadable:
            reason = self._host.unreadable[variable]
            raise self.error(variable, "a template that fails", f"a value that can be rendered ({reason})")
        return self._host.variables.get(variable)

    def text(self, name: str, allowed: str) -> Optional[str]:
        """Return a variable that must be a text."""
        value = self.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise self.error(PREFIX + name, value, allowed)
        return value

    def parsed(self, name: str, parse: Callable[[str, Any], str]) -> Optional[str]:
        """Return what a parser of the core makes of a variable, if it is set."""
        value = self.get(name)
        return None if value is None or value == "" else parse(name, value)

    def choice(self, name: str, choices: Tuple[str, ...]) -> Optional[str]:
        """Return a variable that must be one of a few texts."""
        value: Optional[str] = self.get(name)
        if value is not None and value not in choices:
            raise self.error(PREFIX + name, value, ", ".join(choices))
        return value

    def boolean(self, name: str) -> Optional[bool]:
        """Return a variable that must be true or false; ``-e`` makes texts of these."""
        value = self.get(name)
        if value is None or isinstance(value, bool):
            return value
        text = str(value).strip().lower()
        if text not in _TRUE + _FALSE:
            raise self.error(PREFIX + name, value, "true or false")
        return text in _TRUE

    def texts(self, name: str, allowed: str) -> Optional[Tuple[str, ...]]:
        """Return a variable that must be a list of texts."""
        value = self.get(name)
        if value is None:
            return None
        if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
            raise self.error(PREFIX + name, value, allowed)
        return tuple(value)

    def mapping(self, name: str) -> Optional[Mapping[str, Any]]:
        """Return connection options; a wrong value is not repeated, as it may be a secret."""
        value = self.get(name)
        if value is not None and not isinstance(value, Mapping):
            raise self.error(PREFIX + name, f"({type(value).__name__})", "a dictionary of connection options")
        try:
            role_of(value or {})
        except InputError as error:
            raise self.error(f"{PREFIX}{name}.{error.option}", error.value, error.allowed) from None
        return value


def _check_role(host: HostVariables, connection: str, account: Optional[str], variable: str) -> None:
    """Refuse a role of another account, which could only do the work in the wrong place, or not at all."""
    options: Mapping[str, Any] = host.variables.get(f"{PREFIX}{connection}") or {}
    role = options.get("assume_role_arn")
    if role and account and account_of_role(str(role), connection) != account:
        allowed = f"a role of account {account}, which {variable} names"
        raise AccountError(host.name, f"{PREFIX}{connection}.assume_role_arn", role, allowed)


def _account(reader: _Reader) -> str:
    return parse_account_id("account_id", reader.get("account_id"), f"{ACCOUNT_ALLOWED}; every target needs one")


def _resource(host: HostVariables, reader: _Reader) -> Tuple[str, str]:
    resource_id = reader.text("resource_id", "id of a resource") or host.name
    resource_type = reader.choice("resource_type", tuple(RESOURCE_TYPES))
    try:
        ids = unique_ids([resource_id])
        return ids[0], resolve_resource_type(ids, resource_type).name
    except InputError as error:
        raise reader.error("flow_log_resource_id", resource_id, error.allowed) from None


def _destination(reader: _Reader, partition: str, options: Mapping[str, Any]) -> Optional[Destination]:
    value = reader.text("destination", "an S3 bucket ARN with an optional folder, or bucket/folder")
    if value is None:
        if options["state"] == "absent" and options["name"]:
            return None
        raise reader.error(
            "flow_log_destination", value, "an S3 bucket ARN with an optional folder; every target needs one"
        )
    try:
        return parse_destination(value, partition)
    except InputError as error:
        raise reader.error("flow_log_destination", value, error.allowed) from None


def _options(reader: _Reader) -> Dict[str, Any]:
    reader.choice("state", STATES)
    given = {name: reader.get(name) for name in OPTION_DEFAULTS}
    return {name: OPTION_DEFAULTS[name] if value is None else value for name, value in given.items()}


def _layouts(reader: _Reader, options: Mapping[str, Any]) -> Tuple[str, ...]:
    """Without a word on it: what the settings write, for Hive partitions begin with another folder."""
    given = reader.texts("layouts", "a list of plain and hive")
    if given:
        if not set(given) <= set(LAYOUTS):
            raise reader.error("flow_log_layouts", list(given), "a list of plain and hive")
        return tuple(sorted(set(given)))
    return layouts_of(options["destination_options"])


def layouts_of(destination_options: Any) -> Tuple[str, ...]:
    """Return the layouts of folders that flow logs with these destination options write."""
    hive = isinstance(destination_options, Mapping) and destination_options.get("hive_compatible_partitions")
    return ("hive",) if hive else ("plain",)


def bucket_of(destination: str, destination_options: Any = None, region: Optional[str] = None) -> Dict[str, Any]:
    """Return what a destination means for a bucket policy: ``bucket``, ``bucket_arn``, ``prefixes``, ``layouts``.

    :param destination: bucket ARN with optional folder, of any partition; or ``bucket/folder``.
    :param region: tells the partition of ``bucket/folder``; ``aws`` without it.
    :raises InputError: if it is no S3 destination.
    """
    named = destination.split(":")[1] if destination.startswith("arn:") and ":" in destination[4:] else None
    partition = named or partition_of_region(region or "")
    parsed = parse_destination(destination, partition)
    return {
        "bucket": parsed.bucket,
        "bucket_arn": parsed.bucket_arn,
        "partition": parsed.partition,
        "prefixes": [parsed.folder] if parsed.folder else [],
        "layouts": list(layouts_of(destination_options)),
    }


def new_bucket_encryption(value: Any, option: str) -> str:
    """Return how a new bucket is to be encrypted: ``AES256``, or the ARN of a customer key.

    :param value: as it was given; ``None`` or an empty text means ``AES256``.
    :param option: name of the option or variable, for the message.
    :raises InputError: for anything else, such as an alias, which log delivery cannot work with.
    """
    if value is None or value == "":
        return SSE_S3
    if value != SSE_S3 and region_of_key(value) is None:
        raise InputError(option, value, f"{SSE_S3}, or the full ARN of a customer managed KMS key")
    return str(value)


def _encryption(reader: _Reader) -> Optional[str]:
    value = reader.text("bucket_encryption", f"{SSE_S3}, or the full ARN of a customer managed KMS key")
    try:
        return None if value is None else new_bucket_encryption(value, "")
    except InputError as error:
        raise reader.error("flow_log_bucket_encryption", value, error.allowed) from None


def _bucket_region(reader: _Reader, create_bucket: Optional[bool], encryption: Optional[str]) -> Optional[str]:
    """A bucket that is to be created needs a region, and S3 takes a key of the same region only."""
    region = reader.parsed("bucket_region", parse_region)
    if not create_bucket:
        return region
    if region is None:
        raise reader.error("flow_log_bucket_region", None, "name of a region; a bucket to be created needs one")
    if region_of_key(encryption or SSE_S3) not in (None, region):
        raise reader.error("flow_log_bucket_encryption", encryption, f"a key of the bucket's region {region}")
    return region


def _bucket_tags(reader: _Reader) -> Optional[Mapping[str, str]]:
    value = reader.get("bucket_tags")
    if value is None:
        return None
    allowed = "a dictionary of tags, each a text, a number or a boolean"
    if not isinstance(value, Mapping):
        raise reader.error("flow_log_bucket_tags", value, allowed)
    try:
        return tag_texts(value)
    except InputError:
        raise reader.error("flow_log_bucket_tags", value, allowed) from None


def _principals(reader: _Reader) -> Tuple[Mapping[str, Any], ...]:
    value = reader.get("permission_principals")
    if value is None:
        return ()
    allowed = f"a list of {{type: {'|'.join(PRINCIPAL_TYPES)}, name: NAME, buckets: [BUCKET ARN, ...] (optional)}}"
    if not isinstance(value, (list, tuple)):
        raise reader.error("flow_log_permission_principals", value, allowed)
    principals: List[Mapping[str, Any]] = []
    for item in value:
        if not _is_principal(item):
            raise reader.error("flow_log_permission_principals", item, allowed)
        principals.append({"type": item["type"], "name": item["name"], "buckets": tuple(item.get("buckets") or ())})
    return tuple(principals)


def _is_principal(item: Any) -> bool:
    return (
        isinstance(item, Mapping)
        and item.get("type") in PRINCIPAL_TYPES
        and isinstance(item.get("name"), str)
        and item["name"] != ""
        and isinstance(item.get("buckets") or [], (list, tuple))
    )


def read_target(host: HostVariables) -> Target:
    """Read a host's variables.

    :raises VariableError: for what is missing or can never work. The options of ``s3_flow_log`` are left to the
        module, which knows them better.
    """
    reader = _Reader(host)
    try:
        return _read(host, reader)
    except VariableError:
        raise
    except InputError as error:
        raise reader.error(PREFIX + error.option, error.value, error.allowed) from None


def _read(host: HostVariables, reader: _Reader) -> Target:
    region = parse_region("region", reader.get("region") or None, f"{REGION_ALLOWED}; every target needs one")
    partition = partition_of_region(region)
    options = _options(reader)
    resource_id, resource_type = _resource(host, reader)
    create_bucket, encryption = reader.boolean("create_bucket"), _encryption(reader)
    regions = reader.texts("bucket_policy_regions", "a list of region names; empty for every region")
    destination = _destination(reader, partition, options)
    target = Target(
        host=host.name,
        groups=tuple(host.groups),
        resource_id=resource_id,
        resource_type=resource_type,
        account_id=_account(reader),
        region=region,
        partition=partition,
        destination=destination,
        options=options,
        connection=reader.mapping("aws") or {},
        bucket_connection=reader.mapping("bucket_aws"),
        bucket_region=_bucket_region(reader, create_bucket, encryption),
        bucket_owner=reader.parsed("bucket_owner", parse_account_id),
        bucket_policy=reader.boolean("bucket_policy"),
        create_bucket=create_bucket,
        bucket_encryption=encryption,
        bucket_tags=_bucket_tags(reader),
        key_policy=reader.boolean("key_policy"),
        key_connection=reader.mapping("key_aws"),
        check_destination=reader.boolean("check_destination"),
        require_deliverable=reader.boolean("require_deliverable"),
        policy_regions=regions,
        organization_id=reader.parsed("organization_id", parse_organization_id),
        acl_condition=reader.choice("acl_condition", ACL_CONDITIONS),
        source_conditions=reader.boolean("source_conditions"),
        layouts=_layouts(reader, options),
        principals=_principals(reader),
        attachment=reader.choice("permission_attachment", ATTACHMENTS) or ATTACHMENTS[0],
        preflight=reader.boolean("preflight") or False,
        found_with=str(reader.get("found_with") or ""),
        parents=reader.texts("parents", "a list of ids of resources that the target is part of") or (),
        covered_by=tuple(
            covering(
                destination.arn if destination else None,
                options["traffic_type"],
                reader.get("existing_of_parents"),
            )
        ),
    )
    _check_role(host, "aws", target.account_id, "flow_log_account_id")
    if target.present and (target.bucket_policy is not False or target.create_bucket):
        # S3 takes a policy from the owner of the bucket only.
        _check_role(host, "bucket_aws", target.bucket_owner, "flow_log_bucket_owner")
    return target
