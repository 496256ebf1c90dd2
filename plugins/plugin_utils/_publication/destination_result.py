# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was done to make a destination ready, from the results of the tasks that did it. PRIVATE to this collection.

The tasks, each with the result of its module, or a skipped one, or none where an earlier one failed:

* ``look``: ``flow_log_destination_info`` before anything is done. Only where a bucket may be created or a key managed.
* ``account``: the guard against a bucket in a wrong account.
* ``create``: ``amazon.aws.s3_bucket``, which has no check mode: Ansible skips it there, so its action is made up here.
* ``bucket_policy``, ``key_policy``: the modules ``flow_log_bucket_policy`` and ``flow_log_key_policy``.
* ``verdict``: ``flow_log_destination_info`` with the policies that the two returned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Action, Change, Unsuccessful
from ansible_collections.flowlogs.aws.plugins.module_utils._core.bucket_names import is_account_regional
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.codes import WIDTH_CODES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.identifiers import region_of_key
from .host_variables import new_bucket_encryption

#: In the order in which they run.
STEPS = ("look", "account", "create", "bucket_policy", "key_policy", "verdict")
#: S3 User Guide, "Blocking public access to your Amazon S3 storage": all four settings.
PUBLIC_ACCESS_BLOCK = (
    "block_public_acls",
    "ignore_public_acls",
    "block_public_policy",
    "restrict_public_buckets",
)
#: What the destination check found, and the consent to repair it: code, name of the consent, what it is consent to.
_CONSENTS = (
    ("BucketMissing", "create_bucket", "create the bucket"),
    ("NotGranted", "manage_bucket_policy", "let log delivery in by the bucket policy"),
    ("KeyNotGranted", "manage_key_policy", "let log delivery in by the key policy"),
)
#: The variable of a consent in an inventory.
_VARIABLES: Mapping[str, str] = {
    "create_bucket": "flow_log_create_bucket",
    "manage_bucket_policy": "flow_log_bucket_policy",
    "manage_key_policy": "flow_log_key_policy",
}


def new_bucket(encryption: str | None, bucket: str = "") -> dict[str, Any]:
    """Return the settings of a new bucket under the names that ``amazon.aws.s3_bucket`` has for them.

    :param encryption: ``AES256``, which is the default, or the ARN of a customer key.
    :param bucket: its name; one of a single account and Region can be created in their namespace only.
    :raises InputError: for another encryption.
    """
    asked = new_bucket_encryption(encryption, "bucket_encryption")
    by_key = region_of_key(asked) is not None
    return {
        "object_ownership": "BucketOwnerEnforced",
        "public_access": {name: True for name in PUBLIC_ACCESS_BLOCK},
        "encryption": "aws:kms" if by_key else asked,
        "encryption_key_id": asked if by_key else None,
        **({"account_regional": True} if is_account_regional(bucket) else {}),
    }


@dataclass(frozen=True)
class DestinationWish:
    """The desired destination.

    :param bucket_arn: ARN of the bucket, without a folder.
    :param settings: of the bucket if it is to be created, by name.
    :param key_apart: whether the policy of the key is managed elsewhere, since buckets may share the key.
    """

    bucket_arn: str
    create_bucket: bool = False
    settings: Mapping[str, Any] | None = None
    manage_bucket_policy: bool = True
    manage_key_policy: bool = False
    require_deliverable: bool = True
    key_apart: bool = False

    @property
    def policies(self) -> tuple[str, ...]:
        """The steps that write policies and that belong to this destination."""
        return ("bucket_policy",) if self.key_apart else ("bucket_policy", "key_policy")


def _ran(result: Mapping[str, Any]) -> bool:
    return bool(result) and not result.get("skipped")


