# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stage that prepares destinations: buckets, bucket policies and key policies. PRIVATE to this collection.

If a run may create a bucket or change a key policy, it first checks what exists. It manages each key policy once for
all buckets of the key. Last, it checks whether flow logs can be delivered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from .._publication.destination_result import destination_result
from .._publication.key_work import key_result, plan_keys
from .._publication.preflight import stopped
from .._publication.types import (
    DestinationInfoResult,
    DestinationResult,
    DestinationSteps,
    FlowLogInfoResult,
    KeyDict,
    KeyResult,
    ModuleOptions,
    PolicyResult,
    PublicationDict,
    RunResults,
    TaskResult,
)
from .destination_request import DestinationOptions, DestinationRequest, request_of
from .task import Connection, Connections, R, Stage, Task, run_tasks


class Destination:
    """One destination: its desired state, and the result of each step."""

    def __init__(self, request: DestinationRequest, options: DestinationOptions, connection: Connection) -> None:
        self.request = request
        self.options = options
        self.connection = connection
        self.steps: DestinationSteps = {}
        self._is_checked = False

    @property
    def has_failed(self) -> bool:
        """Whether a step failed. No step runs after it."""
        steps = self.steps
        results: tuple[TaskResult | None, ...] = (
            *(steps.get("first_check"), steps.get("account"), steps.get("create")),
            *(steps.get("bucket_policy"), steps.get("key_policy"), steps.get("last_check")),
        )
        return any(result.get("failed") for result in results if result)

    @property
    def may_be_created(self) -> bool:
        """Whether the bucket does not exist and the run may create it."""
        bucket = self.steps.get("first_check", {}).get("bucket", {})
        return self.request.create_bucket and bucket.get("exists") is False

    @property
    def would_be_created(self) -> bool:
        """Whether a run without check mode would create the bucket. Until then there is nothing to check."""
        return bool(self.steps.get("create", {}).get("skipped"))

    @property
    def key_arn(self) -> str:
        """ARN of the customer managed key that encrypts the bucket; ``""`` if there is none."""
        if self.may_be_created:
            return self.options.new_bucket["encryption_key_id"] or ""
        encryption = self.steps.get("first_check", {}).get("encryption")
        return encryption.get("key_arn") or "" if encryption and encryption.get("is_customer_key") else ""

    @property
    def needs_check(self) -> bool:
        """Whether to check delivery at the end: it is not known yet, or the run changed something."""
        if self.has_failed or self.would_be_created or not self.request.check_destination:
            return False
        policies = (self.steps.get("bucket_policy", {}), self.steps.get("key_policy", {}))
        changed = any(result.get("actions") for result in policies)
        return changed or self.steps.get("first_check", {}).get("deliverable") is not True

    def task(self, module: str, options: ModuleOptions, connection: Connection | None = None) -> Task[R]:
        """Return a task for this destination. It uses the connection of the bucket unless another is given."""
        return Task(self.request.name, module, options, connection or self.connection, self.request.name)

    def finish(self) -> None:
        """Record that all steps before the last check have run."""
        self._is_checked = True

    def result(self) -> DestinationResult:
        """Return the result so far; see :func:`destination_result.destination_result`."""
        return destination_result(self.steps, self.options.desired(self._is_checked), self.key_arn)


def _run_each(destinations: Sequence[Destination], tasks: Sequence[Task[R]]) -> Stage[list[tuple[Destination, R]]]:
    """Run one task for each destination, and return each destination with its result."""
    results = yield from run_tasks(tasks)
    return list(zip(destinations, results))


def _check_first(destinations: Iterable[Destination]) -> Stage[None]:
    members = [one for one in destinations if one.request.checks_first]
    tasks: list[Task[DestinationInfoResult]] = [
        one.task("flow_log_destination_info", one.options.first_check()) for one in members
    ]
    for one, result in (yield from _run_each(members, tasks)):
        one.steps["first_check"] = result


def _create(destinations: Iterable[Destination], check_mode: bool) -> Stage[None]:
    """Create buckets, each in the expected account and in a Region that an option names."""
    members = [one for one in destinations if one.may_be_created]
    for one in members:
        # In a role the Region of the profile does not apply, and S3 would use its own default.
        options = one.connection.options
        if options.get("assume_role_arn") and not (one.request.region or options.get("region")):
            where = "publish_to_s3_bucket_region, in an inventory flow_log_bucket_region"
            one.steps["account"] = {"failed": True, "msg": f"Name the Region of the new bucket in {where}."}
    yield from _check_accounts([one for one in members if one.request.expected_bucket_owner and not one.has_failed])
    members = [one for one in members if not one.has_failed]
    if check_mode:
        # amazon.aws.s3_bucket has no check mode.
        for one in members:
            one.steps["create"] = {"skipped": True}
        return
    tasks: list[Task[TaskResult]] = [one.task("amazon.aws.s3_bucket", one.options.create()) for one in members]
    for one, result in (yield from _run_each(members, tasks)):
        one.steps["create"] = result


def _check_accounts(destinations: Sequence[Destination]) -> Stage[None]:
    tasks = [_account_task(one) for one in destinations]
    for one, result in (yield from _run_each(destinations, tasks)):
        one.steps["account"] = _account_result(one, result)


