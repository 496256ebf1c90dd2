# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin that finds what can have flow logs."""

from __future__ import annotations

DOCUMENTATION = r"""
name: flow_log_targets
short_description: Network resources of AWS as targets of flow logs
version_added: 0.1.0
author:
  - flowlogs.aws contributors (@flowlogs)
description:
  - Finds VPCs, subnets, network interfaces, regional NAT gateways, transit gateways and their attachments in many accounts
    and regions. Each is a host, with the variables that the playbooks of this collection read, and in groups that tell
    its type, region, account, and whether it is logged.
  - What could not be read, such as an account that denies access or a Region that is disabled, does not stop the rest. It is in
    the variable C(flow_log_inventory_gaps) of the group C(all).
  - The name of the inventory file ends in C(flow_log_targets.yml) or C(flow_log_targets.yaml).
  - Every option can be a template or hold templates, in its lists and dictionaries too. Templates can use lookups and variables that
    C(-e) gives, and no variables of hosts or groups. O(compose), O(groups) and O(keyed_groups) hold expressions for each host, as in
    other inventory plugins.
notes:
  - Groups are C(flow_log_type_TYPE), C(flow_log_region_REGION), C(flow_log_account_ID), and one of C(flow_log_to_s3) (it has a
    flow log to S3), C(flow_log_elsewhere_only) (it has flow logs, none of them to S3), C(flow_log_covered_by_parent) (only
    what it is part of has one), C(flow_log_not_logged), C(flow_log_other_account) (another account owns it, as in a shared VPC)
    and C(flow_log_coverage_unknown) (the flow logs could not be read).
  - Permissions needed in each account are C(ec2:DescribeFlowLogs), C(ec2:DescribeRegions), and depending on O(types)
    C(ec2:DescribeVpcs), C(ec2:DescribeSubnets), C(ec2:DescribeNetworkInterfaces) (with C(ec2:DescribeSubnets)),
    C(ec2:DescribeNatGateways), C(ec2:DescribeTransitGateways), C(ec2:DescribeTransitGatewayAttachments). Without
    C(ec2:DescribeRegions) the regions have to be named.
  - Hosts get a profile and a role by name as connection options, and never a key. A role that O(accounts[].assume_role_arn) names is
    entered for reading only; its keys stay in the memory of the plugin, and are in no variable, no cache and no output.
  - Values of tags are text of others. They are never templates, and only plain characters of them become names of hosts.
  - Cloud WAN resources are not found. Name them in an inventory of your own.
extends_documentation_fragment:
  - inventory_cache
  - constructed
  - amazon.aws.boto3
  - amazon.aws.common.plugins
  - amazon.aws.region.plugins
  - amazon.aws.assume_role.plugins
options:
  plugin:
    description: Name of this plugin.
    type: str
    required: true
    choices: [flowlogs.aws.flow_log_targets]
  types:
    description: Which types of resources become hosts.
    type: list
    elements: str
    choices: [VPC, Subnet, NetworkInterface, RegionalNatGateway, TransitGateway, TransitGatewayAttachment]
    default: [VPC]
  regions:
    description:
      - Regions to look into, in each account. V(enabled) stands for every region that is enabled in the account, V(all) for
        every region that AWS has in the partition; one that is not enabled is a gap then.
      - Without it, the region of the option O(region), the environment or the profile.
    type: list
    elements: str
    default: []
  accounts:
    description:
      - Accounts to look into. Without this and O(organization), the account of the credentials. If these come from
        O(profile), hosts get that in C(flow_log_aws).
      - Keys are not accepted here, as an inventory is no place for them.
    type: list
    elements: dict
    default: []
    suboptions:
      account_id:
        description: Id of the account, in quotes. Where it is given, credentials of any other account are refused.
        type: str
      name:
        description: What people call the account. It is in the variable C(flow_log_account_name).
        type: str
      profile:
        description:
          - Profile of the AWS configuration to enter the account with. Hosts get it in C(flow_log_aws), so playbooks use it
            too.
        type: str
      assume_role_arn:
        description:
          - Role to enter the account with, from the credentials of the plugin. With O(accounts[].profile) beside it, the role is for the
            plugin and the profile for the playbooks.
          - Playbooks never get this role, as it may only read. Name theirs in O(accounts[].playbook_role_arn), or say in
            C(flow_log_aws) of the group of the account how they enter it.
        type: str
      playbook_role_arn:
        description:
          - Role that playbooks work with. Hosts get it as C(assume_role_arn) in C(flow_log_aws), beside O(accounts[].profile) if there is
            one; playbooks assume it from that, or from their own credentials.
        type: str
  organization:
    description: Accounts to look into, as a list that something else fetched. Accounts that O(accounts) names too are left to it.
    type: dict
    suboptions:
      accounts:
        description:
          - Accounts as C(aws organizations list-accounts) gives them (C(Id), C(Name), C(Status) or C(State)), or just their ids. A
            template can fetch them.
          - An account that is not active is not read, and is a gap.
        type: list
        elements: raw
      profile:
        description: Name of the profile of each account, with C({id}) or C({name}) in the place of its id or name.
        type: str
      assume_role_name:
        description: Name of the role to enter each account with, for example V(flow-logs-read).
        type: str
      playbook_role_name:
        description: Name of the role of each account that playbooks work with, as O(accounts[].playbook_role_arn).
        type: str
      partition:
        description: Partition of the roles.
        type: str
        default: aws
  tags:
    description:
      - Only resources with these tags. A value is a text, a list of texts of which one is enough, or V(*) for any.
    type: dict
    default: {}
  filters:
    description:
      - Type of resource -> filters of the call of EC2 that describes it, a name with a value or a list of values.
    type: dict
    default: {}
  instances:
    description:
      - Makes targets of instances that the inventory plugin P(amazon.aws.aws_ec2#inventory) found. Of one type, only what
        these instances use becomes hosts; the variable C(flow_log_instances) names them.
      - Ansible reads the files of an inventory in the order of their names, and that of C(aws_ec2) has to come first.
    type: dict
    suboptions:
      group:
        description: Group with the instances.
        type: str
        default: aws_ec2
      as:
        description: V(NetworkInterface), V(Subnet) or V(VPC); O(types) has to name it.
        type: str
        required: true
  owned_only:
    description: Whether to leave out what another account owns.
    type: bool
    default: false
  hostnames:
    description:
      - Where names of hosts come from, the best first. V(resource_id), or C(tag:KEY) for the value of a tag.
      - A name that two targets have, or that something else in the inventory has, gives way to the id.
    type: list
    elements: str
    default: [resource_id]
  workers:
    description: How many accounts or regions are read at the same time.
    type: int
    default: 8
  fail_on_gaps:
    description:
      - Whether the playbooks of this collection fail if anything could not be read. What could be read stays in the inventory, and
        they do all of its work first.
      - Sets the variable C(flow_log_fail_on_gaps) of the group C(all), which group_vars of the inventory can override.
    type: bool
    default: false
"""