class _Steps:
    """The results of the tasks, and what they mean together."""

    def __init__(self, results: Mapping[str, Any], wish: DestinationWish, key_arn: str | None) -> None:
        self._results = {name: results.get(name) or {} for name in STEPS}
        self._wish = wish
        self._key_region = region_of_key(key_arn or "")

    def __getitem__(self, name: str) -> Mapping[str, Any]:
        """Return the result of a task; an empty one if it did not run."""
        result = self._results[name]
        return result if _ran(result) else {}

    def failed(self) -> str | None:
        """Return the name of the task that failed, if one did. None runs after it."""
        return next((name for name in STEPS if self._results[name].get("failed")), None)

    def is_created(self) -> bool:
        """Whether the bucket was created, or would be."""
        return bool(self["create"].get("changed")) or self.is_to_be_created()

    def is_to_be_created(self) -> bool:
        """Whether a run for real would create the bucket: it is missing, and its task is skipped in check mode only."""
        missing = (self["look"].get("bucket") or {}).get("exists") is False
        return missing and self._wish.create_bucket and bool(self._results["create"].get("skipped"))

    def changes_something(self) -> bool:
        """Whether anything was changed, or would be."""
        return self.is_created() or any(self[name].get("actions") for name in ("bucket_policy", "key_policy"))

    def verdict(self) -> Mapping[str, Any]:
        """Return what the destination check said last. Of a bucket that is to be created there is nothing to say yet."""
        if self.is_to_be_created() or self.failed():
            return {}
        verdict = self["verdict"] or ({} if self.changes_something() else self["look"])
        return self._without_doubts_about_the_key(verdict)

    def _without_doubts_about_the_key(self, verdict: Mapping[str, Any]) -> Mapping[str, Any]:
        """The account of the bucket often cannot look at a key of another account; ``flow_log_key_policy`` has done so.

        It refuses a key that cannot encrypt for S3 or is not the customer's. S3 takes keys of the bucket's region only
        (S3 User Guide, "Using server-side encryption with AWS KMS keys").
        """
        problems = verdict.get("problems") or ()
        region = (verdict.get("bucket") or {}).get("region")
        if not self["key_policy"] or not problems or region is None or region != self._key_region:
            return verdict
        if any(item.get("code") != "KeyUnreadable" for item in problems):
            return verdict
        summary = f"Log delivery can write to {self._wish.bucket_arn}, as far as its settings and its key tell."
        return {**verdict, "deliverable": True, "problems": [], "summary": summary}


def _creation(wish: DestinationWish) -> Action:
    settings = wish.settings or {}
    changes = tuple(Change(name, None, value) for name, value in settings.items() if value not in (None, {}))
    return Action("create_bucket", wish.bucket_arn, changes=changes, reason="There is no such bucket.")


def _actions(steps: _Steps, wish: DestinationWish) -> list[Mapping[str, Any]]:
    actions: list[Mapping[str, Any]] = [_creation(wish).to_dict()] if steps.is_created() else []
    if steps.is_to_be_created() and wish.manage_bucket_policy:
        reason = "A new bucket has no policy that lets log delivery in."
        actions.append(Action("put_policy", wish.bucket_arn, reason=reason).to_dict())
    for name in wish.policies:
        actions += steps[name].get("actions") or []
    return actions


def _diff(steps: _Steps, wish: DestinationWish) -> dict[str, dict[str, Any]]:
    diff: dict[str, dict[str, Any]] = {"before": {}, "after": {}}
    if steps.is_created():
        diff["before"]["bucket"] = None
        diff["after"]["bucket"] = {name: value for name, value in (wish.settings or {}).items() if value is not None}
    for name in wish.policies:
        part = steps[name].get("diff") or {}
        for side in diff:
            if side in part:
                diff[side][name] = part[side]
    return diff