def _account_task(destination: Destination) -> Task[FlowLogInfoResult]:
    owner = destination.request.expected_bucket_owner
    options: ModuleOptions = {
        "region": destination.request.region,
        "flow_log_ids": [],
        "expected_account_id": owner,
    }
    return destination.task("s3_flow_log_info", options)


def _account_result(destination: Destination, result: FlowLogInfoResult) -> FlowLogInfoResult:
    """Return the result of the account check; if the account is wrong, with a message about the bucket."""
    if "caller_account_id" not in result:
        return result
    bucket, owner = destination.options.bucket, destination.request.expected_bucket_owner
    return {
        "failed": True,
        "msg": f"The bucket {bucket} must belong to account {owner}, but the credentials would create it in "
        f"{result['caller_account_id']}. Correct publish_to_s3_bucket_aws, in an inventory flow_log_bucket_aws, or the "
        "expected owner of the bucket.",
    }


def _manage_bucket_policies(destinations: Iterable[Destination]) -> Stage[None]:
    members = [
        one
        for one in destinations
        if one.request.manage_bucket_policy and not one.has_failed and not one.would_be_created
    ]
    tasks: list[Task[PolicyResult]] = [
        one.task("flow_log_bucket_policy", one.options.bucket_policy()) for one in members
    ]
    for one, result in (yield from _run_each(members, tasks)):
        one.steps["bucket_policy"] = result


def _check_last(destinations: Iterable[Destination]) -> Stage[None]:
    members: list[Destination] = []
    for one in destinations:
        if not one.steps.get("key_policy", {}).get("failed"):
            one.finish()
        if one.needs_check:
            members.append(one)
    tasks: list[Task[DestinationInfoResult]] = [
        one.task("flow_log_destination_info", one.options.last_check(one.steps.get("key_policy", {}).get("policy")))
        for one in members
    ]
    for one, result in (yield from _run_each(members, tasks)):
        one.steps["last_check"] = result


def destinations(
    publication: PublicationDict, results: RunResults, connection: Connections, check_mode: bool
) -> Stage[tuple[RunResults, list[KeyDict]]]:
    """Prepare all destinations that no missing permission stops.

    :returns: results of ``destinations`` and ``keys``, and the work units of the keys. The keys are known only now.
    """
    stops = stopped(publication, results)["destinations"]
    found: dict[str, DestinationResult] = {}
    members: list[Destination] = []
    for work in publication["destinations"]:
        if work["name"] in stops:
            continue
        request = request_of(work)
        bucket_connection = connection(work["credentials_of"], "flow_log_bucket_aws")
        try:
            members.append(Destination(request, DestinationOptions(request), bucket_connection))
        except InputError as error:
            found[work["name"]] = {"failed": True, "msg": str(error)}
    yield from _check_first(members)
    yield from _create(members, check_mode)
    yield from _manage_bucket_policies(members)
    keys = plan_keys(publication, {one.request.name: one.result() for one in members}, stops)
    key_results = yield from _manage_shared_keys(keys, members, connection)
    yield from _check_last([one for one in members if not one.has_failed])
    found.update({one.request.name: one.result() for one in members})
    return {"destinations": found, "keys": key_results}, keys


def _manage_shared_keys(
    keys: Sequence[KeyDict], members: Iterable[Destination], connection: Connections
) -> Stage[dict[str, KeyResult]]:
    """Manage each key policy for all buckets of the key. The requests of one key run one after the other."""
    by_name = {one.request.name: one for one in members}
    results: dict[str, list[PolicyResult]] = {work["name"]: [] for work in keys}
    for number in range(max((len(work["requests"]) for work in keys), default=0)):
        waiting = [work for work in keys if len(work["requests"]) > number]
        answers = yield from run_tasks([_key_task(work, number, connection) for work in waiting])
        for work, answer in zip(waiting, answers):
            results[work["name"]].append(answer)
            for name in work["requests"][number]["buckets"]:
                by_name[name].steps["key_policy"] = answer
    return {name: key_result(answers) for name, answers in results.items()}


def _key_task(work: KeyDict, number: int, connection: Connections) -> Task[PolicyResult]:
    return Task(
        work["name"],
        "flow_log_key_policy",
        {"key_id": work["arn"], "region": work["region"], **work["requests"][number]["options"]},
        connection(work["credentials_of"], work["credentials"]),
        work["name"],
    )


def destination(
    request: DestinationRequest, options: DestinationOptions, bucket: Connection, key: Connection, check_mode: bool
) -> Stage[DestinationResult]:
    """Prepare one destination, with its key.

    :param bucket: connection to the account of the bucket.
    :param key: connection to the account of the key.
    """
    one = Destination(request, options, bucket)
    yield from _check_first([one])
    yield from _create([one], check_mode)
    yield from _manage_bucket_policies([one])
    if request.manage_key_policy and one.key_arn and not one.has_failed:
        task: Task[PolicyResult] = one.task("flow_log_key_policy", options.key_policy(one.key_arn), key)
        (one.steps["key_policy"],) = yield from run_tasks([task])
    yield from _check_last([one])
    return one.result()