EXAMPLES = r"""
# network.flow_log_targets.yml: the VPCs of the account of the credentials, in two regions
plugin: flowlogs.aws.flow_log_targets
regions: [eu-west-1, us-east-1]

---
# VPCs and transit gateways of three accounts, production only, one group for each value of a tag
plugin: flowlogs.aws.flow_log_targets
types: [VPC, TransitGateway]
regions: [all]
accounts:
  - {profile: shop, name: shop}
  - {profile: payments, name: payments}
  - {account_id: "777788889999", assume_role_arn: "arn:aws:iam::777788889999:role/flow-logs-read", profile: data}
tags:
  env: [production, prod]
keyed_groups:
  - {key: flow_log_resource_tags.team, prefix: team}
groups:
  to_publish: flow_log_coverage not in ["s3", "other_account"]
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /tmp/flow-log-targets
cache_timeout: 600

---
# An organization, from data
plugin: flowlogs.aws.flow_log_targets
regions: [eu-west-1]
organization:
  accounts:
    - {Id: "111122223333", Name: shop, Status: ACTIVE}
    - {Id: "444455556666", Name: payments, Status: ACTIVE}
  assume_role_name: flow-logs-read
  playbook_role_name: flow-logs-publish

---
# The same from AWS Organizations, in Regions that an environment variable lists
plugin: flowlogs.aws.flow_log_targets
regions: "{{ lookup('ansible.builtin.env', 'FLOW_LOG_REGIONS') | split(',') }}"
organization:
  accounts: "{{ (lookup('ansible.builtin.pipe', 'aws organizations list-accounts --output json') | from_json).Accounts }}"
  assume_role_name: flow-logs-read
  playbook_role_name: flow-logs-publish

---
# Interfaces of the instances that an aws_ec2.yml beside this file finds
plugin: flowlogs.aws.flow_log_targets
types: [NetworkInterface]
regions: [eu-west-1]
instances: {group: aws_ec2, as: NetworkInterface}
hostnames: ["tag:Name", resource_id]
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.utils.vars import load_extra_vars

from ansible_collections.amazon.aws.plugins.plugin_utils.base import AWSPluginBase
from ansible_collections.amazon.aws.plugins.plugin_utils.botocore import get_aws_connection_info
from ansible_collections.amazon.aws.plugins.plugin_utils.inventory import AWSInventoryBase

from ansible_collections.flowlogs.aws.plugins.module_utils._aws.clients import SharedClients
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import FlowLogsAWSError
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.retries import BOUNDED_RETRIES
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.sts import regional_client
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._run.version import USER_AGENT
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.accounts import (
    Accounts,
    GAPS_VARIABLE,
    Gap,
    accounts_from_options,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.options import (
    filters_by_type,
    instance_choice,
    name_preferences,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.reader import (
    ALL_REGIONS,
    ENABLED_REGIONS,
    Question,
    TargetReader,
    inert,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.targets import (
    FoundTarget,
    Scan,
    find_targets,
    host_names,
    instances_by_id,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_demands import FAIL_ON_GAPS

#: More warnings than that would hide everything else; the variable has all of them.
_WARNINGS = 5
#: Options with expressions that are evaluated for each host.
_EXPRESSIONS = ("compose", "groups", "keyed_groups")


class SharedConnections(AWSPluginBase):
    """Makes the clients of a plugin, which share what botocore reads from its files."""

    @cached_property
    def _shared(self) -> SharedClients:
        return SharedClients(USER_AGENT)

    @cached_property
    def _connection(self) -> dict[str, Any]:
        region, endpoint, options = get_aws_connection_info(self)
        return {"region": region, "endpoint": endpoint, **options}

    def client(self, service: str, retry_decorator: Any = None, **parameters: Any) -> Any:
        """Return a client by the options of the plugin; ``parameters`` go before these."""
        try:
            return self._shared.client(service, **{**self._connection, **parameters})
        except FlowLogsAWSError as error:
            self.fail_aws(error.message, exception=error.exception)


class InventoryModule(AWSInventoryBase, SharedConnections):
    """Turns options into a question, and answers into hosts."""

    NAME = "flowlogs.aws.flow_log_targets"
    INVENTORY_FILE_SUFFIXES = ("flow_log_targets.yml", "flow_log_targets.yaml")

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Read AWS or the cache, and fill the inventory."""
        super().parse(inventory, loader, path, cache=cache)
        try:
            raw = self._raw(path, cache)
            self._fill([Scan(**scan) for scan in raw["scans"]])
        except InputError as error:
            raise AnsibleParserError(str(error)) from error
        self._tell(raw["gaps"])

    def set_options(
        self, task_keys: Any = None, var_options: Any = None, direct: Mapping[str, Any] | None = None
    ) -> None:
        """Render the templates of the inventory file before Ansible checks the types of its options."""
        super().set_options(task_keys=task_keys, var_options=var_options, direct=self._rendered(direct or {}))

    def _rendered(self, options: Mapping[str, Any]) -> dict[str, Any]:
        if not options:
            return {}
        # Variables of hosts and groups do not exist before the inventory is read.
        self.templar.available_variables = load_extra_vars(self.loader)
        return {name: value if name in _EXPRESSIONS else self._render(name, value) for name, value in options.items()}

    def _render(self, name: str, value: Any) -> Any:
        try:
            return self.templar.template(value)
        except AnsibleError as error:
            raise AnsibleParserError(f"The template in the option {name} cannot be rendered: {error}") from error

    def client(self, service: str, retry_decorator: Any = None, **kwargs: Any) -> Any:
        """Return a client whose retries are bounded as those of the modules are, for the home Region if none is given."""
        region = kwargs.get("region") or self._home_region
        return regional_client(super().client, service, **{"config": BOUNDED_RETRIES, **kwargs, "region": region})

    @property
    def _home_region(self) -> str:
        """The Region of the options, the environment or the profile, or the first that is named to look into."""
        named = [name for name in self.get_option("regions") if name not in (ALL_REGIONS, ENABLED_REGIONS)]
        return str(self.region or (named + ["us-east-1"])[0])

    def _raw(self, path: str, cache: bool) -> dict[str, Any]:
        """Return answers and gaps as plain data, from the cache if that was asked the same."""
        # With a role to assume, the profile is only the way to the role, and leads playbooks elsewhere.
        profile = "" if self.get_option("assume_role_arn") else self.get_option("profile") or ""
        accounts = accounts_from_options(self.get_option("accounts"), self.get_option("organization"), profile)
        question = self._question()
        asked = repr((question, accounts))
        cached, raw = self.get_cached_result(path, cache)
        if cached and isinstance(raw, Mapping) and raw.get("asked") == asked:
            return dict(raw)
        raw = {"asked": asked, **self._read(question, accounts)}
        self.update_cached_result(path, cache and not cached, raw)
        return raw

    def _question(self) -> Question:
        types = tuple(dict.fromkeys(self.get_option("types")))
        filters = filters_by_type(types, self.get_option("filters"), self.get_option("tags"))
        regions = tuple(self.get_option("regions")) or ((self.region,) if self.region else ())
        if not regions:
            raise InputError("regions", [], "at least one region, enabled or all")
        return Question(types, regions, self._home_region, filters)

    def _read(self, question: Question, accounts: Accounts) -> dict[str, Any]:
        reader = TargetReader(self.client, question, max(1, self.get_option("workers")))
        scans, gaps = reader.read(accounts.accounts)
        return {
            "scans": [scan.to_dict() for scan in scans],
            "gaps": [gap.to_dict() for gap in (*accounts.gaps, *gaps)],
        }

    def _fill(self, scans: Sequence[Scan]) -> None:
        instances = instance_choice(self.get_option("instances"), self.get_option("types"))
        used = self._instances(instances["group"], instances["as"]) if instances else {}
        targets = [
            target
            for target in find_targets(scans)
            if (target.owner_id == target.found_in or not self.get_option("owned_only"))
            and (not instances or target.resource_type != instances["as"] or target.resource_id in used)
        ]
        taken = {*self.inventory.hosts, *self.inventory.groups}
        names = host_names(targets, name_preferences(self.get_option("hostnames")), taken)
        for name, target in zip(names, targets):
            self._add(name, target, used.get(target.resource_id, []))

    def _instances(self, group: str, resource_type: str) -> dict[str, list[str]]:
        if group not in self.inventory.groups:
            raise InputError("instances.group", group, "a group that an inventory file before this one made")
        hosts = {host.name: host.get_vars() for host in self.inventory.groups[group].get_hosts()}
        return instances_by_id(hosts, resource_type)

    def _add(self, name: str, target: FoundTarget, instances: list[str]) -> None:
        self.inventory.add_host(name)
        variables = {**target.variables(), **({"flow_log_instances": instances} if instances else {})}
        variables = {key: inert(value) for key, value in variables.items()}
        for key, value in variables.items():
            self.inventory.set_variable(name, key, value)
        for group in target.groups():
            self.inventory.add_group(group)
            self.inventory.add_child(group, name)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)

    def _tell(self, gaps: Sequence[Mapping[str, Any]]) -> None:
        """Warn of gaps, and leave them where reports find them, beside those of other inventory files."""
        before = self.inventory.groups["all"].get_vars().get(GAPS_VARIABLE) or []
        self.inventory.set_variable("all", GAPS_VARIABLE, [*before, *(inert(dict(gap)) for gap in gaps)])
        sentences = [Gap(**gap).sentence for gap in gaps]
        # Ansible would turn an error into a warning, and drop every target that could be read.
        if self.get_option("fail_on_gaps"):
            self.inventory.set_variable("all", FAIL_ON_GAPS, True)
        for sentence in sentences[:_WARNINGS]:
            self.warn(sentence)
        if len(sentences) > _WARNINGS:
            self.warn(f"{len(sentences) - _WARNINGS} more are in the variable {GAPS_VARIABLE}.")
