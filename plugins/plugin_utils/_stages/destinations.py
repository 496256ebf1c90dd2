# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stage that makes destinations ready: buckets, their policies and those of their keys. PRIVATE to this collection.

If a run may create a bucket or change a key policy, it first checks what exists. A key is managed once for all its buckets,
and whether records can arrive is found out in the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.expected_account import CALLER_ACCOUNT
from .._publication.destination_result import destination_result
from .._publication.key_work import key_answer, key_result, plan_keys
from .._publication.preflight import stopped
from .destination_request import DestinationOptions, DestinationRequest, request_of
from .task import Connection, Connections, Result, Results, Stage, Task

Options = Mapping[str, Any]
#: What a task is that does not run in check mode.
_SKIPPED = {"skipped": True}


class Destination:
    """One destination: its desired state, and what each step returned."""

    def __init__(self, request: DestinationRequest, options: DestinationOptions, connection: Connection) -> None:
        self.request = request
        self.options = options
        self.connection = connection
        self.steps: dict[str, Result] = {}
        self._is_checked = False

    @property
    def has_failed(self) -> bool:
        """Whether a step failed; none comes after it."""
        return any(step.get("failed") for step in self.steps.values())

    @property
    def may_be_created(self) -> bool:
        """Whether there is no such bucket, and consent to create it."""
        bucket = self.steps.get("look", {}).get("bucket") or {}
        return self.request.create_bucket and bucket.get("exists") is False

    @property
    def would_be_created(self) -> bool:
        """Whether a run for real would create the bucket. Then there is nothing to be looked at yet."""
        return bool(self.steps.get("create", {}).get("skipped"))

    @property
    def key_arn(self) -> str:
        """ARN of the customer managed key that encrypts the bucket, ``""`` if it has none."""
        if self.may_be_created:
            return str(self.options.new_bucket["encryption_key_id"] or "")
        encryption = self.steps.get("look", {}).get("encryption") or {}
        return str(encryption.get("key_arn") or "") if encryption.get("is_customer_key") else ""

    @property
    def is_to_be_checked(self) -> bool:
        """Whether it has to be found out if records can arrive: not yet known, or something was changed."""
        if self.has_failed or self.would_be_created or not self.request.check_destination:
            return False
        changed = any(self.steps.get(name, {}).get("actions") for name in ("bucket_policy", "key_policy"))
        return bool(changed) or self.steps.get("look", {}).get("deliverable") is not True

    def task(self, module: str, options: Options, connection: Connection | None = None) -> Task:
        """Return a task for this destination, with the connection of the bucket unless another is given."""
        return Task(self.request.name, module, options, connection or self.connection, self.request.name)

    def conclude(self) -> None:
        """Take note that all steps were taken."""
        self._is_checked = True

    def result(self) -> dict[str, Any]:
        """Return what was done so far; see :func:`destination_result.destination_result`."""
        return destination_result(self.steps, self.options.wish(self._is_checked), self.key_arn)


def _take(step: str, destinations: Iterable[Destination], tasks: Sequence[Task]) -> Stage[None]:
    """Take a step of several destinations at once."""
    answers = yield tasks
    for destination, answer in zip(destinations, answers):
        destination.steps[step] = answer


def _look(destinations: Sequence[Destination]) -> Stage[None]:
    members = [one for one in destinations if one.request.looks_first]
    yield from _take("look", members, [one.task("flow_log_destination_info", one.options.look()) for one in members])


def _create(destinations: Sequence[Destination], check_mode: bool) -> Stage[None]:
    """Create buckets, each in the right account and in a Region that somebody named."""
    members = [one for one in destinations if one.may_be_created]
    for one in members:
        # In a role a profile no longer tells the Region, and S3 would take its own default.
        given = one.connection.options
        if given.get("assume_role_arn") and not (one.request.region or given.get("region")):
            text = "Name the region of the new bucket in publish_to_s3_bucket_region, in an inventory flow_log_bucket_region."
            one.steps["account"] = {"failed": True, "msg": text}
    owned = [one for one in members if one.request.expected_bucket_owner and not one.has_failed]
    yield from _take("account", owned, [_identity(one) for one in owned])
    for one in owned:
        one.steps["account"] = _owner_check(one)
    members = [one for one in members if not one.has_failed]
    if check_mode:
        # amazon.aws.s3_bucket has no check mode.
        for one in members:
            one.steps["create"] = _SKIPPED
        return
    yield from _take("create", members, [one.task("amazon.aws.s3_bucket", one.options.create()) for one in members])


