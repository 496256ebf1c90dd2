# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shapes of the data that a run passes on: module options, results and work units. PRIVATE to this collection.

Everything is plain data: between two tasks of a playbook the run is a JSON file. The documentation of each module
describes its result; the types here have the members that the controller uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypedDict, Union, final

from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import ActionDict, UnsuccessfulDict
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.facts import (
    BucketDict,
    EncryptionDict,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.check import PermissionDict
from .._discovery.accounts import GapDict

#: ``True``, ``False``, or ``"unknown"`` if AWS did not allow the check to read what decides it.
Verdict = Union[bool, Literal["unknown"]]
#: Names of the statements of a policy, by what happens to them: ``added``, ``updated``, ``removed``, ``kept``.
PolicyStatements = dict[str, list[str]]
#: A policy document in JSON form.
PolicyDocument = Mapping[str, object]
#: Options of any module. A module checks its options itself.
ModuleOptions = Mapping[str, object]
#: Connection options as the user wrote them: those of amazon.aws and of assume_role. They may be secret.
ConnectionOptions = Mapping[str, object]
#: Stages of a run that ``--tags`` selects.
StageName = Literal["permissions", "destinations", "flow_logs"]


# -- parts of module results --------------------------------------------------------------------------------------


class DiffDict(TypedDict, total=False):
    """What ``--diff`` shows. ``before`` and ``after`` are JSON values."""

    before: object
    after: object
    before_header: str
    after_header: str


class TaskResult(TypedDict, total=False):
    """What the result of any task may have. ``unreachable``, ``module_stderr`` and ``exception`` are Ansible's."""

    changed: bool
    failed: bool
    skipped: bool
    unreachable: bool
    msg: str
    module_stderr: str
    exception: str
    warnings: list[str]


class DoneAction(TypedDict):
    """What is left of an action in ``done``; see :func:`applied_results.applied_results`."""

    action: str


class ChangingResult(TaskResult, total=False):
    """What every changing module of this collection returns."""

    actions: list[ActionDict]
    unsuccessful: list[UnsuccessfulDict]
    diff: DiffDict


# -- s3_flow_log and s3_flow_log_info -----------------------------------------------------------------------------


class DestinationOptionsDict(TypedDict, total=False):
    """The option ``destination_options`` of ``s3_flow_log``."""

    file_format: str
    hive_compatible_partitions: bool
    per_hour_partition: bool


class TagFieldSpecification(TypedDict):
    """An item of the option ``tag_field_specifications`` of ``s3_flow_log``."""

    resource_type: str
    tag_keys: list[str]


class FlowLogOptions(TypedDict):
    """Options of ``s3_flow_log`` that the variables of a host set. ``None``: not set, so AWS's default applies.

    :param max_aggregation_interval: seconds.
    :param wait_timeout: seconds.
    """

    state: str
    traffic_type: str | None
    max_aggregation_interval: int | None
    log_format: str | None
    destination_options: DestinationOptionsDict | None
    tag_field_specifications: list[TagFieldSpecification] | None
    name: str | None
    tags: dict[str, str] | None
    purge_tags: bool
    replace: str
    allow_gap: bool
    purge: str
    adopt_named: bool
    wait_timeout: int


class DeliveryDict(TypedDict, total=False):
    """When a flow log last delivered; returned by ``s3_flow_log_info`` with ``delivery``.

    :param status: ``delivered``, ``nothing`` or ``unknown``.
    :param hours: how far the search went back.
    :param since: start of the search, ISO 8601.
    """

    status: str
    last_delivered: str | None
    objects: int
    complete: bool
    reason: str
    hours: int
    since: str


class FlowLogDict(TypedDict, total=False):
    """A flow log as ``s3_flow_log`` and ``s3_flow_log_info`` return it.

    :param max_aggregation_interval: seconds.
    :param creation_time: ISO 8601.
    """

    flow_log_id: str | None
    resource_id: str
    resource_type: str | None
    log_destination_type: str
    destination: str | None
    log_group_name: str | None
    traffic_type: str | None
    max_aggregation_interval: int
    log_format: str | None
    destination_options: DestinationOptionsDict | None
    tag_field_specifications: list[TagFieldSpecification]
    tags: dict[str, str]
    name: str | None
    delivery_status: str | None
    delivery_error: str | None
    creation_time: str
    delivery: DeliveryDict


class FlowLogsResult(ChangingResult, total=False):
    """What ``s3_flow_log`` returns. Without ``actions`` it failed before it compared anything."""

    flow_logs: list[FlowLogDict]
    extra: list[FlowLogDict]
    done: list[ActionDict]


class FlowLogInfoResult(TaskResult, total=False):
    """What ``s3_flow_log_info`` returns.

    :param caller_account_id: the account of the credentials; only if another account was expected.
    """

    flow_logs: list[FlowLogDict]
    caller_account_id: str


# -- the bucket, its policy and its key ---------------------------------------------------------------------------


class GrantItem(TypedDict, total=False):
    """An item of the option ``grants`` of the policy modules and of ``flow_log_destination_info``."""

    account_id: str
    regions: list[str]
    prefix: str
    layouts: list[str]


class SourceOptions(TypedDict, total=False):
    """Options that name sources: every account with every Region, prefix and layout."""

    account_ids: list[str] | None
    regions: list[str] | None
    prefixes: list[str] | None
    layouts: list[str] | None


class SourceDict(TypedDict):
    """Where a grant or a check applies; ``None``: everywhere.

    :param region: ``*`` for every Region.
    :param folder: ``""`` for the bucket without a folder.
    """

    account_id: str | None
    region: str | None
    folder: str | None
    layout: str | None


class CheckDict(SourceDict):
    """One check of a destination; see :class:`codes.Check`."""

    check: str
    code: str
    status: str
    severity: str
    message: str
    evidence: str
    remedy: str


class DestinationInfoResult(TaskResult, total=False):
    """What ``flow_log_destination_info`` returns."""

    deliverable: Verdict
    summary: str
    checks: list[CheckDict]
    problems: list[CheckDict]
    size_bytes: int | None
    bucket: BucketDict
    encryption: EncryptionDict | None


class PolicyResult(ChangingResult, total=False):
    """What ``flow_log_bucket_policy`` and ``flow_log_key_policy`` return."""

    policy: PolicyDocument | None
    size_bytes: int
    statements: PolicyStatements
    missing_grants: list[SourceDict] | None


class DestinationSteps(TypedDict, total=False):
    """Results of the tasks that prepare a destination; see :mod:`destination_result`. A missing task did not run."""

    first_check: DestinationInfoResult
    account: FlowLogInfoResult
    create: TaskResult
    bucket_policy: PolicyResult
    key_policy: PolicyResult
    last_check: DestinationInfoResult


class DestinationKeyDict(TypedDict, total=False):
    """What happened to the key policy of one destination.

    :param apart: the policy is managed once for all buckets of the key, so a :class:`KeyDict` has its result.
    """

    arn: str | None
    changed: bool
    failed: bool
    statements: PolicyStatements
    missing_grants: list[SourceDict] | None
    apart: bool
    done: list[DoneAction]


class DestinationResult(ChangingResult, total=False):
    """What was done for one destination; see :func:`destination_result.destination_result`."""

    policy: PolicyDocument | None
    size_bytes: int | None
    statements: PolicyStatements
    missing_grants: list[SourceDict] | None
    bucket_created: bool
    key: DestinationKeyDict | None
    key_apart: str | None
    bucket_owner: str | None
    deliverable: Verdict | None
    summary: str
    problems: list[CheckDict]
    grants_too_much: list[CheckDict]
    encryption: EncryptionDict | None
    done: list[ActionDict]


class KeyResult(ChangingResult, total=False):
    """What was done for one key, for all its buckets; see :func:`key_work.key_result`."""

    statements: PolicyStatements
    missing_grants: list[SourceDict]
    done: list[DoneAction]


# -- permissions --------------------------------------------------------------------------------------------------


class PreflightResult(TaskResult, total=False):
    """What ``flow_log_permissions_info`` returns."""

    principal: str
    permitted: Verdict
    summary: str
    permissions: list[PermissionDict]
    missing_policy: PolicyDocument | None


class PrincipalDict(TypedDict):
    """A principal that gets the policy for publishing.

    :param type: ``user``, ``group`` or ``role``.
    :param buckets: ARNs.
    """

    type: str
    name: str
    buckets: list[str]


class ErrorDict(TypedDict, total=False):
    """The error of AWS, as amazon.aws returns it."""

    code: str
    message: str


class PrincipalResult(TaskResult, total=False):
    """What ``amazon.aws.iam_policy`` returned for one principal.

    :param note: why a principal that does not exist is no failure.
    """

    item: PrincipalDict
    diff: DiffDict
    error: ErrorDict
    note: str
    done: list[DoneAction]


class PermissionsResult(TaskResult, total=False):
    """What was done for the principals of one account."""

    results: list[PrincipalResult]


class RunResults(TypedDict, total=False):
    """Results of a run: of each kind of work, by the name of the work unit. What is missing did not run."""

    identities: dict[str, FlowLogInfoResult]
    preflights: dict[str, PreflightResult]
    permissions: dict[str, PermissionsResult]
    destinations: dict[str, DestinationResult]
    keys: dict[str, KeyResult]
    batches: dict[str, FlowLogsResult]
    deliveries: dict[str, FlowLogInfoResult]


# -- work units ---------------------------------------------------------------------------------------------------


class WorkDict(TypedDict):
    """What every work unit has.

    :param credentials_of: the host whose variable holds the connection options.
    """

    name: str
    credentials_of: str


class IdentityDict(WorkDict):
    """A connection whose account is checked."""

    account_id: str
    region: str


class BatchDict(WorkDict):
    """Targets of one ``s3_flow_log`` task.

    :param destination: ARN; ``None`` if flow logs are removed by their name.
    :param bucket_name: name of the destination that must come first, if there is one.
    :param access: profile and role for remedies.
    """

    account_id: str
    region: str
    resource_type: str
    destination: str | None
    bucket_name: str | None
    options: FlowLogOptions
    resource_ids: list[str]
    access: dict[str, str]


class DestinationDict(WorkDict):
    """A bucket with its policy, for all its sources; see :class:`work_units.BucketWork`."""

    bucket: str
    bucket_arn: str
    partition: str
    managed: bool
    grants: list[GrantItem]
    organization_id: str | None
    acl_condition: str
    source_conditions: bool
    region: str | None
    expected_bucket_owner: str | None
    create_bucket: bool
    bucket_encryption: str
    bucket_tags: dict[str, str]
    manage_key_policy: bool
    key_credentials_of: str | None
    check_destination: bool
    require_deliverable: bool
    access: dict[str, str]


class KeyRequest(TypedDict):
    """One call of ``flow_log_key_policy``, and the names of the destinations that it is for."""

    buckets: list[str]
    options: ModuleOptions


class KeyDict(WorkDict):
    """A KMS key with its policy, for all its buckets; see :func:`key_work.plan_keys`.

    :param buckets: names of the destinations; ``bucket_arns`` in the same order.
    :param credentials: the variable that holds the connection options.
    """

    arn: str
    region: str
    buckets: list[str]
    bucket_arns: list[str]
    credentials: str
    requests: list[KeyRequest]


class PermissionsDict(WorkDict):
    """The principals of one account that get the policy for publishing."""

    account_id: str
    partition: str
    region: str
    principals: list[PrincipalDict]


@final
class BatchOperations(TypedDict):
    """The operations that one batch needs."""

    name: str
    region: str
    resource_type: str
    operations: list[str]


@final
class DestinationOperations(TypedDict):
    """The operations that one destination needs, on the ARNs of the bucket and the key."""

    name: str
    arns: list[str]
    operations: list[str]


class PreflightDict(WorkDict):
    """One call of ``flow_log_permissions_info``, and the work that it is for.

    :param credentials: the variable that holds the connection options.
    :param only_reads: whether the run changes nothing, so that a missing permission stops nothing.
    """

    account_id: str | None
    region: str
    regions: list[str]
    operations: list[str]
    resource_types: list[str]
    buckets: list[str]
    keys: list[str]
    credentials: str
    only_reads: bool
    batches: list[BatchOperations]
    destinations: list[DestinationOperations]


class CoveringFlowLog(TypedDict):
    """A flow log of a target's parent that records the target's traffic too."""

    flow_log_id: str | None
    resource_id: str | None


class TargetDict(TypedDict):
    """A target, and the batch that it is in.

    :param target: id of the resource.
    :param parents: ids of the resources that it is part of, the nearest first.
    """

    host: str
    target: str
    groups: list[str]
    batch: str
    parents: list[str]
    covered_by: list[CoveringFlowLog]


class KnownTarget(TypedDict):
    """What is known of a host that is left out."""

    account_id: str | None
    region: str | None
    target: str | None


class InvalidHostDict(TypedDict):
    """A host that is left out, and why; see :class:`work_units.InvalidHost`."""

    host: str
    variable: str
    message: str
    groups: list[str]
    known: KnownTarget
    finding: str


class _PlannedWork(TypedDict):
    batches: list[BatchDict]
    destinations: list[DestinationDict]
    permissions: list[PermissionsDict]
    targets: list[TargetDict]
    invalid: list[InvalidHostDict]
    unselected: list[InvalidHostDict]
    notes: list[str]
    gaps: list[GapDict]
    identities: list[IdentityDict]


class PublicationDict(_PlannedWork, total=False):
    """All the work of a run.

    :param unmet: why the run fails though its work succeeds; see :func:`run_demands.unmet_demands`.
    :param stages: the stages of the run; without it, all.
    :param left_out: the work of the other stages; ``None`` if there is none.
    """

    preflights: list[PreflightDict]
    keys: list[KeyDict]
    unmet: list[str]
    stages: list[StageName]
    left_out: PublicationDict | None
