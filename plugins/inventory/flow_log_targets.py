# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inventory plugin that finds the network resources that can have flow logs."""

from __future__ import annotations

DOCUMENTATION = r"""
name: flow_log_targets
short_description: Find network resources of AWS as targets for flow logs
version_added: 0.1.0
author:
  - flowlogs.aws contributors (@flowlogs)
description:
  - Finds VPCs, subnets, network interfaces, regional NAT gateways, transit gateways and their attachments in many accounts and
    Regions. Each becomes a host with the variables that the playbooks of this collection read. Groups show its type, its Region, its
    account, and whether it has a flow log.
  - If the plugin cannot read something, such as an account that denies access or a disabled Region, it reads the rest. The variable
    C(flow_log_inventory_gaps) of the group C(all) lists these gaps.
  - The name of the inventory file ends in C(flow_log_targets.yml) or C(flow_log_targets.yaml).
  - Every option can be or contain a template, also in lists and dictionaries. Templates can use lookups and extra variables (C(-e)),
    but no variables of hosts or groups. O(compose), O(groups) and O(keyed_groups) contain expressions for each host, as in other
    inventory plugins.
notes:
  - Each host is in the groups C(flow_log_type_TYPE), C(flow_log_region_REGION) and C(flow_log_account_ID).
  - Each host is also in one group for its coverage. C(flow_log_to_s3) is for hosts with a flow log to S3.
    C(flow_log_elsewhere_only) is for hosts with flow logs, but none to S3. C(flow_log_covered_by_parent) is for hosts of which only
    a parent, such as the VPC, has a flow log. C(flow_log_not_logged) is for hosts without any.
  - C(flow_log_other_account) is for hosts that another account owns, as in a shared VPC. C(flow_log_coverage_unknown) is for hosts
    whose flow logs the plugin could not read.
  - Required permissions in each account are C(ec2:DescribeFlowLogs) and C(ec2:DescribeRegions). Depending on O(types),
    C(ec2:DescribeVpcs), C(ec2:DescribeSubnets), C(ec2:DescribeNetworkInterfaces) (with C(ec2:DescribeSubnets)),
    C(ec2:DescribeNatGateways), C(ec2:DescribeTransitGateways) or C(ec2:DescribeTransitGatewayAttachments) are also required. Without
    C(ec2:DescribeRegions) you must list the O(regions).
  - Hosts get the names of a profile and a role as connection options, never keys. The plugin assumes the role in
    O(accounts[].assume_role_arn) only to read. The keys of the session stay in memory, and never appear in a variable, a cache or
    output.
  - The plugin does not trust the values of tags. It never evaluates them as templates, and uses only plain characters of them in host
    names.
  - The plugin does not find Cloud WAN resources. Add them to your inventory yourself.
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
    description: Types of resources that become hosts.
    type: list
    elements: str
    choices: [VPC, Subnet, NetworkInterface, RegionalNatGateway, TransitGateway, TransitGatewayAttachment]
    default: [VPC]
  regions:
    description:
      - Regions to read in each account. V(enabled) means every Region that is enabled in the account. V(all) means every Region of
        the partition; a Region that is not enabled is then a gap.
      - The default is the Region of the option O(region), the environment or the profile.
    type: list
    elements: str
    default: []
  accounts:
    description:
      - Accounts to read. Without O(accounts) and O(organization), the plugin reads the account of the credentials. If these come from
        O(profile), hosts get the profile in C(flow_log_aws).
      - The plugin does not accept access keys here, because they do not belong in an inventory.
    type: list
    elements: dict
    default: []
    suboptions:
      account_id:
        description: Id of the account, in quotes. With it the plugin refuses credentials of any other account.
        type: str
      name:
        description: Display name of the account. Hosts get it in C(flow_log_account_name).
        type: str
      profile:
        description:
          - Profile of the AWS configuration for the account. Hosts get it in C(flow_log_aws), so playbooks use it, too.
        type: str
      assume_role_arn:
        description:
          - Role that the plugin assumes in the account, with its own credentials. If you also set O(accounts[].profile), the plugin uses
            the role and the playbooks use the profile.
          - Playbooks never get this role, because it may only read. Set theirs in O(accounts[].playbook_role_arn), or set
            C(flow_log_aws) for the group of the account.
        type: str
      playbook_role_arn:
        description:
          - Role that playbooks assume in the account. Hosts get it as C(assume_role_arn) in C(flow_log_aws). Playbooks assume it with
            O(accounts[].profile) if you set that, or with their own credentials.
        type: str
  organization:
    description: Accounts of an organization to read. If O(accounts) also names one of them, its entry there applies.
    type: dict
    suboptions:
      accounts:
        description:
          - Accounts as C(aws organizations list-accounts) returns them (C(Id), C(Name), C(Status) or C(State)), or only their ids. A
            template can fetch them.
          - The plugin does not read an account that is not active, and reports it as a gap.
        type: list
        elements: raw
      profile:
        description: Name of the profile of each account, in which C({id}) and C({name}) stand for the id and name of the account.
        type: str
      assume_role_name:
        description: Name of the role that the plugin assumes in each account, for example V(flow-logs-read).
        type: str
      playbook_role_name:
        description: Name of the role that playbooks assume in each account, as O(accounts[].playbook_role_arn).
        type: str
      partition:
        description: Partition in the ARNs of the roles.
        type: str
        default: aws
  tags:
    description:
      - Find only resources with all these tags. A value is a text, a list of alternative texts, or V(*) for any value.
    type: dict
    default: {}
  filters:
    description:
      - For each type of resource, filters of the EC2 call that describes it. Each filter is a name with a value or a list of values.
    type: dict
    default: {}
  instances:
    description:
      - Find the targets of instances that the inventory plugin P(amazon.aws.aws_ec2#inventory) found. Of the type in
        O(instances.as), only resources that these instances use become hosts. The variable C(flow_log_instances) lists the instances.
      - Ansible reads inventory files in the order of their names, and the file of C(aws_ec2) must come first.
    type: dict
    suboptions:
      group:
        description: Group with the instances.
        type: str
        default: aws_ec2
      as:
        description: V(NetworkInterface), V(Subnet) or V(VPC). O(types) must also include it.
        type: str
        required: true
  owned_only:
    description: Whether to exclude resources that another account owns.
    type: bool
    default: false
  hostnames:
    description:
      - Sources of host names, in order of preference. V(resource_id), or C(tag:KEY) for the value of a tag.
      - If a name is not unique among the targets and in the inventory, the host gets the id as its name.
    type: list
    elements: str
    default: [resource_id]
  workers:
    description: Number of accounts or Regions to read at the same time.
    type: int
    default: 8
  fail_on_gaps:
    description:
      - Whether the playbooks of this collection fail if the plugin could not read something. They first do all the work for the targets
        that it could read.
      - Sets the variable C(flow_log_fail_on_gaps) of the group C(all). The group_vars of the inventory can override it.
    type: bool
    default: false
"""

