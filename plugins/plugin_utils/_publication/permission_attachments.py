# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Managed policies of users, groups and roles: which there shall be, and what is to be done. PRIVATE to this collection.

The tasks of the role read with ``amazon.aws`` modules in check mode; here is what their answers mean.
"""

from __future__ import annotations

import hashlib
from typing import Any
from typing import Dict
from typing import Iterable
from typing import List
from typing import Mapping
from typing import Sequence
from typing import Set
from typing import Tuple

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.policies import MANAGED
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.policies import Wanted
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.policies import permissions_policies

#: IAM User Guide, "IAM and AWS STS quotas": characters of the name of a policy.
_LONGEST_NAME = 128
_NO_ENTITY = {"code": "NoSuchEntity"}

#: ``{type, name}`` and, where it concerns buckets, ``buckets``.
PrincipalOption = Mapping[str, Any]
#: What a task of a loop returned, with its ``item``.
Result = Mapping[str, Any]
#: Type and name of a principal.
Who = Tuple[str, str]


def managed_policies(
    principals: Iterable[PrincipalOption], wanted: Wanted, policy_name: str, **scope: Any
) -> List[Dict[str, Any]]:
    """Return the managed policies that principals are to have.

    Principals with the same buckets share their policies. The name of the first document is ``policy_name``, followed by
    a mark that stands for the buckets where there are some; further documents are numbered.

    :param wanted: as for :func:`permissions_policies`, as is ``scope``.
    :returns: ``[{name, document, principals: [{type, name}]}]``.
    :raises InputError: as :func:`permissions_policies` does, and for a name that gets too long.
    """
    sharing: Dict[Tuple[str, ...], List[Dict[str, str]]] = {}
    for item in principals:
        who = {"type": item["type"], "name": item["name"]}
        members = sharing.setdefault(tuple(sorted(set(item.get("buckets") or ()))), [])
        if who not in members:
            members.append(who)
    return [
        {"name": _name(policy_name, buckets, number), "document": document, "principals": members}
        for buckets, members in sharing.items()
        for number, document in enumerate(permissions_policies(wanted, MANAGED, buckets=buckets, **scope), start=1)
    ]


def _name(policy_name: str, buckets: Sequence[str], number: int) -> str:
    mark = "-" + hashlib.sha256(" ".join(buckets).encode()).hexdigest()[:8] if buckets else ""
    name = policy_name + mark + (f"-{number}" if number > 1 else "")
    if len(name) > _LONGEST_NAME:
        raise InputError("policy_name", policy_name, f"a name that with {mark}-{number} has {_LONGEST_NAME} characters")
    return name


def attachments_to_look_at(read: Iterable[Result]) -> List[Dict[str, Any]]:
    """Return each principal with each of its policies: what there is to ask about attachments.

    :param read: what was read of each of the policies, see :func:`plan_attachments`.
    :returns: ``[{type, name, policy_name, policies: [ARN], purge}]``, no ARN where nobody has the policy attached.
    """
    return [
        {**who, "policy_name": result["item"]["name"], "policies": _arns_in_use(result), "purge": False}
        for result in read
        for who in result["item"]["principals"]
    ]


def _arns_in_use(read: Result) -> List[str]:
    policy = read.get("policy") or {}
    return [policy["arn"]] if policy.get("attachment_count") else []


def _is_there(result: Result) -> bool:
    return bool(result.get("policy"))


def _exists(look: Result) -> bool:
    """Whether there is the principal.

    In check mode ``iam_role`` returns the role only if it is there, and ``iam_user`` and ``iam_group`` what they would
    create only if it is not (sources of amazon.aws 11).
    """
    return "iam_role" in look if look["item"]["type"] == "role" else "create_params" not in look


def _is_attached(look: Result) -> bool:
    """Whether a principal has the policy: of a role the list is returned, of the others that nothing is to be done."""
    arns = look["item"]["policies"]
    if not arns or not _exists(look):
        return False
    if "iam_role" in look:
        return arns[0] in [policy["policy_arn"] for policy in look["iam_role"]["attached_policies"]]
    return not look.get("changed")


def _who(item: Mapping[str, Any]) -> Who:
    return item["type"], item["name"]


def plan_attachments(read: Sequence[Result], looks: Sequence[Result], state: str = "present") -> Dict[str, Any]:
    """Return what is to be done to have policies attached, or gone.

    :param read: what ``iam_managed_policy`` returned in check mode without a document, in a loop over
        :func:`managed_policies`: its ``policy`` where there is one.
    :param looks: what ``iam_role``, ``iam_user`` and ``iam_group`` returned in check mode, in loops over
        :func:`attachments_to_look_at`.
    :param state: ``present`` or ``absent``.
    :returns: ``principals`` (``[{type, name, exists, policy_names, changed}]``, of which ``changed`` tells whether something
        is to be attached or detached), ``attach`` (``[{type, name, policy_names}]``), ``delete`` (names of policies that
        nobody else uses), ``detach`` (``[{type, name, arns}]``) and ``kept`` (``[{name, others}]``: policies that stay, since
        so many others use them).
    """
    by_who: Dict[Who, List[Result]] = {}
    for look in looks:
        by_who.setdefault(_who(look["item"]), []).append(look)
    present = state == "present"
    principals = [_principal(who, found, present) for who, found in by_who.items()]
    plan: Dict[str, Any] = {"principals": principals, "attach": [], "delete": [], "detach": [], "kept": []}
    if present:
        plan["attach"] = [
            {"type": item["type"], "name": item["name"], "policy_names": item["policy_names"]}
            for item in principals
            if item["exists"] and item["changed"]
        ]
        return plan
    others = {result["item"]["name"]: _others(result, looks) for result in read if _is_there(result)}
    plan["delete"] = [name for name, number in others.items() if not number]
    plan["kept"] = [{"name": name, "others": number} for name, number in others.items() if number]
    plan["detach"] = _detached(by_who, {item["name"] for item in plan["kept"]})
    return plan


def _principal(who: Who, looks: Sequence[Result], present: bool) -> Dict[str, Any]:
    attached = [_is_attached(look) for look in looks]
    exists = all(_exists(look) for look in looks)
    return {
        "type": who[0],
        "name": who[1],
        "exists": exists,
        "policy_names": [look["item"]["policy_name"] for look in looks],
        "changed": exists and (not all(attached) if present else any(attached)),
    }


def _others(result: Result, looks: Iterable[Result]) -> int:
    """Return how many others a policy is attached to, or is the boundary of (IAM API, Policy)."""
    policy = result["policy"]
    ours = sum(_is_attached(look) for look in looks if look["item"]["policies"] == [policy["arn"]])
    attached = int(policy.get("attachment_count") or 0) - ours
    return max(attached, 0) + int(policy.get("permissions_boundary_usage_count") or 0)


def _detached(by_who: Mapping[Who, Sequence[Result]], kept: Iterable[str]) -> List[Dict[str, Any]]:
    names = set(kept)
    found = [
        (
            who,
            [
                look["item"]["policies"][0]
                for look in looks
                if _is_attached(look) and look["item"]["policy_name"] in names
            ],
        )
        for who, looks in by_who.items()
    ]
    return [{"type": who[0], "name": who[1], "arns": arns} for who, arns in found if arns]


def attachment_steps(
    plan: Mapping[str, Any], written: Iterable[Result] = (), listed: Iterable[Result] = ()
) -> Dict[str, Any]:
    """Return which policies principals are to be given next, and what was done in the end.

    :param plan: from :func:`plan_attachments`.
    :param written: what ``iam_managed_policy`` returned in a loop over what was read; nothing where policies are to go.
        In check mode a new policy has no ARN.
    :param listed: what ``iam_role``, ``iam_user`` and ``iam_group`` returned of principals to detach policies from. In
        check mode some list nothing; those are left out.
    :returns: ``attach`` (``[{type, name, policies: [ARN], purge}]``) and ``result``, in the shape of a task in a loop over
        principals.
    """
    made = list(written)
    arns = {_name_of(result): result["policy"]["arn"] for result in made if _is_there(result)}
    attach = [
        _attachment(item, [arns[name] for name in item["policy_names"] if name in arns], False)
        for item in plan["attach"]
    ]
    going = {_who(item): set(item["arns"]) for item in plan["detach"]}
    for result in listed:
        about = result.get("iam_role") or result.get("user") or result.get("iam_group") or {}
        if "attached_policies" in about:
            there = [policy["policy_arn"] for policy in about["attached_policies"]]
            item = result["item"]
            attach.append(_attachment(item, [arn for arn in there if arn not in going[_who(item)]], True))
    return {"attach": attach, "result": _result(plan, {_name_of(result) for result in made if _is_new(result)})}


def _name_of(written: Result) -> str:
    """The item of a loop over results is itself a result."""
    return str(written["item"]["item"]["name"])


def _is_new(written: Result) -> bool:
    """Whether the document was written, or would be: a report keeps ``changed`` false for a policy that is still to be made."""
    return bool(written.get("changed")) or not _is_there(written)


def _attachment(item: Mapping[str, Any], arns: List[str], purge: bool) -> Dict[str, Any]:
    return {"type": item["type"], "name": item["name"], "policies": arns, "purge": purge}


def _result(plan: Mapping[str, Any], changed_names: Set[str]) -> Dict[str, Any]:
    results: List[Dict[str, Any]] = []
    for principal in plan["principals"]:
        result = {"item": {"type": principal["type"], "name": principal["name"]}, "changed": False, "failed": False}
        if not principal["exists"]:
            result["error"] = dict(_NO_ENTITY)
        else:
            result["changed"] = principal["changed"] or bool(changed_names.intersection(principal["policy_names"]))
        results.append(result)
    anything = bool(changed_names or plan["delete"]) or any(result["changed"] for result in results)
    return {"changed": anything, "failed": False, "results": results}
