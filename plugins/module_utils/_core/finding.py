# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a finding is, and which classes of findings there are. PRIVATE to this collection."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any
from typing import Dict
from typing import Mapping
from typing import Optional
from typing import Tuple

#: Every class of finding, with the severity it has. The order is that of reports: what is wrong comes first.
SEVERITIES: Mapping[str, str] = {
    "missing": "high",
    "failed_delivery": "high",
    "drifted": "medium",
    "policy_drift": "high",
    "permission_missing": "high",
    "duplicate": "low",
    "overlapping": "low",
    "extra": "low",
    "unknown": "medium",
    "not_evaluated": "medium",
    "ignored": "info",
    "in_sync": "ok",
}
FINDINGS = tuple(SEVERITIES)
#: From worst to none.
SEVERITY_ORDER = ("high", "medium", "low", "info", "ok")
#: Classes that mean: not known. They are never good news.
UNKNOWN_FINDINGS = ("unknown", "not_evaluated")
#: Classes that always mean: something is not as it should be.
DRIFT_FINDINGS = ("missing", "failed_delivery", "drifted", "policy_drift", "permission_missing")

#: Types of what findings are about besides targets. An account or region is named where it could not be read.
NO_TARGETS = ("Bucket", "Key", "Principal", "Account", "Region")

#: How what differs is changed.
IN_PLACE = "in_place"
REPLACE = "replace"

PUBLISH = "ansible-playbook flowlogs.aws.publish_to_s3"


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
    """

    finding: str
    target: str
    target_type: Optional[str] = None
    account_id: Optional[str] = None
    region: Optional[str] = None
    groups: Tuple[str, ...] = ()
    host: Optional[str] = None
    destination: Optional[str] = None
    flow_log_id: Optional[str] = None
    changes: Tuple[Mapping[str, Any], ...] = ()
    how: Optional[str] = None
    planned_action: Optional[str] = None
    evidence: str = ""
    remedy: str = ""

    def to_dict(self) -> Dict[str, Any]:
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
            "ignored": None,
        }


@dataclass(frozen=True)
class Subject:
    """What all findings about one thing have in common."""

    target: str
    target_type: Optional[str] = None
    account_id: Optional[str] = None
    region: Optional[str] = None
    groups: Tuple[str, ...] = ()
    host: Optional[str] = None
    destination: Optional[str] = None

    def find(self, finding: str, evidence: str, **more: Any) -> Finding:
        """Return a finding about it."""
        return Finding(finding=finding, evidence=evidence, **dict(vars(self), **more))


def has_result(result: Optional[Mapping[str, Any]]) -> bool:
    """Whether a task ran: it was reached, and it was not skipped."""
    return bool(result) and not (result or {}).get("skipped")


def has_failed(result: Mapping[str, Any]) -> bool:
    """Whether a task's result is a failure."""
    return bool(result.get("failed") or result.get("unreachable"))


def failure_text(result: Mapping[str, Any]) -> str:
    """Return why a task failed, in its own words."""
    return str(result.get("msg") or result.get("module_stderr") or "The task failed and did not say why.")


def _limit(subject: Subject) -> str:
    return f" --limit {shlex.quote(subject.host)}" if subject.host else ""


def publish_command(subject: Subject) -> str:
    """Return the command that mends something."""
    return PUBLISH + _limit(subject)


def check_command(subject: Subject) -> str:
    """Return the command that looks at something again and changes nothing."""
    return f"{PUBLISH} --check{_limit(subject)}"
