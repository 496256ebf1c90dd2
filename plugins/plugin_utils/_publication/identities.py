# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks that credentials belong to the account that the inventory names. PRIVATE to this collection.

A run checks each connection once, before it grants or writes anything. It leaves out the targets whose credentials
belong to another account. It also leaves out targets for which the check fails. GetCallerIdentity needs no permission
(STS API Reference), so an error means that the credentials cannot be used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ansible_collections.flowlogs.aws.plugins.module_utils._core.canonical import canonical
from .host_variables import Target
from .task_results import failure_text
from .types import FlowLogInfoResult, IdentityDict

#: The variables to correct if the account is wrong.
ACCOUNT_VARIABLES = "flow_log_account_id or flow_log_aws"
#: How many groups or hosts a message names.
_NAMED = 3
#: AWS Account Management Reference Guide, "Enable or disable AWS Regions": an account has to enable all other Regions.
#: Until then they refuse its credentials.
_ENABLED_BY_DEFAULT = frozenset(
    (
        *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
        *("ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1"),
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
    )
)


@dataclass(frozen=True)
class IdentityWork:
    """Targets of one account with the same connection options.

    :param region: Region in which to check the account.
    :param credentials_of: the host whose ``flow_log_aws`` holds the connection options.
    """

    name: str
    account_id: str
    region: str
    credentials_of: str
    targets: tuple[Target, ...]

    def to_dict(self) -> IdentityDict:
        """Return the work as plain data."""
        return {
            "name": self.name,
            "account_id": self.account_id,
            "region": self.region,
            "credentials_of": self.credentials_of,
        }


def plan_identities(targets: Iterable[Target]) -> list[IdentityWork]:
    """Return one work unit for each account and connection."""
    groups: dict[tuple[str, str], list[Target]] = {}
    for target in targets:
        groups.setdefault((target.account_id, canonical(target.connection)), []).append(target)
    numbers: dict[str, int] = {}
    works: list[IdentityWork] = []
    for (account, _connection), members in groups.items():
        numbers[account] = numbers.get(account, 0) + 1
        name = f"{account}/identity" + (f"/{numbers[account]}" if numbers[account] > 1 else "")
        first = members[0]
        works.append(IdentityWork(name, account, _region(members), first.host, tuple(members)))
    return works


def _region(members: Sequence[Target]) -> str:
    """Prefer a Region that is enabled by default: a Region that is not enabled refuses all credentials."""
    return next((item.region for item in members if item.region in _ENABLED_BY_DEFAULT), members[0].region)


def identity_problem(work: IdentityWork, result: FlowLogInfoResult | None) -> str:
    """Return why the targets of a connection are left out; ``""`` if the account is right.

    :param result: result of the account check; ``None``: it did not run.
    """
    if result and "flow_logs" in result:
        return ""
    found = (result or {}).get("caller_account_id")
    left = f"Nothing was granted or written for {_counted(work.targets)}."
    whose = f"The credentials of {_who(work.targets)} ({_connection(work.targets[0])})"
    if found:
        return (
            f"{whose} belong to account {found}, but flow_log_account_id is {work.account_id}. {left} "
            f"{_remedy(work)}"
        )
    why = failure_text(result) if result else "The check did not run."
    return (
        f"{whose} could not be checked against flow_log_account_id {work.account_id}: {why.rstrip('.')}. {left} Correct "
        "flow_log_aws."
    )


def _remedy(work: IdentityWork) -> str:
    first = work.targets[0]
    if first.found_with and not first.connection:
        return (
            f"The inventory read this account with the role {first.found_with}, which playbooks do not get. Set "
            "playbook_role_arn for the account in the inventory file, or set flow_log_aws for its group."
        )
    return f"Correct flow_log_account_id, or set flow_log_aws to credentials of account {work.account_id}."


def _connection(target: Target) -> str:
    return "flow_log_aws" if target.connection else "flow_log_aws is not set"


def _counted(targets: Sequence[Target]) -> str:
    return "its target" if len(targets) == 1 else f"its {len(targets)} targets"


def _who(targets: Sequence[Target]) -> str:
    """Return the groups that all targets are in, otherwise all their groups; without groups, the hosts."""
    common = set(targets[0].groups).intersection(*(target.groups for target in targets))
    groups = sorted(common or {name for target in targets for name in target.groups})
    if groups:
        return _listed("group", groups)
    return _listed("host", [target.host for target in targets])


def _listed(noun: str, names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{noun}{'s' if len(names) > 1 else ''} {', '.join(names[:_NAMED])}{more}"
