# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose credentials a run has: what to ask once per connection, and what the answers mean. PRIVATE to this collection.

A target whose credentials belong to another account than the inventory names is left out before anything is granted or
written. So is one whose credentials cannot say whose they are: GetCallerIdentity needs no permission (STS API Reference), so an
error means that the credentials are of no use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.canonical import canonical
from ansible_collections.flowlogs.aws.plugins.module_utils._core.expected_account import CALLER_ACCOUNT
from .host_variables import Target
from .task_results import failure_text

#: What to correct where an account is not the one that the inventory names.
ACCOUNT_VARIABLES = "flow_log_account_id or flow_log_aws"
#: How many groups, and hosts, a message names.
_NAMED = 3
#: AWS Account Management Reference Guide, "Enable or disable AWS Regions": all others have to be enabled, and answer until
#: then that they do not know the credentials.
_ENABLED_BY_DEFAULT = frozenset(
    (
        *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
        *("ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1"),
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
    )
)


@dataclass(frozen=True)
class IdentityWork:
    """Targets of one account that are reached through one connection.

    :param region: where to ask.
    :param credentials_of: the host whose ``flow_log_aws`` holds the connection options.
    """

    name: str
    account_id: str
    region: str
    credentials_of: str
    targets: tuple[Target, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the work as plain data."""
        return {
            "name": self.name,
            "account_id": self.account_id,
            "region": self.region,
            "credentials_of": self.credentials_of,
        }


def plan_identities(targets: Iterable[Target]) -> list[IdentityWork]:
    """Return what to ask: once for each account and connection."""
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
    """A Region that is not enabled knows nobody, so one that is enabled by default is asked where there is one."""
    return next((item.region for item in members if item.region in _ENABLED_BY_DEFAULT), members[0].region)


def identity_problem(work: IdentityWork, answer: Mapping[str, Any] | None) -> str:
    """Return why the targets of a connection are left out; ``""`` where the account is right.

    :param answer: what the task that asked returned; ``None``: it did not run.
    """
    if answer and "flow_logs" in answer:
        return ""
    found = (answer or {}).get(CALLER_ACCOUNT)
    left = f"Nothing was granted or written for {_counted(work.targets)}."
    whose = f"The credentials of {_who(work.targets)} ({_connection(work.targets[0])})"
    if found:
        return (
            f"{whose} belong to account {found}, but flow_log_account_id is {work.account_id}. {left} "
            f"{_remedy(work)}"
        )
    why = failure_text(answer) if answer else "The task that asks did not run."
    return (
        f"{whose} could not be checked against flow_log_account_id {work.account_id}: {why.rstrip('.')}. {left} Correct "
        "flow_log_aws."
    )


def _remedy(work: IdentityWork) -> str:
    first = work.targets[0]
    if first.found_with and not first.connection:
        return (
            f"The inventory read this account in the role {first.found_with}, which playbooks do not get. Give playbook_role_arn "
            "for the account in the inventory file, or set flow_log_aws for its group."
        )
    return f"Correct flow_log_account_id, or let flow_log_aws lead into account {work.account_id}."


def _connection(target: Target) -> str:
    return "flow_log_aws" if target.connection else "flow_log_aws is not set"


def _counted(targets: Sequence[Target]) -> str:
    return "its target" if len(targets) == 1 else f"its {len(targets)} targets"


def _who(targets: Sequence[Target]) -> str:
    """Return the groups that all targets are in, else all their groups; the hosts where there is no group."""
    common = set(targets[0].groups).intersection(*(target.groups for target in targets))
    groups = sorted(common or {name for target in targets for name in target.groups})
    if groups:
        return _listed("group", groups)
    return _listed("host", [target.host for target in targets])


def _listed(noun: str, names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{noun}{'s' if len(names) > 1 else ''} {', '.join(names[:_NAMED])}{more}"
