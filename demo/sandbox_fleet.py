# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Turns the hosts of an inventory into a fleet for the simulator: accounts, networks, buckets, keys and credentials.

Pure: hosts go in, a :class:`Sandbox` comes out. ``demo/sandbox.py`` reads the inventory and starts the simulator.
"""

from __future__ import annotations

import re
import string
import uuid
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import Target
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import VariableError
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import read_target

#: Account of the simulator for credentials and buckets whose account the inventory does not give.
STAND_IN_ACCOUNT = "123456789012"
DEFAULT_CREDENTIALS = "the default credentials"
#: What contains a resource, if the inventory does not say it.
UNKNOWN = "#"
ACCESS_KEY_OPTIONS = ("access_key", "aws_access_key_id", "aws_access_key")
PROFILE_OPTIONS = ("profile", "aws_profile")
#: Connection options that could lead a client to another endpoint than that of the environment.
ENDPOINT_OPTIONS = ("endpoint_url", "aws_endpoint_url", "aws_config")
ALLOW_ALL = {"allow-all": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}
#: All networks of a sandbox have these addresses: large enough for 4,096 subnets with 4,091 interfaces each.
VPC_CIDR = "10.0.0.0/8"
SUBNET_PREFIX_LENGTH = 20
INTERFACES_IN_A_SUBNET = 4000
#: What attachments attach if the inventory has no VPC for them.
ATTACHED_VPC = "vpc-00000000000000000"

_PREFIXES = {
    "VPC": "vpc-",
    "Subnet": "subnet-",
    "NetworkInterface": "eni-",
    "TransitGateway": "tgw-",
    "TransitGatewayAttachment": "tgw-attach-",
}
_ID = r"([0-9a-f]{8}|[0-9a-f]{17})"
_ACCESS_KEY = re.compile(r"AKIA[A-Z2-7]{16}")
_ROLE = re.compile(r"arn:[a-z-]+:iam::(\d{12}):role(/(?:[^/]+/)*)([^/]+)")
_KEY = re.compile(r"arn:[a-z-]+:kms:([a-z0-9-]+):(\d{12}):key/([0-9a-f-]+)")


class InventoryError(Exception):
    """The inventory cannot be simulated.

    :param problems: one line for each host and variable.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Sandbox:
    """What the simulator and an AWS configuration file need.

    :param fleet: document of accounts, see tests/simulator/fleet.py.
    :param access_keys: access key ID for each profile; ``default`` for boto3's usual lookup.
    :param notes: what the sandbox assumes because the inventory does not say it.
    """

    fleet: Mapping[str, Any]
    access_keys: Mapping[str, str]
    notes: tuple[str, ...]
    targets: int
    buckets: int


def sandbox_of(hosts: Iterable[HostVariables]) -> Sandbox:
    """Return the sandbox for the targets of an inventory.

    :param hosts: the targets with their rendered variables.
    :raises InventoryError: if there is no target, or a host cannot be simulated; with every problem.
    """
    problems: list[str] = []
    targets: list[Target] = []
    for host in hosts:
        try:
            targets.append(read_target(host))
        except VariableError as error:
            problems.append(str(error))
    if not targets and not problems:
        raise InventoryError(["The inventory has no target."])
    builder = _Builder(problems)
    for add in (builder.add_accounts, builder.add_resource, builder.add_bucket):
        for target in targets:
            add(target)
    if problems:
        raise InventoryError(problems)
    return builder.sandbox(len(targets))


