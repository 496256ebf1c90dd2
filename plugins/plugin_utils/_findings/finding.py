# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The finding, its classes and severities, and the commands of remedies. PRIVATE to this collection."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import ChangeDict
from .._publication.host_names import pattern_of
from .types import FindingFields

#: Every class of finding and its severity, in the order of reports: from worst to best.
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
#: From worst to best.
SEVERITY_ORDER = ("high", "medium", "low", "info", "ok")
#: Classes that mean that nothing is known. They never count as in sync.
UNKNOWN_FINDINGS = ("unknown", "not_evaluated")
#: Classes that are always drift.
DRIFT_FINDINGS = ("missing", "failed_delivery", "policy_drift", "permission_missing", "drifted")

#: What findings are about, other than targets. An account or Region is one that could not be read.
NO_TARGETS = ("Bucket", "Key", "Principal", "Account", "Region")

#: How a run changes what differs.
IN_PLACE = "in_place"
REPLACE = "replace"

PLAY = "ansible-playbook flowlogs.aws"
PUBLISH = f"{PLAY}.publish_to_s3"


@dataclass(frozen=True)
class Access:
    """How to sign in to the accounts of a finding, for remedies: names of profiles and roles, never keys.

    :param own: connection options for the account of the target, as pairs of name and value.
    :param bucket: connection options for the account of the bucket.
    """

    own: tuple[tuple[str, str], ...] = ()
    bucket: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Finding:
    """One finding of a report.

    :param finding: one of :data:`FINDINGS`.
    :param target: id of a resource, ARN of a bucket or key, or a principal.
    :param target_type: API name of the resource type, or one of :data:`NO_TARGETS`.
    :param host: name of the host in the inventory, if there is one.
    :param changes: the fields that differ.
    :param how: :data:`IN_PLACE` or :data:`REPLACE` if something differs, else ``None``.
    :param planned_action: what a real run would do; ``None``: nothing.
    :param evidence: the facts, one or more sentences.
    :param remedy: how to fix it; a command can be pasted.
    :param deliverable: whether the flow log of the target can be delivered; ``None``: unknown, or does not apply.
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
    changes: tuple[ChangeDict, ...] = ()
    how: str | None = None
    planned_action: str | None = None
    evidence: str = ""
    remedy: str = ""
    deliverable: bool | None = None
    access: Access = Access()

    def to_dict(self) -> FindingFields:
        """Return the finding as it is in the report's JSON, without an id."""
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
            "changes": [change.copy() for change in self.changes],
            "how": self.how,
            "planned_action": self.planned_action,
            "evidence": self.evidence,
            "remedy": self.remedy,
            "deliverable": self.deliverable,
            "ignored": None,
        }


@dataclass(frozen=True)
class Subject:
    """What the findings about one target, bucket, key or principal have in common. Fields as in :class:`Finding`."""

    target: str
    target_type: str | None = None
    account_id: str | None = None
    region: str | None = None
    groups: tuple[str, ...] = ()
    host: str | None = None
    destination: str | None = None
    access: Access = Access()

    def find(self, finding: str, evidence: str, **more: Any) -> Finding:
        """Return a finding about it.

        :param more: further fields of :class:`Finding`.
        """
        return Finding(finding=finding, evidence=evidence, **dict(vars(self), **more))


def limit(host: str | None) -> str:
    """Return the option that limits a playbook to a host, ``""`` without a host."""
    return f" --limit {shlex.quote(pattern_of(host))}" if host else ""


def publish_command(subject: Subject | Finding) -> str:
    """Return the command that publishes the flow logs of a host."""
    return PUBLISH + limit(subject.host)


def check_command(subject: Subject | Finding) -> str:
    """Return the command that checks a host again and changes nothing."""
    return f"{PUBLISH} --check{limit(subject.host)}"


def destination_command(subject: Subject | Finding) -> str:
    """Return the command that shows what blocks delivery for a target."""
    arguments = {
        "destination": subject.destination,
        "account_ids": [subject.account_id],
        "regions": [subject.region],
        "region": subject.region,
        **dict(subject.access.bucket),
    }
    return f"ansible localhost -m flowlogs.aws.flow_log_destination_info -a {shlex.quote(json.dumps(arguments))}"


def ec2_command(subject: Subject | Finding, operation: str, *options: str) -> str:
    """Return a command of the AWS CLI for the account and Region of a target."""
    words = ["aws", "ec2", operation, "--region", str(subject.region), *options]
    return with_profile(shlex.join(words), dict(subject.access.own))


def with_profile(command: str, connection: Mapping[str, str]) -> str:
    """Return a command of the AWS CLI with the profile of a connection; other text stays as it is.

    :param connection: from :func:`connection_names.names_in`.
    """
    program, *more = command.split(" ", 3)
    if program != "aws" or "profile" not in connection:
        return command
    service, operation, options = more
    return " ".join([program, service, operation, "--profile", shlex.quote(connection["profile"]), options])


def role_note(connection: Mapping[str, str]) -> str:
    """Return a shell comment that names the role of a connection: the AWS CLI has no option for a role."""
    role = connection.get("assume_role_arn")
    return f"# With credentials of {role}:\n" if role else ""


def with_inventory(findings: Iterable[Finding], sources: Sequence[str]) -> list[Finding]:
    """Return the findings with the inventory sources in each playbook command.

    :param sources: as passed with ``-i``; may be empty.
    """
    options = "".join(f" -i {shlex.quote(source)}" for source in sources)
    command = PLAY.replace(" ", f"{options} ", 1)
    return [replace(finding, remedy=finding.remedy.replace(PLAY, command)) for finding in findings]