EXAMPLES = r"""
# network.flow_log_targets.yml: the VPCs of one account in two Regions
plugin: flowlogs.aws.flow_log_targets
regions: [eu-west-1, us-east-1]

---
# Production VPCs and transit gateways of three accounts, with one group for each team
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
# The accounts of an organization, as a list
plugin: flowlogs.aws.flow_log_targets
regions: [eu-west-1]
organization:
  accounts:
    - {Id: "111122223333", Name: shop, Status: ACTIVE}
    - {Id: "444455556666", Name: payments, Status: ACTIVE}
  assume_role_name: flow-logs-read
  playbook_role_name: flow-logs-publish

---
# The accounts of an organization from AWS Organizations, in Regions from an environment variable
plugin: flowlogs.aws.flow_log_targets
regions: "{{ lookup('ansible.builtin.env', 'FLOW_LOG_REGIONS') | split(',') }}"
organization:
  accounts: "{{ (lookup('ansible.builtin.pipe', 'aws organizations list-accounts --output json') | from_json).Accounts }}"
  assume_role_name: flow-logs-read
  playbook_role_name: flow-logs-publish

---
# Network interfaces of the instances that an aws_ec2.yml in the same folder finds
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
    ScanRequest,
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

#: Maximum number of warnings about gaps; the variable lists all gaps.
_WARNINGS = 5
#: Options with expressions that Ansible evaluates for each host.
_EXPRESSIONS = ("compose", "groups", "keyed_groups")


class SharedConnections(AWSPluginBase):
    """Creates boto3 clients that share the data files that botocore loads."""

    @cached_property
    def _shared(self) -> SharedClients:
        return SharedClients(USER_AGENT)

    @cached_property
    def _connection(self) -> dict[str, Any]:
        region, endpoint, options = get_aws_connection_info(self)
        return {"region": region, "endpoint": endpoint, **options}

    def client(self, service: str, retry_decorator: Any = None, **parameters: Any) -> Any:
        """Return a boto3 client with the options of the plugin; ``parameters`` override them."""
        try:
            return self._shared.client(service, **{**self._connection, **parameters})
        except FlowLogsAWSError as error:
            self.fail_aws(error.message, exception=error.exception)


class InventoryModule(AWSInventoryBase, SharedConnections):
    """Reads the targets of all accounts and Regions, and adds them as hosts."""

    NAME = "flowlogs.aws.flow_log_targets"
    INVENTORY_FILE_SUFFIXES = ("flow_log_targets.yml", "flow_log_targets.yaml")

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Read the targets from AWS or the cache, and fill the inventory."""
        super().parse(inventory, loader, path, cache=cache)
        try:
            raw = self._raw(path, cache)
            self._fill([Scan(**scan) for scan in raw["scans"]])
        except InputError as error:
            raise AnsibleParserError(str(error)) from error
        self._report_gaps(raw["gaps"])

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
        """Return a boto3 client with the retries of the modules, in the home Region unless ``region`` is given."""
        region = kwargs.get("region") or self._home_region
        return regional_client(super().client, service, **{"config": BOUNDED_RETRIES, **kwargs, "region": region})

    @property
    def _home_region(self) -> str:
        """The Region of the options, the environment or the profile, or else the first name in ``regions``."""
        named = [name for name in self.get_option("regions") if name not in (ALL_REGIONS, ENABLED_REGIONS)]
        return str(self.region or (named + ["us-east-1"])[0])

    def _raw(self, path: str, cache: bool) -> dict[str, Any]:
        """Return scans and gaps as plain data, from the cache if it has them for the same options."""
        # With a role to assume, the profile may belong to another account, so playbooks do not get it.
        profile = "" if self.get_option("assume_role_arn") else self.get_option("profile") or ""
        accounts = accounts_from_options(self.get_option("accounts"), self.get_option("organization"), profile)
        scan_request = self._request()
        request = repr((scan_request, accounts))
        cached, raw = self.get_cached_result(path, cache)
        if cached and isinstance(raw, Mapping) and raw.get("request") == request:
            return dict(raw)
        raw = {"request": request, **self._read(scan_request, accounts)}
        self.update_cached_result(path, cache and not cached, raw)
        return raw

    def _request(self) -> ScanRequest:
        types = tuple(dict.fromkeys(self.get_option("types")))
        filters = filters_by_type(types, self.get_option("filters"), self.get_option("tags"))
        regions = tuple(self.get_option("regions")) or ((self.region,) if self.region else ())
        if not regions:
            raise InputError("regions", [], "at least one region, enabled or all")
        return ScanRequest(types, regions, self._home_region, filters)

    def _read(self, request: ScanRequest, accounts: Accounts) -> dict[str, Any]:
        reader = TargetReader(self.client, request, max(1, self.get_option("workers")))
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
            raise InputError("instances.group", group, "a group that an earlier inventory file creates")
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

    def _report_gaps(self, gaps: Sequence[Mapping[str, Any]]) -> None:
        """Warn of gaps, and add them to those of other inventory files for the drift report."""
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