@dataclass
class _Network:
    """The networks of one account and Region.

    :param vpcs: VPC -> subnet -> interfaces. The simulator makes up ids that begin with ``#``.
    :param gateways: transit gateway -> attachments.
    """

    vpcs: dict[str, dict[str, dict[str, None]]] = field(default_factory=dict)
    gateways: dict[str, dict[str, None]] = field(default_factory=dict)

    def interfaces_of(self, subnet: str, vpc: str) -> dict[str, None]:
        """Return the interfaces of a subnet. It is added to the VPC, unless another VPC already has it."""
        for subnets in self.vpcs.values():
            if subnet in subnets:
                return subnets[subnet]
        return self.vpcs.setdefault(vpc, {}).setdefault(subnet, {})

    def subnet_with_capacity(self) -> str:
        """Return a subnet for an interface whose subnet is unknown."""
        interfaces = sum(
            len(found)
            for subnets in self.vpcs.values()
            for subnet, found in subnets.items()
            if subnet.startswith(UNKNOWN)
        )
        return f"{UNKNOWN}{interfaces // INTERFACES_IN_A_SUBNET}"

    def attachments_of(self, gateway: str) -> dict[str, None]:
        """Return the attachments of a transit gateway, which is added."""
        return self.gateways.setdefault(gateway, {})

    def to_document(self) -> dict[str, Any]:
        """Return the Region of a fleet."""
        return {
            "vpcs": [
                {**_entry(vpc), "cidr": VPC_CIDR, "subnets": _subnets(subnets)} for vpc, subnets in self.vpcs.items()
            ],
            "transit_gateways": [
                {**_entry(gateway), "attachments": [_attachment(id_) for id_ in attachments]}
                for gateway, attachments in self.gateways.items()
            ],
        }


def _entry(id_: str) -> dict[str, str]:
    return {} if id_.startswith(UNKNOWN) else {"id": id_}


def _attachment(id_: str) -> dict[str, str]:
    return {"id": id_, "resource": ATTACHED_VPC, "resource_type": "vpc"}


def _subnets(subnets: Mapping[str, Iterable[str]]) -> list[dict[str, Any]]:
    size = 2 ** (32 - SUBNET_PREFIX_LENGTH)
    return [
        {**_entry(subnet), "cidr": _cidr(number * size), "interfaces": [{"id": id_} for id_ in interfaces]}
        for number, (subnet, interfaces) in enumerate(subnets.items())
    ]


def _cidr(offset: int) -> str:
    return f"10.{offset >> 16}.{offset >> 8 & 255}.{offset & 255}/{SUBNET_PREFIX_LENGTH}"


def _account() -> dict[str, Any]:
    return {"regions": {}, "users": [], "groups": [], "roles": [], "buckets": [], "keys": []}


