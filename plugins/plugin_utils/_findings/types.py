# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Types of a finding as JSON holds it. PRIVATE to this collection.

The members of a finding are those of ``docs/drift-report.schema.json``; a test compares the two.
"""

from __future__ import annotations

from typing import TypedDict, Union

from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import ChangeDict


class Acceptance(TypedDict):
    """Who accepted a finding in a baseline.

    :ivar expires: the last day, ``YYYY-MM-DD``.
    :ivar was: the class of the finding before it was accepted.
    """

    reason: str
    owner: str
    expires: str
    was: str


class ComparedFields(TypedDict):
    """The fields by which two reports are compared. Every version of the report has them."""

    finding: str
    target: str
    target_type: str | None
    account_id: str | None
    region: str | None
    destination: str | None
    flow_log_id: str | None
    changes: list[ChangeDict]


class FindingFields(ComparedFields):
    """A finding without its id. :class:`finding.Finding` documents the fields."""

    severity: str
    groups: list[str]
    host: str | None
    how: str | None
    planned_action: str | None
    evidence: str
    remedy: str
    deliverable: bool | None
    ignored: Acceptance | None


class FindingRow(FindingFields):
    """A finding of a report.

    :ivar id: unique in a report; stays the same between reports. See :func:`fingerprint.fingerprint`.
    """

    id: str


class EarlierFinding(ComparedFields, total=False):
    """A finding of a report that an earlier version may have written: version 1.0 has no ids and no baseline."""

    id: str
    severity: str
    groups: list[str]
    host: str | None
    how: str | None
    planned_action: str | None
    evidence: str
    remedy: str
    deliverable: bool | None
    ignored: Acceptance | None


AnyFinding = Union[FindingFields, EarlierFinding]
