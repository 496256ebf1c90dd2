# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds hosts whose variables contradict each other. PRIVATE to this collection.

There are two kinds:

* Hosts of one resource that would change each other's flow logs. All of them are left out.
* Hosts that set different values for one flow log or one bucket. The first host is right; the later ones are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ansible_collections.flowlogs.aws.plugins.module_utils._core.canonical import canonical
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.model import S3, traffic_overlaps
from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import same_destination
from .host_variables import Target
from .work_units import InvalidHost, refused_target

#: Variables with one value for each bucket, and the attribute of a target that holds it.
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


def without_conflicts(targets: Sequence[Target]) -> tuple[list[Target], list[InvalidHost]]:
    """Return the targets that contradict no other target, and the hosts of those that do."""
    conflicts = _resource_conflicts(targets)
    finder = _ValueConflictFinder()
    agreed: list[Target] = []
    invalid: list[InvalidHost] = []
    for target in targets:
        refused = conflicts.get(target.host) or finder.conflict(target)
        if refused is None:
            agreed.append(target)
        else:
            invalid.append(refused)
    return agreed, invalid


# -- hosts that would change each other's flow logs ---------------------------------------------------------------


def _resource_conflicts(targets: Iterable[Target]) -> dict[str, InvalidHost]:
    """Return each host that would change a flow log of another host of its resource. Both hosts are in the result."""
    resources: dict[tuple[str, str, str], list[Target]] = {}
    for target in targets:
        resources.setdefault((target.account_id, target.region, target.resource_id), []).append(target)
    found = (
        _conflict(target, other)
        for members in resources.values()
        for target in members
        for other in members
        if other is not target
    )
    first: dict[str, InvalidHost] = {}
    for conflict in filter(None, found):
        first.setdefault(conflict.host, conflict)
    return first


def _conflict(target: Target, other: Target) -> InvalidHost | None:
    if target.identity == other.identity:
        return _state_conflict(target, other)
    if _may_change(target, other):
        has, without = ("a", "none") if target.options["name"] else ("no", "one")
        return refused_target(
            target,
            "flow_log_name",
            f"this host gives {has} name and host {other.host} gives {without}, and both are about the traffic of "
            f"{target.resource_id} to the same destination. Give each its own name or its own destination, or traffic "
            "types that do not overlap.",
        )
    if not (target.present and other.present):
        return None
    for purging, losing in ((target, other), (other, target)):
        if purging.options["purge"] == S3:
            return refused_target(
                target,
                "flow_log_purge",
                f"s3 of host {purging.host} removes the flow log that host {losing.host} publishes of "
                f"{target.resource_id}. Set it to none or duplicates, or leave one of the hosts out.",
            )
    return None


def _state_conflict(target: Target, other: Target) -> InvalidHost | None:
    """Compare the states only; :class:`_ValueConflictFinder` compares the other settings of one flow log."""
    if target.present == other.present:
        return None
    return refused_target(
        target,
        "flow_log_state",
        f"{target.options['state']} here and {other.options['state']} on host {other.host}, and both are about the same "
        f"flow log of {target.resource_id}. Make them equal, or leave one of the hosts out.",
    )


def _may_change(one: Target, other: Target) -> bool:
    """Whether one host may adopt or remove the flow log of the other, because only one of them gives a name."""
    if bool(one.options["name"]) == bool(other.options["name"]) or not _share_traffic(one, other):
        return False
    unnamed = other if one.options["name"] else one
    return one.present or other.present or unnamed.options["adopt_named"]


def _share_traffic(one: Target, other: Target) -> bool:
    if not same_destination(one.destination_arn or "", other.destination_arn or ""):
        return False
    return traffic_overlaps(_traffic_type(one), _traffic_type(other))


def _traffic_type(target: Target) -> str | None:
    """``state: absent`` concerns flow logs of any traffic type, whatever the host sets."""
    return target.options["traffic_type"] if target.present else None


# -- hosts that set different values ------------------------------------------------------------------------------


class _ValueConflictFinder:
    """Finds hosts that set another value than an earlier host, for the same flow log or the same bucket."""

    def __init__(self) -> None:
        self._values: dict[str, tuple[str, str]] = {}

    def conflict(self, target: Target) -> InvalidHost | None:
        """Return the host of a target that contradicts an earlier one; otherwise ``None``, and remember its values."""
        settings = _settings(target)
        for key, variable, value, message in settings:
            host, earlier = self._values.get(key, (target.host, value))
            if earlier != value:
                return refused_target(target, variable, message.format(host=host))
        for key, _variable, value, _message in settings:
            self._values.setdefault(key, (target.host, value))
        return None


def _settings(target: Target) -> list[tuple[str, str, str, str]]:
    """Return what must be equal on all hosts: key of the flow log or bucket, variable, value and message."""
    value = canonical([target.options, target.connection, target.resource_type, target.destination_arn])
    message = f"this flow log of {target.resource_id} has other settings on host {{host}}. Make them equal."
    settings = [(canonical(["target", target.identity]), "flow_log_resource_id", value, message)]
    bucket = target.destination
    if bucket is None or not target.present:
        return settings
    for variable, attribute in _ONE_PER_BUCKET:
        given = getattr(target, attribute)
        if given is not None:
            key = canonical(["bucket", bucket.bucket_arn, variable])
            message = (
                f"the bucket {bucket.bucket} can have only one value, but host {{host}} sets another. Make them equal."
            )
            settings.append((key, variable, canonical(given), message))
    return settings
