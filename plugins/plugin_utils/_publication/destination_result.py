# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Combines the results of the tasks that prepare a destination into one result. PRIVATE to this collection.

A task that was skipped, or that did not run because an earlier one failed, has no result or a skipped one. The tasks:

* ``first_check``: ``flow_log_destination_info``, before any change. It runs only if the run may create the bucket or
  manages the key.
* ``account``: checks the account in which a bucket is to be created.
* ``create``: ``amazon.aws.s3_bucket``. It has no check mode. There it is skipped, and its action is predicted here.
* ``bucket_policy``, ``key_policy``: ``flow_log_bucket_policy`` and ``flow_log_key_policy``.
* ``last_check``: ``flow_log_destination_info``, with the policies that the two returned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypedDict

from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import (
    Action,
    ActionDict,
    Change,
    Unsuccessful,
    UnsuccessfulDict,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.bucket_names import is_account_regional
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.codes import WIDTH_CODES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.identifiers import region_of_key
from .host_variables import new_bucket_encryption
from .task_results import failure_text
from .types import (
    CheckDict,
    DestinationInfoResult,
    DestinationKeyDict,
    DestinationResult,
    DestinationSteps,
    DiffDict,
    PolicyResult,
    TaskResult,
)

PolicyStep = Literal["bucket_policy", "key_policy"]
#: In the order in which they run.
STEPS: tuple[Literal["first_check", "account", "create", "bucket_policy", "key_policy", "last_check"], ...] = (
    "first_check",
    "account",
    "create",
    "bucket_policy",
    "key_policy",
    "last_check",
)
#: S3 User Guide, "Blocking public access to your Amazon S3 storage": all four settings.
PUBLIC_ACCESS_BLOCK = (
    "block_public_acls",
    "ignore_public_acls",
    "block_public_policy",
    "restrict_public_buckets",
)
#: Problems that a run fixes if an option allows it: code of the check, option, inventory variable, purpose.
_CONSENTS = (
    ("BucketMissing", "create_bucket", "flow_log_create_bucket", "create the bucket"),
    ("NotGranted", "manage_bucket_policy", "flow_log_bucket_policy", "let log delivery in by the bucket policy"),
    ("KeyNotGranted", "manage_key_policy", "flow_log_key_policy", "let log delivery in by the key policy"),
)


class _NewBucket(TypedDict):
    object_ownership: str
    public_access: dict[str, bool]
    encryption: str
    encryption_key_id: str | None


class NewBucketSettings(_NewBucket, total=False):
    """Settings of a new bucket under the option names of ``amazon.aws.s3_bucket``."""

    account_regional: bool
    region: str | None
    tags: Mapping[str, str] | None


def new_bucket(encryption: str | None, bucket: str = "") -> NewBucketSettings:
    """Return the settings of a new bucket under the option names of ``amazon.aws.s3_bucket``.

    :param encryption: ``AES256``, which is the default, or the ARN of a customer managed key.
    :param bucket: its name. S3 reserves some names for one account and Region and creates them only in that namespace.
    :raises InputError: for another encryption.
    """
    chosen = new_bucket_encryption(encryption, "bucket_encryption")
    uses_key = region_of_key(chosen) is not None
    settings: NewBucketSettings = {
        "object_ownership": "BucketOwnerEnforced",
        "public_access": {name: True for name in PUBLIC_ACCESS_BLOCK},
        "encryption": "aws:kms" if uses_key else chosen,
        "encryption_key_id": chosen if uses_key else None,
    }
    return {**settings, "account_regional": True} if is_account_regional(bucket) else settings


@dataclass(frozen=True)
class DesiredDestination:
    """The desired destination.

    :param bucket_arn: ARN of the bucket, without a folder.
    :param settings: settings for the bucket if the run creates it.
    :param key_apart: whether the key policy is managed once for all buckets that share the key, so not here.
    """

    bucket_arn: str
    create_bucket: bool = False
    settings: NewBucketSettings | None = None
    manage_bucket_policy: bool = True
    manage_key_policy: bool = False
    require_deliverable: bool = True
    key_apart: bool = False

    @property
    def policies(self) -> tuple[PolicyStep, ...]:
        """The steps whose policies are changed for this destination alone."""
        return ("bucket_policy",) if self.key_apart else ("bucket_policy", "key_policy")


class _Steps:
    """The results of the tasks, and what they mean together."""

    def __init__(self, results: DestinationSteps, desired: DesiredDestination, key_arn: str | None) -> None:
        self._results = results
        self._desired = desired
        self._key_region = region_of_key(key_arn or "")

    @property
    def first_check(self) -> DestinationInfoResult:
        """The check before any change; empty if it did not run."""
        result = self._results.get("first_check") or {}
        return {} if result.get("skipped") else result

    def policy(self, step: PolicyStep) -> PolicyResult:
        """Return the result of a task that manages a policy; an empty one if it did not run."""
        result = self._results.get(step) or {}
        return {} if result.get("skipped") else result

    def failed(self) -> tuple[str, TaskResult] | None:
        """Return the step that failed and its result; ``None`` if none did. No step runs after a failed one."""
        results: list[tuple[str, TaskResult]] = [(name, self._results.get(name) or {}) for name in STEPS]
        return next(((name, result) for name, result in results if result.get("failed")), None)

    def creates_bucket(self) -> bool:
        """Whether the run created the bucket, or would create it."""
        result = self._results.get("create") or {}
        return (not result.get("skipped") and bool(result.get("changed"))) or self.would_create_bucket()

    def would_create_bucket(self) -> bool:
        """Whether a run without check mode would create the bucket: it is missing, and check mode skips its task."""
        missing = self.first_check.get("bucket", {}).get("exists") is False
        return missing and self._desired.create_bucket and bool((self._results.get("create") or {}).get("skipped"))

    def verdict(self) -> DestinationInfoResult:
        """Return the result of the last destination check; an empty one if the state after the run is not known."""
        if self.would_create_bucket() or self.failed():
            return {}
        changed = self.creates_bucket() or any(
            self.policy(name).get("actions") for name in ("bucket_policy", "key_policy")
        )
        last = self._results.get("last_check") or {}
        if not last or last.get("skipped"):
            last = {} if changed else self.first_check
        return self._without_unreadable_key(last)

    def _without_unreadable_key(self, verdict: DestinationInfoResult) -> DestinationInfoResult:
        """Drop the problem that the key could not be read, if the key policy task has read the key.

        Often the account of the bucket must not read a key of another account. ``flow_log_key_policy`` runs in the
        key's account. It refuses a key that cannot encrypt for S3 or that is not customer managed. S3 accepts only keys
        of the bucket's Region (S3 User Guide, "Using server-side encryption with AWS KMS keys").
        """
        problems = verdict.get("problems") or []
        region = verdict.get("bucket", {}).get("region")
        if not self.policy("key_policy") or not problems or region is None or region != self._key_region:
            return verdict
        if any(item.get("code") != "KeyUnreadable" for item in problems):
            return verdict
        summary = (
            f"As far as the bucket's settings and its key show, log delivery can write to {self._desired.bucket_arn}."
        )
        return {**verdict, "deliverable": True, "problems": [], "summary": summary}


def _create_action(desired: DesiredDestination) -> ActionDict:
    settings: Mapping[str, object] = desired.settings or {}
    changes = tuple(Change(name, None, value) for name, value in settings.items() if value not in (None, {}))
    return Action("create_bucket", desired.bucket_arn, changes=changes, reason="The bucket does not exist.").to_dict()


def _actions(steps: _Steps, desired: DesiredDestination) -> list[ActionDict]:
    actions: list[ActionDict] = [_create_action(desired)] if steps.creates_bucket() else []
    if steps.would_create_bucket() and desired.manage_bucket_policy:
        reason = "A new bucket has no policy that lets log delivery in."
        actions.append(Action("put_policy", desired.bucket_arn, reason=reason).to_dict())
    for name in desired.policies:
        actions += steps.policy(name).get("actions") or []
    return actions


def _diff(steps: _Steps, desired: DesiredDestination) -> DiffDict:
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    if steps.creates_bucket():
        before["bucket"] = None
        after["bucket"] = {name: value for name, value in (desired.settings or {}).items() if value is not None}
    for name in desired.policies:
        diff = steps.policy(name).get("diff") or {}
        if "before" in diff:
            before[name] = diff["before"]
        if "after" in diff:
            after[name] = diff["after"]
    return {"before": before, "after": after}


def _problems(verdict: DestinationInfoResult) -> list[CheckDict]:
    """Return the problems that certainly block delivery."""
    return [item for item in verdict.get("problems") or () if item.get("status") == "problem"]


def _summary(verdict: DestinationInfoResult, desired: DesiredDestination) -> str:
    """Return the summary of the check, with each option that would let a run fix a problem."""
    codes = {item.get("code") for item in _problems(verdict)}
    hints = [
        f"To {purpose}, set publish_to_s3_{option}, in an inventory {variable}, to true."
        for code, option, variable, purpose in _CONSENTS
        if code in codes and not getattr(desired, option)
    ]
    return " ".join([str(verdict.get("summary") or "")] + hints).strip()


def _unsuccessful(steps: _Steps, desired: DesiredDestination, is_blocked: bool) -> list[UnsuccessfulDict]:
    found = [item for name in desired.policies for item in steps.policy(name).get("unsuccessful") or ()]
    if is_blocked:
        found += [
            Unsuccessful(desired.bucket_arn, item["code"], item["message"], item.get("remedy") or "").to_dict()
            for item in _problems(steps.verdict())
        ]
    return found


def _key(steps: _Steps, desired: DesiredDestination, key_arn: str | None) -> DestinationKeyDict | None:
    result = steps.policy("key_policy")
    if not result:
        return None
    key: DestinationKeyDict = {
        "arn": key_arn,
        "changed": bool(result.get("actions")),
        "failed": bool(result.get("failed")),
        "statements": result.get("statements") or {},
        "missing_grants": result.get("missing_grants"),
    }
    return {**key, "apart": True} if desired.key_apart else key


def _failure(steps: _Steps, desired: DesiredDestination) -> tuple[bool, str]:
    failed = steps.failed()
    if failed:
        name, result = failed
        text = failure_text(result)
        return True, f"Failed to create the bucket: {text}" if name == "create" else text
    verdict = steps.verdict()
    return verdict.get("deliverable") is False and desired.require_deliverable, _summary(verdict, desired)


def destination_result(
    results: DestinationSteps, desired: DesiredDestination, key_arn: str | None = None
) -> DestinationResult:
    """Return what a run did for a destination, or would do. A failed run also returns what it did before it failed.

    :param results: results of the tasks named in :data:`STEPS`.
    :param key_arn: ARN of the key whose policy is managed.
    :returns: ``changed``, ``actions``, ``unsuccessful`` and ``diff`` as modules return them; ``failed`` and ``msg``;
        ``policy``, ``size_bytes``, ``statements`` and ``missing_grants`` of the bucket policy; ``bucket_created``;
        ``key`` (``arn``, ``changed``, ``failed``, ``statements``, ``missing_grants``, ``apart``; ``None`` if no key
        policy was managed); ``key_apart``, the ARN of a key whose policy is managed for all its buckets at once;
        ``bucket_owner`` if the bucket was checked; and of the destination check ``deliverable`` (``None`` if it did not
        run), ``summary``, ``problems``, ``grants_too_much`` (the checks of policies that grant too much) and
        ``encryption``.
    """
    steps = _Steps(results, desired, key_arn)
    verdict = steps.verdict()
    failed, text = _failure(steps, desired)
    actions = _actions(steps, desired)
    policy = steps.policy("bucket_policy")
    return {
        "changed": bool(actions),
        "failed": failed,
        "msg": text,
        "actions": actions,
        "unsuccessful": _unsuccessful(steps, desired, failed and not steps.failed()),
        "diff": _diff(steps, desired),
        "policy": policy.get("policy"),
        "size_bytes": policy.get("size_bytes"),
        "statements": policy.get("statements") or {},
        "missing_grants": policy.get("missing_grants"),
        "bucket_created": steps.creates_bucket(),
        "key": _key(steps, desired, key_arn),
        "key_apart": key_arn if desired.key_apart and desired.manage_key_policy and key_arn and not failed else None,
        "bucket_owner": steps.first_check.get("bucket", {}).get("owner"),
        "deliverable": verdict.get("deliverable"),
        "summary": _summary(verdict, desired),
        "problems": list(verdict.get("problems") or ()),
        "grants_too_much": [check for check in verdict.get("checks") or () if check.get("code") in WIDTH_CODES],
        "encryption": verdict.get("encryption"),
    }