def _in_the_way(verdict: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [item for item in verdict.get("problems") or () if item.get("status") == "problem"]


def _consents(verdict: Mapping[str, Any], wish: DestinationWish) -> list[str]:
    """Name each consent that was not given and would help, once."""
    codes = {item.get("code") for item in _in_the_way(verdict)}
    return [
        f"To {purpose}, set publish_to_s3_{name}, in an inventory {_VARIABLES[name]}, to true."
        for code, name, purpose in _CONSENTS
        if code in codes and not getattr(wish, name)
    ]


def _words(verdict: Mapping[str, Any], wish: DestinationWish) -> str:
    return " ".join([str(verdict.get("summary") or "")] + _consents(verdict, wish)).strip()


def _unsuccessful(steps: _Steps, wish: DestinationWish, undeliverable: bool) -> list[Mapping[str, Any]]:
    found = [item for name in wish.policies for item in steps[name].get("unsuccessful") or ()]
    if undeliverable:
        found += [
            Unsuccessful(wish.bucket_arn, item["code"], item["message"], item.get("remedy") or "").to_dict()
            for item in _in_the_way(steps.verdict())
        ]
    return found


def _key(steps: _Steps, wish: DestinationWish, key_arn: str | None) -> dict[str, Any] | None:
    result = steps["key_policy"]
    if not result:
        return None
    return {
        "arn": key_arn,
        "changed": bool(result.get("actions")),
        "failed": bool(result.get("failed")),
        "statements": result.get("statements") or {},
        "missing_grants": result.get("missing_grants"),
        **({"apart": True} if wish.key_apart else {}),
    }


def _failure(steps: _Steps, wish: DestinationWish) -> tuple[bool, str]:
    name = steps.failed()
    if name:
        text = str(steps[name].get("msg") or "The task failed and did not say why.")
        return True, f"Failed to create the bucket: {text}" if name == "create" else text
    verdict = steps.verdict()
    return verdict.get("deliverable") is False and wish.require_deliverable, _words(verdict, wish)


def destination_result(results: Mapping[str, Any], wish: DestinationWish, key_arn: str | None = None) -> dict[str, Any]:
    """Return what was done for a destination, or would be: of everything together, also with a failure.

    :param results: what the tasks named in :data:`STEPS` registered.
    :param key_arn: the key whose policy was managed.
    :returns: ``changed``, ``actions``, ``unsuccessful`` and ``diff`` as modules return them; ``failed`` and ``msg``;
        ``policy``, ``size_bytes``, ``statements`` and ``missing_grants`` of the bucket policy; ``bucket_created``; ``key``
        (``arn``, ``changed``, ``failed``, ``statements``, ``missing_grants``, ``apart``; None if none was managed);
        ``key_apart``, the key that waits for its policy elsewhere; ``bucket_owner`` where it was looked at; and
        of the destination check ``deliverable`` (None if it did not run), ``summary``, ``problems``, ``grants_too_much``
        (those of its checks that say so) and ``encryption``.
    """
    steps = _Steps(results, wish, key_arn)
    verdict = steps.verdict()
    failed, text = _failure(steps, wish)
    actions = _actions(steps, wish)
    policy = steps["bucket_policy"]
    return {
        "changed": bool(actions),
        "failed": failed,
        "msg": text,
        "actions": actions,
        "unsuccessful": _unsuccessful(steps, wish, failed and not steps.failed()),
        "diff": _diff(steps, wish),
        "policy": policy.get("policy"),
        "size_bytes": policy.get("size_bytes"),
        "statements": policy.get("statements") or {},
        "missing_grants": policy.get("missing_grants"),
        "bucket_created": steps.is_created(),
        "key": _key(steps, wish, key_arn),
        "key_apart": key_arn if wish.key_apart and wish.manage_key_policy and key_arn and not failed else None,
        "bucket_owner": (steps["look"].get("bucket") or {}).get("owner"),
        "deliverable": verdict.get("deliverable"),
        "summary": _words(verdict, wish),
        "problems": list(verdict.get("problems") or ()),
        "grants_too_much": [check for check in verdict.get("checks") or () if check.get("code") in WIDTH_CODES],
        "encryption": verdict.get("encryption"),
    }
