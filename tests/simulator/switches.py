# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Switches: one for each AWS behavior that is not established, with its allowed values.

The simulator reads them when a request arrives::

    from .switches import switches
    if switches.identity == "all_settings": ...

A test that depends on such a behavior runs once per value. The first value is the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Switch:
    """One open question: its name, its values, and the question."""

    name: str
    values: tuple[str, ...]
    question: str

    @property
    def default(self) -> str:
        """The default value."""
        return self.values[0]


KNOWN = (
    Switch(
        "identity",
        ("destination_and_traffic", "all_settings"),
        "Which settings of the same resource cause FlowLogAlreadyExists: destination and traffic type, or all?",
    ),
    Switch(
        "duplicate_in_batch",
        ("whole_call", "item"),
        "Does one duplicate among several ids fail the whole CreateFlowLogs call, or only its own item?",
    ),
    Switch(
        "policy_edit",
        ("append", "overwrite", "off"),
        "When CreateFlowLogs edits the caller's bucket policy: does it append, overwrite, or leave it alone?",
    ),
    Switch(
        "trailing_slash",
        ("kept", "stripped"),
        "Does DescribeFlowLogs return LogDestination with the trailing slash it was created with?",
    ),
    Switch(
        "delete_unknown",
        ("error", "item"),
        "DeleteFlowLogs with an unknown id: an error and nothing deleted, or an item of Unsuccessful?",
    ),
    Switch(
        "acl_header",
        ("sent", "not_sent"),
        "Does the delivery service send x-amz-acl to buckets with BucketOwnerEnforced?",
    ),
    Switch(
        "missing_target",
        ("error", "item"),
        "CreateFlowLogs for a resource that does not exist: an error, or an item of Unsuccessful?",
    ),
    Switch(
        "describe_unknown",
        ("error", "empty"),
        "DescribeFlowLogs with an unknown flow log id: InvalidFlowLogId.NotFound, or an empty list?",
    ),
    Switch(
        "transit_gateway_traffic_type",
        ("all", "absent"),
        "Does DescribeFlowLogs return a TrafficType for transit gateway and Cloud WAN types, which take none?",
    ),
    Switch(
        "default_destination_options",
        ("filled", "absent"),
        "Does DescribeFlowLogs return DestinationOptions when none were given (2024 recordings do, 2020 do not)?",
    ),
    Switch(
        "token_after_delete",
        ("replay", "create"),
        "A ClientToken whose flow logs were deleted since: the earlier answer, or new flow logs?",
    ),
    Switch(
        "token_after_failure",
        ("act", "replay"),
        "A ClientToken whose answer had Unsuccessful items: does the call act again, or give the earlier answer?",
    ),
    Switch(
        "cloud_wan_max_ids",
        ("300", "25"),
        "How many ids does CreateFlowLogs take for Cloud WAN types: as the other types, or as transit gateways?",
    ),
    Switch(
        "tag_unknown",
        ("InvalidFlowLogId.NotFound", "InvalidID"),
        "Which error code do CreateTags and DeleteTags give for a flow log that does not exist?",
    ),
    Switch(
        "policy_edit_too_large",
        ("error", "item"),
        "If the bucket policy would exceed the size limit: LogDestinationPermissionIssue, or an item?",
    ),
    Switch(
        "policy_too_large",
        ("MalformedPolicy", "PolicyTooLarge"),
        "Which error code does PutBucketPolicy give for a policy above 20 KB?",
    ),
    Switch(
        "aws_managed_key",
        ("unreadable", "failed"),
        "The caller's own bucket with the AWS managed key aws/s3: do unreadable logs arrive, or does delivery fail?",
    ),
    Switch(
        "key_not_by_arn",
        ("refused", "failed"),
        "The caller's own bucket names its key by id or alias: does CreateFlowLogs refuse it, or does delivery fail?",
    ),
    Switch(
        "bucket_key_conditions",
        ("match", "do_not_match"),
        "With an S3 Bucket Key: do conditions of the key policy on aws:SourceAccount and aws:SourceArn still match?",
    ),
    Switch(
        "requester_pays",
        ("failed", "works"),
        "Does delivery to a Requester Pays bucket fail?",
    ),
    Switch(
        "parquet_suffix",
        (".log.parquet", ".parquet"),
        "How do the names of delivered Parquet files end?",
    ),
    Switch(
        "denial_on_behalf",
        ("opaque", "named"),
        "Does EC2 name the action when it is refused logs:CreateLogDelivery and the like on the caller's behalf?",
    ),
    Switch(
        "dry_run",
        ("own_actions", "all_actions"),
        "Does a dry run ask for the actions of EC2 only, or also for logs:CreateLogDelivery and the like?",
    ),
    Switch(
        "simulation_shape",
        ("per_action", "per_resource", "per_resource_aggregate"),
        "SimulatePrincipalPolicy over several resources: one result for each action (2026), or one for each resource, "
        "with its own decision (as users read it) or with the most restrictive one (as AWS describes it later)?",
    ),
    Switch(
        "missing_context",
        ("all_statements", "action_statements"),
        "MissingContextValues: the keys of all statements, or of those about the simulated action?",
    ),
    Switch(
        "simulated_actions",
        ("together", "alone"),
        "SimulatePrincipalPolicy over several actions: does it answer, or do they require different information?",
    ),
    Switch(
        "delete_log_delivery",
        ("enforced", "ignored"),
        "Does DeleteFlowLogs require logs:DeleteLogDelivery?",
    ),
)


class UnknownSwitch(ValueError):
    """An unknown switch or value. The message names what is allowed."""


class Switches:
    """The current values. Attribute access reads one; :meth:`set` changes it after checking."""

    def __init__(self, known: tuple[Switch, ...] = KNOWN) -> None:
        self._known = {switch.name: switch for switch in known}
        self._values: dict[str, str] = {}
        self.reset()

    def __getattr__(self, name: str) -> str:
        # Only called for names that are not attributes.
        values = self.__dict__.get("_values", {})
        if name in values:
            return values[name]
        raise AttributeError(name)

    def set(self, name: str, value: str) -> None:
        """Set one switch.

        :raises UnknownSwitch: the name or the value does not exist.
        """
        self.update({name: value})

    def update(self, values: Mapping[str, str]) -> None:
        """Set several switches, all or none.

        :raises UnknownSwitch: a name or a value does not exist.
        """
        for name, value in values.items():
            self._check(name, value)
        self._values.update(values)

    def reset(self) -> None:
        """Put every switch back to its default."""
        self._values = {name: switch.default for name, switch in self._known.items()}

    def as_dict(self) -> dict[str, str]:
        """Return the current value of every switch."""
        return dict(self._values)

    def _check(self, name: str, value: str) -> None:
        switch = self._known.get(name)
        if switch is None:
            raise UnknownSwitch(f"unknown switch {name!r}; known are: {', '.join(sorted(self._known))}")
        if value not in switch.values:
            raise UnknownSwitch(f"switch {name} is one of {', '.join(switch.values)}, not {value!r}")


switches = Switches()
"""The one instance of this process."""
