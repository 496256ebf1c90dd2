# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bucket policy documents as S3 checks and returns them. Pure.

Sources of the errors: S3 API Reference, "Error responses" (MalformedPolicy), with messages as clients report them; S3
User Guide, "Bucket policies" and "Principals for bucket policies". Source of the rewriting: S3 User Guide, "Principals
for bucket policies", and what Ansible's and Terraform's users report about policies they read back.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

from .globs import like
from .policy_actions import is_of_s3
from .policy_actions import suits_none

LIMIT = 20_480
"""Bytes; "Bucket policies are limited to 20 KB in size" (S3 User Guide), measured after S3's own rewriting."""

EVERYONE = "*"

_ACCOUNT = re.compile(r"\d{12}")
_ALTERNATIVES = (("Effect",), ("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource"))
_PRINCIPALS = ("Principal", "NotPrincipal")
_LISTS = ("Action", "NotAction", "Resource", "NotResource")

Resolve = Callable[[str], "str | None"]
"""The stored form of an AWS principal, or None if it does not exist."""


class Malformed(ValueError):
    """S3 refuses the document with MalformedPolicy; the text is the message."""


def parse(body: bytes) -> dict[str, Any]:
    """Return the document in a request's body.

    :raises Malformed: no JSON object.
    """
    try:
        policy = json.loads(body)
    except ValueError:
        policy = None
    if not isinstance(policy, dict):
        raise Malformed("Policies must be valid JSON and the first byte must be '{'")
    return policy


def check(policy: Mapping[str, Any], bucket: str) -> None:
    """Refuse a document for reasons other than its principals: missing elements, unknown effects, other buckets.

    :raises Malformed: one of these.
    """
    if policy.get("Statement") is None:
        raise Malformed("Missing required field Statement")
    statements = _listed(policy["Statement"])
    if not statements:
        raise Malformed("Could not parse the policy: Statement is empty!")
    if policy.get("Version", "2008-10-17") not in ("2008-10-17", "2012-10-17"):
        raise Malformed("The policy must contain a valid version string")
    for statement in statements:
        _check_statement(statement, bucket)


def normalised(policy: Mapping[str, Any], partition: str, resolve: Resolve | None = None) -> dict[str, Any]:
    """Return the document as S3 stores it; statements keep their order.

    :param resolve: returns which AWS principals exist; without it all principals are accepted.
    :raises Malformed: a principal does not exist.
    """
    statements = [_statement(statement, partition, resolve) for statement in _listed(policy.get("Statement", []))]
    return {**policy, "Statement": statements}


def replaced_principal(policy: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    """Return the stored document with one AWS principal renamed in place.

    Source: S3 User Guide, "Principals for bucket policies": a deleted user or role is replaced by its unique id.
    """

    def rename(name: str) -> str:
        return new if name == old else name

    statements = []
    for statement in _listed(policy["Statement"]):
        renamed = {name: _renamed(statement[name], rename) for name in _PRINCIPALS if name in statement}
        statements.append({**statement, **renamed})
    return {**policy, "Statement": statements}


def compact(policy: Mapping[str, Any]) -> bytes:
    """Return the document without spaces, in UTF-8; the size limit applies to its length."""
    return json.dumps(policy, separators=(",", ":"), ensure_ascii=False).encode()


def root_arn(name: str, partition: str) -> str:
    """Return an account id as root ARN, anything else unchanged (S3 User Guide, "Principals for bucket policies")."""
    return f"arn:{partition}:iam::{name}:root" if _ACCOUNT.fullmatch(name) else name


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _check_statement(statement: Any, bucket: str) -> None:
    if not isinstance(statement, Mapping):
        raise Malformed("Statement must be an object")
    for names in _ALTERNATIVES:
        if not any(statement.get(name) for name in names):
            raise Malformed(f"Missing required field {names[0]}")
    if statement["Effect"] not in ("Allow", "Deny"):
        raise Malformed(f"Invalid effect : {statement['Effect']}")
    for name in ("Resource", "NotResource"):
        for resource in _listed(statement.get(name, [])):
            _check_resource(resource, bucket)
    _check_actions(statement)
    _check_condition(statement.get("Condition", {}))


def _check_actions(statement: Mapping[str, Any]) -> None:
    """Check that each action is an S3 action and applies to one of the resources; messages as reported by users."""
    actions = [str(action) for name in ("Action", "NotAction") for action in _listed(statement.get(name, []))]
    if not all(is_of_s3(action) for action in actions):
        raise Malformed("Policy has invalid action")
    resources = [str(resource) for resource in _listed(statement.get("Resource", []))]
    if "Action" in statement and resources and any(suits_none(action, resources) for action in actions):
        raise Malformed("Action does not apply to any resource(s) in statement")


def _check_condition(condition: Any) -> None:
    if not isinstance(condition, Mapping) or not all(isinstance(keys, Mapping) for keys in condition.values()):
        raise Malformed("Invalid Condition")


def _check_resource(resource: Any, bucket: str) -> None:
    """Check that a resource is the bucket or its objects; ``*`` is refused, as reported by users."""
    parts = str(resource).split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != "s3" or not like(parts[5].split("/")[0], bucket):
        raise Malformed("Policy has invalid resource")


def _statement(statement: Mapping[str, Any], partition: str, resolve: Resolve | None) -> dict[str, Any]:
    stored = dict(statement)
    for name in _PRINCIPALS:
        if name in stored:
            stored[name] = _principal(stored[name], partition, resolve)
    for name in _LISTS:
        if name in stored:
            stored[name] = _rewritten(stored[name])
    if "Condition" in stored:
        stored["Condition"] = {
            operator: {key: _rewritten(value) for key, value in by_key.items()}
            for operator, by_key in stored["Condition"].items()
        }
    return stored


def _principal(principal: Any, partition: str, resolve: Resolve | None) -> Any:
    if not isinstance(principal, Mapping):
        if resolve and principal != EVERYONE:
            raise Malformed("Invalid principal in policy")
        return principal
    stored = {kind: _rewritten(names) for kind, names in principal.items() if kind != "AWS"}
    if "AWS" in principal:
        stored["AWS"] = _rewritten([_aws_principal(name, partition, resolve) for name in _listed(principal["AWS"])])
    return stored


def _aws_principal(name: Any, partition: str, resolve: Resolve | None) -> str:
    full = root_arn(str(name), partition)
    found = resolve(full) if resolve else full
    if found is None:
        raise Malformed("Invalid principal in policy")
    return found


def _renamed(principal: Any, rename: Callable[[str], str]) -> Any:
    if not isinstance(principal, Mapping) or "AWS" not in principal:
        return principal
    names = principal["AWS"]
    return {**principal, "AWS": [rename(name) for name in names] if isinstance(names, list) else rename(names)}


def _rewritten(value: Any) -> Any:
    """Rewrite values as S3 does: strings for numbers and booleans, one item for a one-item list, another order.

    S3 does not keep the order of these lists; the simulator sorts them, so results are stable.
    """
    given = [_text(item) for item in _listed(value)]
    if len(given) == 1:
        return given[0]
    ordered = sorted(given, key=lambda text: hashlib.sha256(text.encode()).digest())
    return ordered[::-1] if ordered == given else ordered


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
