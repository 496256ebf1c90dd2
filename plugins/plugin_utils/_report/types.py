# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Types of the report document, as JSON holds it. PRIVATE to this collection.

The members are those of ``docs/drift-report.schema.json``; a test compares the two.
"""

from __future__ import annotations

from typing import Any, TypedDict

from .._findings.types import EarlierFinding, FindingRow

#: Number of findings by class, and by severity.
Counts = dict[str, int]


class CoverageCounts(TypedDict):
    """Number of targets: in total, by state, and by whether they are logged and deliverable.

    :ivar targets: all targets. ``in_sync`` to ``ignored`` are their states and add up to it.
    :ivar logged: the target has its flow log.
    :ivar deliverable: logged, and nothing is known to block delivery.
    :ivar delivery_unknown: logged, but whether the flow log can be delivered is unknown.
    :ivar logged_percent: share of the targets whose state is known, rounded down to a tenth; ``None`` without any.
    :ivar deliverable_percent: the same for targets whose deliverability is known.
    """

    targets: int
    in_sync: int
    drifted: int
    missing: int
    failing: int
    unknown: int
    ignored: int
    logged: int
    deliverable: int
    delivery_unknown: int
    logged_percent: float | None
    deliverable_percent: float | None


class PlaceCoverage(CoverageCounts):
    """The coverage of one Region of one account."""

    account_id: str
    region: str


class Coverage(TypedDict):
    """The coverage of all targets and of each part of them, by name."""

    total: CoverageCounts
    accounts: dict[str, CoverageCounts]
    regions: dict[str, CoverageCounts]
    types: dict[str, CoverageCounts]
    groups: dict[str, CoverageCounts]
    places: list[PlaceCoverage]


class Changes(TypedDict):
    """How the findings differ from those of the previous report.

    :ivar since: time of the previous report.
    :ivar new: ids of findings that it does not have.
    :ivar gone: its findings that are resolved.
    :ivar still: ids of findings that both have.
    """

    since: str | None
    new: list[str]
    gone: list[EarlierFinding]
    still: list[str]


class _EntryTexts(TypedDict):
    finding: str
    reason: str
    owner: str
    expires: str


class BaselineEntry(_EntryTexts, total=False):
    """An entry of a baseline, as people write it. :class:`baseline.Accepted` documents the fields."""

    target: str
    account_id: str
    region: str
    group: str
    destination: str
    flow_log_id: str
    changes: dict[str, Any]


class BaselineUse(TypedDict):
    """How a baseline was applied.

    :ivar accepted: number of accepted findings.
    :ivar expired: entries whose last day has passed.
    :ivar unused: entries that match no finding.
    """

    accepted: int
    expired: list[BaselineEntry]
    unused: list[BaselineEntry]


class HistoryEntry(TypedDict):
    """What the history keeps of a report."""

    generated_at: str
    verdict: str
    counts: Counts
    severities: Counts
    logged_percent: float | None
    deliverable_percent: float | None


class _ReportParts(TypedDict):
    version: str
    verdict: str
    counts: Counts
    severities: Counts
    coverage: Coverage
    changes: Changes | None
    baseline: BaselineUse | None
    history: list[HistoryEntry]
    findings: list[FindingRow]


class Report(_ReportParts, total=False):
    """The report document.

    :ivar generated_at: set only if the time is given, so that equal findings give equal reports.
    :ivar inventory: sources of the inventory.
    """

    generated_at: str
    inventory: list[str]


class _EarlierParts(TypedDict):
    version: str
    findings: list[EarlierFinding]


class EarlierReport(_EarlierParts, total=False):
    """A report that an earlier version of this collection may have written: what later versions added may be missing."""

    verdict: str
    generated_at: str | None
    counts: Counts
    severities: Counts
    coverage: Coverage
    changes: Changes | None
    baseline: BaselineUse | None
    history: list[HistoryEntry]


class ReportSummary(TypedDict):
    """What the role returns of a report.

    :ivar coverage: the coverage of all targets.
    :ivar headline: one line with all numbers.
    """

    verdict: str
    counts: Counts
    severities: Counts
    coverage: CoverageCounts
    headline: str


class ReportSettings(TypedDict):
    """The variables ``drift_report_*`` after reading; ``""`` and empty lists if they are not set."""

    directory: str
    baseline: str
    previous: str
    history: str
    formats: list[str]
    fail_on: list[str]
    severities: dict[str, str]
    time: str
    keep_dated: bool
    history_length: int
