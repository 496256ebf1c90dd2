# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a finding is, and which classes of findings there are. PRIVATE to this collection."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._publication.host_names import pattern_of

#: Every class of finding, with the severity it has. The order is that of reports: the worst comes first.
SEVERITIES: Mapping[str, str] = {
    "missing": "high",
    "failed_delivery": "high",
    "policy_drift": "high",
    "permission_missing": "high",
    "drifted": "medium",
    "unknown": "medium",
    "not_evaluated": "medium",
    "duplicate": "low",
    "overlapping": "low",
    "extra": "low",
    "ignored": "info",
    "in_sync": "ok",
}
FINDINGS = tuple(SEVERITIES)
#: From worst to none.
SEVERITY_ORDER = ("high", "medium", "low", "info", "ok")
#: Classes that mean: not known. They are never good news.
UNKNOWN_FINDINGS = ("unknown", "not_evaluated")
#: Classes that always mean: something is not as it should be.
DRIFT_FINDINGS = ("missing", "failed_delivery", "policy_drift", "permission_missing", "drifted")

#: Types of what findings are about besides targets. An account or region is named where it could not be read.
NO_TARGETS = ("Bucket", "Key", "Principal", "Account", "Region")

#: How what differs is changed.
IN_PLACE = "in_place"
REPLACE = "replace"

PLAY = "ansible-playbook flowlogs.aws"
PUBLISH = f"{PLAY}.publish_to_s3"


@dataclass(frozen=True)
class Access:
    """How the inventory enters accounts, for remedies: names of profiles and roles, never keys.

    :param own: connection options for the account of the target.
    :param bucket: connection options for the account of its bucket.
    """

    own: tuple[tuple[str, str], ...] = ()
    bucket: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Finding:
    """One row of a report.

    :param finding: one of :data:`FINDINGS`.
    :param target: id of a resource, ARN of a bucket or key, or a principal.
    :param target_type: API name of the resource type, or one of :data:`NO_TARGETS`.
    :param host: the inventory's host, where there is one.
    :param changes: ``[{field, current, desired}]``.
    :param how: ``in_place`` or ``replace`` for what differs, else ``None``.
    :param planned_action: what a run for real would do; ``None``: nothing.
    :param evidence: what was seen.
    :param remedy: what to do about it; can be pasted where it is a command.
    :param deliverable: whether the flow log of a target can be delivered, as far as is known; ``None``: it is unknown, or the
        finding is not about that.
    :param access: for remedies; not part of the report.
    """

    finding: str
    target: str
    target_type: str | None = None
    account_id: str | None = None
    region: str | None = None
    groups: tuple[str, ...] = ()
    host: str | None = None
    destination: str | None = None
    flow_log_id: str | None = None
    changes: tuple[Mapping[str, Any], ...] = ()
    how: str | None = None
    planned_action: str | None = None
    evidence: str = ""
    remedy: str = ""
    deliverable: bool | None = None
    access: Access = Access()

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as the report's JSON holds it."""
        return {
            "finding": self.finding,
            "severity": SEVERITIES[self.finding],
            "account_id": self.account_id,
            "region": self.region,
            "groups": list(self.groups),
            "host": self.host,
            "target": self.target,
            "target_type": self.target_type,
            "destination": self.destination,
            "flow_log_id": self.flow_log_id,
            "changes": [dict(change) for change in self.changes],
            "how": self.how,
            "planned_action": self.planned_action,
            "evidence": self.evidence,
            "remedy": self.remedy,
            "deliverable": self.deliverable,
            "ignored": None,
        }


@dataclass(frozen=True)
class Subject:
    """What all findings about one thing have in common."""

    target: str
    target_type: str | None = None
    account_id: str | None = None
    region: str | None = None
    groups: tuple[str, ...] = ()
    host: str | None = None
    destination: str | None = None
    access: Access = Access()

    def find(self, finding: str, evidence: str, **more: Any) -> Finding:
        """Return a finding about it."""
        return Finding(finding=finding, evidence=evidence, **dict(vars(self), **more))


def limit(host: str | None) -> str:
    """Return the options that limit a playbook to a host; nothing without one."""
    return f" --limit {shlex.quote(pattern_of(host))}" if host else ""


def publish_command(subject: Subject | Finding) -> str:
    """Return the command that fixes something."""
    return PUBLISH + limit(subject.host)


def check_command(subject: Subject | Finding) -> str:
    """Return the command that looks at something again and changes nothing."""
    return f"{PUBLISH} --check{limit(subject.host)}"


def destination_command(subject: Subject | Finding) -> str:
    """Return the call of the module that tells what keeps a target's records from its destination."""
    arguments = {
        "destination": subject.destination,
        "account_ids": [subject.account_id],
        "regions": [subject.region],
        "region": subject.region,
        **dict(subject.access.bucket),
    }
    return f"ansible localhost -m flowlogs.aws.flow_log_destination_info -a {shlex.quote(json.dumps(arguments))}"


def ec2_command(subject: Subject | Finding, operation: str, *options: str) -> str:
    """Return a call of the AWS CLI in the account and Region of a target."""
    words = ["aws", "ec2", operation, "--region", str(subject.region), *options]
    return with_profile(shlex.join(words), dict(subject.access.own))


def with_profile(command: str, connection: Mapping[str, str]) -> str:
    """Return a command of the AWS CLI with the profile that an inventory names; other text stays as it is.

    :param connection: from :func:`names_in`.
    """
    program, *more = command.split(" ", 3)
    if program != "aws" or "profile" not in connection:
        return command
    service, operation, options = more
    return " ".join([program, service, operation, "--profile", shlex.quote(connection["profile"]), options])


def role_note(connection: Mapping[str, str]) -> str:
    """Return a comment with the role that an inventory names: the AWS CLI has no option for one."""
    role = connection.get("assume_role_arn")
    return f"# With credentials of {role}:\n" if role else ""


def with_inventory(findings: Iterable[Finding], sources: Sequence[str]) -> list[Finding]:
    """Return the findings with the sources of the inventory in each command that needs them.

    :param sources: as they are passed with ``-i``; none: the commands need none.
    """
    options = "".join(f" -i {shlex.quote(source)}" for source in sources)
    command, given = PLAY, PLAY.replace(" ", f"{options} ", 1)
    return [replace(finding, remedy=finding.remedy.replace(command, given)) for finding in findings]