class _Builder:
    """Collects the accounts of a sandbox: first the accounts of all targets, then their resources, then their buckets.

    :param problems: list to which it adds what cannot be simulated.
    """

    def __init__(self, problems: list[str]) -> None:
        self._problems = problems
        self._notes: list[str] = []
        self._accounts: dict[str, dict[str, Any]] = defaultdict(_account)
        self._networks: dict[tuple[str, str], _Network] = defaultdict(_Network)
        # Owner of credentials, resources and buckets, and the first host that needs it.
        self._owners: dict[str, tuple[str, str]] = {}
        self._credentials = {DEFAULT_CREDENTIALS: None}
        self._principals: set[tuple[str, str, str]] = set()
        self._buckets: dict[str, dict[str, Any]] = {}

    def _claim(self, thing: str, owner: str, host: str, variable: str) -> bool:
        """Record the owner of credentials, a resource or a bucket; return whether all hosts agree on it."""
        first, first_host = self._owners.setdefault(thing, (owner, host))
        if first != owner:
            shown = "this access key" if thing.startswith("access key ") else thing
            self._problems.append(f"{host}: {variable} is {owner} for {shown}, but {first} for host {first_host}.")
        return first == owner

    # -- accounts, credentials and principals --

    def add_accounts(self, target: Target) -> None:
        """Add the accounts of a target, the credentials for them and the principals in them."""
        account = self._accounts[target.account_id]
        if target.organization_id:
            account.setdefault("organization", target.organization_id)
        for principal in target.principals:
            self._add_principal(target.account_id, principal["type"], principal["name"])
        owner = target.expected_bucket_owner
        self._add_credentials(target.host, "flow_log_aws", target.connection, target.account_id, "flow_log_account_id")
        self._add_credentials(
            target.host, "flow_log_bucket_aws", target.bucket_connection, owner, "flow_log_expected_bucket_owner"
        )
        self._add_credentials(target.host, "flow_log_key_aws", target.key_connection, None, "")

    def _add_credentials(
        self, host: str, variable: str, connection: Any, owner: str | None, owner_variable: str
    ) -> None:
        """Add the credentials in connection options, or the role that they assume.

        :param owner: account that the credentials belong to, as ``owner_variable`` gives it; ``None`` if not known.
        """
        options = connection or {}
        for option in filter(options.get, ENDPOINT_OPTIONS):
            reason = "could lead to another endpoint than that of the simulator. Remove it for the sandbox."
            self._problems.append(f"{host}: {variable}.{option} {reason}")
        name = _name_of(options)
        if name.startswith("access key ") and not _ACCESS_KEY.fullmatch(name.split()[-1]):
            allowed = "the access key ID of a user: AKIA and 16 letters A to Z or digits 2 to 7"
            self._problems.append(f"{host}: {variable}.access_key cannot be simulated. Allowed: {allowed}.")
            return
        self._credentials[name] = None
        role = _role_of(options)
        if role:
            self._add_principal(role[1], "role", role[3], path=role[2], policies=ALLOW_ALL)
        elif owner:
            self._claim(name, owner, host, owner_variable)

    def _add_principal(self, account_id: str, kind: str, name: str, **settings: Any) -> None:
        if (account_id, kind, name) not in self._principals:
            self._principals.add((account_id, kind, name))
            self._accounts[account_id][f"{kind}s"].append({"name": name, **settings})

    def _account_of(self, connection: Any) -> str | None:
        """Return the account of a role or of credentials, None if the inventory does not give it."""
        role = _role_of(connection or {})
        return role[1] if role else self._owners.get(_name_of(connection or {}), (None, ""))[0]

    # -- resources --

    def add_resource(self, target: Target) -> None:
        """Add the resource of a target, and what contains it."""
        prefix = _PREFIXES.get(target.resource_type)
        if prefix is None:
            # The simulator knows NAT gateways and resources of Cloud WAN by the form of their ids.
            return
        if not re.fullmatch(prefix + _ID, target.resource_id):
            problem = f"flow_log_resource_id {target.resource_id!r} is not an id of AWS"
            self._problems.append(f"{target.host}: {problem}. Allowed: {prefix} and 8 or 17 hexadecimal digits.")
        elif self._claim(target.resource_id, _place_of(target), target.host, "flow_log_account_id/flow_log_region"):
            self._add_to_network(target, self._networks[target.account_id, target.region])

    def _add_to_network(self, target: Target, network: _Network) -> None:
        id_ = target.resource_id
        if target.resource_type == "VPC":
            network.vpcs.setdefault(id_, {})
        elif target.resource_type == "Subnet":
            network.interfaces_of(id_, self._parent(target, "vpc-"))
        elif target.resource_type == "TransitGateway":
            network.attachments_of(id_)
        elif target.resource_type == "TransitGatewayAttachment":
            network.attachments_of(self._parent(target, "tgw-"))[id_] = None
        else:
            subnet = self._parent(target, "subnet-")
            subnet = network.subnet_with_capacity() if subnet == UNKNOWN else subnet
            network.interfaces_of(subnet, self._parent(target, "vpc-"))[id_] = None

    def _parent(self, target: Target, prefix: str) -> str:
        """Return the resource that contains a target, as flow_log_parents gives it."""
        place = _place_of(target)
        for id_ in target.parents:
            if re.fullmatch(prefix + _ID, id_) and self._owners.setdefault(id_, (place, target.host))[0] == place:
                return id_
        return UNKNOWN

    # -- buckets and keys --

    def add_bucket(self, target: Target) -> None:
        """Add the bucket of a target, unless a run may create it, and the key that encrypts it."""
        if target.destination is None:
            return
        name, owner = target.destination.bucket, self._bucket_owner(target)
        if not self._claim(f"bucket {name}", owner, target.host, "flow_log_bucket_aws/flow_log_expected_bucket_owner"):
            return
        if target.create_bucket:
            key = _KEY.fullmatch(target.bucket_encryption or "")
            if key:
                self._add_key(key[2], key[1], key[3])
            self._buckets[name] = {}
        else:
            self._buckets.setdefault(name, self._bucket(target, owner))

    def _bucket_owner(self, target: Target) -> str:
        """Return the account of the bucket. If the inventory does not give it, a note lists which one the sandbox takes."""
        owner = target.expected_bucket_owner or self._account_of(target.bucket_connection)
        if owner is not None:
            return owner
        bucket = target.destination.bucket
        note = f"The inventory does not give the account of bucket {bucket}. In the sandbox it is {STAND_IN_ACCOUNT}."
        self._notes += [] if note in self._notes else [note]
        return STAND_IN_ACCOUNT

    def _bucket(self, target: Target, owner: str) -> dict[str, Any]:
        name, region = target.destination.bucket, target.bucket_region or target.region
        if not target.key_policy:
            return {"name": name, "region": region}
        # The run may manage the policy of the key that encrypts the bucket, so there has to be one.
        key_connection = target.bucket_connection if target.key_connection is None else target.key_connection
        key_owner, key_id = self._account_of(key_connection) or owner, str(uuid.uuid5(uuid.NAMESPACE_DNS, name))
        self._add_key(key_owner, region, key_id)
        arn = f"arn:{target.partition}:kms:{region}:{key_owner}:key/{key_id}"
        return {"name": name, "region": region, "encryption": {"algorithm": "aws:kms", "key": arn}}

    def _add_key(self, account_id: str, region: str, key_id: str) -> None:
        key = {"id": key_id, "region": region}
        if key not in self._accounts[account_id]["keys"]:
            self._accounts[account_id]["keys"].append(key)

    # -- the result --

    def sandbox(self, targets: int) -> Sandbox:
        """Return what was collected."""
        access_keys = self._add_users()
        for (account_id, region), network in self._networks.items():
            self._accounts[account_id]["regions"][region] = network.to_document()
        for name, bucket in self._buckets.items():
            if bucket:
                self._accounts[self._owners[f"bucket {name}"][0]]["buckets"].append(bucket)
        fleet = {"accounts": dict(self._accounts)}
        return Sandbox(fleet, access_keys, tuple(self._notes), targets, len(self._buckets))

    def _add_users(self) -> dict[str, str]:
        """Add a user for all credentials; return the access keys of the profiles."""
        access_keys = {}
        for number, name in enumerate(self._credentials):
            kind, _blank, given = name.partition("key " if name.startswith("access key ") else " ")
            key = given if kind == "access " else _access_key(number)
            account_id = self._owners.get(name, (STAND_IN_ACCOUNT, ""))[0]
            self._add_principal(account_id, "user", f"sandbox-{key}", access_key=key, policies=ALLOW_ALL)
            if kind != "access ":
                access_keys["default" if name == DEFAULT_CREDENTIALS else given] = key
        return access_keys


def _place_of(target: Target) -> str:
    return f"{target.account_id}/{target.region}"


def _role_of(options: Mapping[str, Any]) -> re.Match[str] | None:
    return _ROLE.fullmatch(str(options.get("assume_role_arn") or ""))


def _name_of(options: Mapping[str, Any]) -> str:
    """Return the credentials in connection options as messages name them."""
    given = [str(options[name]) for name in ACCESS_KEY_OPTIONS if options.get(name)]
    profiles = [str(options[name]) for name in PROFILE_OPTIONS if options.get(name) not in (None, "", "default")]
    if given:
        return f"access key {given[0]}"
    return f"profile {profiles[0]}" if profiles else DEFAULT_CREDENTIALS


def _access_key(number: int) -> str:
    """Return an access key ID: AKIASANDBOX and a number in nine letters."""
    letters = ""
    for _position in range(9):
        number, rest = divmod(number, 26)
        letters = string.ascii_uppercase[rest] + letters
    return f"AKIASANDBOX{letters}"