def _identity(destination: Destination) -> Task:
    owner = destination.request.expected_bucket_owner
    options: Options = {"region": destination.request.region, "flow_log_ids": [], "expected_account_id": owner}
    return destination.task("s3_flow_log_info", options)


def _owner_check(destination: Destination) -> Result:
    """Return the answer about whose credentials they are, in words about the bucket."""
    answer = destination.steps["account"]
    if CALLER_ACCOUNT not in answer:
        return answer
    return {
        "failed": True,
        "msg": f"The bucket {destination.options.bucket} must belong to account {destination.request.expected_bucket_owner}, "
        f"and would be created in {answer[CALLER_ACCOUNT]}. Correct publish_to_s3_bucket_aws, in an inventory "
        "flow_log_bucket_aws, or who is expected as the owner.",
    }


def _bucket_policies(destinations: Sequence[Destination]) -> Stage[None]:
    members = [
        one
        for one in destinations
        if one.request.manage_bucket_policy and not one.has_failed and not one.would_be_created
    ]
    tasks = [one.task("flow_log_bucket_policy", one.options.bucket_policy()) for one in members]
    yield from _take("bucket_policy", members, tasks)


def _verdicts(destinations: Sequence[Destination]) -> Stage[None]:
    for one in destinations:
        if not one.steps.get("key_policy", {}).get("failed"):
            one.conclude()
    members = [one for one in destinations if one.is_to_be_checked]
    tasks = [
        one.task("flow_log_destination_info", one.options.verdict(one.steps.get("key_policy", {}).get("policy")))
        for one in members
    ]
    yield from _take("verdict", members, tasks)


def destinations(
    publication: Mapping[str, Any], results: Mapping[str, Results], connection: Connections, check_mode: bool
) -> Stage[tuple[dict[str, Results], list[dict[str, Any]]]]:
    """Make all destinations ready that nothing stops.

    :returns: results of ``destinations`` and ``keys``, and the work for the keys, which is only known now.
    """
    stops = stopped(publication, results)["destinations"]
    found: Results = {}
    members: list[Destination] = []
    for work in publication["destinations"]:
        if work["name"] in stops:
            continue
        request = request_of(work)
        reached = connection(work["credentials_of"], "flow_log_bucket_aws")
        try:
            members.append(Destination(request, DestinationOptions(request), reached))
        except InputError as error:
            found[work["name"]] = {"failed": True, "msg": str(error)}
    yield from _look(members)
    yield from _create(members, check_mode)
    yield from _bucket_policies(members)
    plans = plan_keys(publication, {one.request.name: one.result() for one in members}, stops)
    keys = yield from _shared_keys(plans, members, connection)
    yield from _verdicts([one for one in members if not one.has_failed])
    found.update({one.request.name: one.result() for one in members})
    return {"destinations": found, "keys": keys}, plans


def _shared_keys(
    plans: Sequence[Mapping[str, Any]], members: Iterable[Destination], connection: Connections
) -> Stage[Results]:
    """Let log delivery use the keys, each for all its buckets; the requests of one key run one after the other."""
    answers: dict[str, list[dict[str, Any]]] = {work["name"]: [] for work in plans}
    for number in range(max((len(work["requests"]) for work in plans), default=0)):
        asking = [work for work in plans if len(work["requests"]) > number]
        tasks = [_key_task(work, work["requests"][number]["options"], connection) for work in asking]
        told = yield tasks
        for work, answer in zip(asking, told):
            answers[work["name"]].append({**answer, "item": work["requests"][number]})
    by_name = {one.request.name: one for one in members}
    for work in plans:
        for name in work["buckets"]:
            by_name[name].steps["key_policy"] = key_answer({"results": answers[work["name"]]}, name)
    return {name: key_result({"results": told}) for name, told in answers.items()}


def _key_task(work: Mapping[str, Any], options: Options, connection: Connections) -> Task:
    reached = connection(work["credentials_of"], work["credentials"])
    return Task(
        work["name"],
        "flow_log_key_policy",
        {"key_id": work["arn"], "region": work["region"], **options},
        reached,
        work["name"],
    )


def destination(
    request: DestinationRequest, options: DestinationOptions, bucket: Connection, key: Connection, check_mode: bool
) -> Stage[dict[str, Any]]:
    """Make one destination ready, with its key.

    :param bucket: connection to the account of the bucket; ``key`` to that of the key.
    """
    one = Destination(request, options, bucket)
    yield from _look([one])
    yield from _create([one], check_mode)
    yield from _bucket_policies([one])
    if request.manage_key_policy and one.key_arn and not one.has_failed:
        yield from _take("key_policy", [one], [one.task("flow_log_key_policy", options.key_policy(one.key_arn), key)])
    yield from _verdicts([one])
    return one.result()
