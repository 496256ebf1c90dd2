# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collects the findings of a run from its plan and the results of its tasks. PRIVATE to this collection.

Every target, bucket and principal has at least one finding. A failed task gives ``unknown``, a task that did not run gives
``not_evaluated``. Only a result can give ``in_sync``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import type_of_id
from ansible_collections.flowlogs.aws.plugins.module_utils._core.option_hints import rename_options
from .._publication.host_variables import variable_of
from .._publication.preflight import not_run, stopped
from .._publication.stages import left_out_by_stages
from .._publication.types import BatchDict, InvalidHostDict, PublicationDict, RunResults, TargetDict
from .blocked_batches import blocking_reason
from .deliverability import with_deliverability
from .deliveries import recently_delivered, with_deliveries
from .destinations import destination_findings, key_findings
from .finding import Access, FINDINGS, Finding, Subject, check_command, with_inventory
from .flow_logs import batch_findings
from .inventory_gaps import gap_findings
from .overlaps import overlapping
from .permissions import permission_findings, preflight_finding


def find(publication: PublicationDict, results: RunResults, inventory: Sequence[str] = ()) -> list[Finding]:
    """Return every finding of a run.

    :param results: results of check mode by kind and name of the work: ``batches``, ``destinations``, ``keys``,
        ``permissions`` and ``preflights``. Work without a result did not run. ``deliveries`` are results of
        ``s3_flow_log_info`` for batches; with them, flow logs that delivered nothing recently are found as well.
    :param inventory: sources of the inventory, for remedies.
    """
    stops = stopped(publication, results)
    found = [
        preflight_finding(work, results.get("preflights", {}).get(work["name"]), stops)
        for work in publication.get("preflights") or ()
    ]
    about_targets = _findings_of_batches(publication, results, stops["batches"])
    found += about_targets + overlapping(publication, about_targets)
    deliveries = results.get("deliveries")
    if deliveries is not None:
        found = with_deliveries(found, deliveries)
    # Work that was stopped has no result, even if an earlier playbook left one.
    halted = {work["name"]: not_run(stops["destinations"].get(work["name"])) for work in publication["destinations"]}
    done = {
        work["name"]: None if halted[work["name"]] else results.get("destinations", {}).get(work["name"])
        for work in publication["destinations"]
    }
    found = with_deliverability(found, publication, done, results.get("keys", {}), recently_delivered(deliveries or {}))
    for work in publication["destinations"]:
        found += destination_findings(work, done[work["name"]], halted[work["name"]])
    for key in publication.get("keys") or ():
        found += key_findings(key, results.get("keys", {}).get(key["name"]))
    for principals in publication["permissions"]:
        found += permission_findings(principals, results.get("permissions", {}).get(principals["name"]))
    for host in list(publication["invalid"]) + list(publication["unselected"]):
        found.append(_excluded_host(host))
    found += gap_findings(publication.get("gaps") or ())
    found = [_naming_variables(one) for one in found + _left_out(publication)]
    return sorted(with_inventory(found, inventory), key=_report_order)


def _naming_variables(one: Finding) -> Finding:
    """Return a finding that names inventory variables instead of module options."""
    evidence, remedy = rename_options(one.evidence, variable_of), rename_options(one.remedy, variable_of)
    return one if (evidence, remedy) == (one.evidence, one.remedy) else replace(one, evidence=evidence, remedy=remedy)


def _left_out(publication: PublicationDict) -> list[Finding]:
    """Return the findings about the work of stages that ``--tags`` left out."""
    left_out, reason = publication.get("left_out"), left_out_by_stages(publication)
    if left_out is None or reason is None:
        return []
    found = find(left_out, {})
    return [replace(one, evidence=reason) if one.finding == "not_evaluated" else one for one in found]


def _findings_of_batches(publication: PublicationDict, results: RunResults, stops: Mapping[str, str]) -> list[Finding]:
    found: list[Finding] = []
    batches = {batch["name"]: batch for batch in publication["batches"]}
    access = {work["name"]: work["access"] for work in publication["destinations"]}
    subjects: dict[str, list[Subject]] = {}
    for item in publication["targets"]:
        batch = batches[item["batch"]]
        subject = _subject_of(item, batch, access.get(batch["bucket_name"] or "", batch["access"]))
        subjects.setdefault(item["batch"], []).append(subject)
    for name, batch in batches.items():
        halted = not_run(stops.get(name))
        result = None if halted else results.get("batches", {}).get(name)
        found += batch_findings(batch, subjects.get(name, []), result, halted or blocked_reason(batch, results))
    return found


def _subject_of(item: TargetDict, batch: BatchDict, bucket_access: Mapping[str, str]) -> Subject:
    return Subject(
        target=item["target"],
        target_type=batch["resource_type"],
        account_id=batch["account_id"],
        region=batch["region"],
        groups=tuple(item["groups"]),
        host=item["host"],
        destination=batch["destination"],
        access=Access(tuple(batch["access"].items()), tuple(bucket_access.items())),
    )


def blocked_reason(batch: BatchDict, results: RunResults) -> str:
    """Return why a batch must not run, ``""`` if nothing blocks it."""
    return blocking_reason(batch, results.get("destinations", {}).get(batch.get("bucket_name") or ""))


def _excluded_host(host: InvalidHostDict) -> Finding:
    """Return the finding about a host with invalid variables, or one that ``--limit`` left out."""
    known = host["known"]
    target = known.get("target") or host["host"]
    rules = type_of_id(target)
    subject = Subject(
        target=target,
        target_type=rules.name if rules else None,
        account_id=known.get("account_id"),
        region=known.get("region"),
        groups=tuple(host["groups"]),
        host=host["host"],
    )
    remedy = f"Correct {host['variable']} of host {host['host']}." if host["variable"] else check_command(subject)
    return subject.find(host.get("finding", "not_evaluated"), host["message"], remedy=remedy)


def _report_order(finding: Finding) -> tuple[int | str, ...]:
    place = (finding.account_id or "", finding.region or "", finding.target_type or "", finding.target)
    return (FINDINGS.index(finding.finding),) + place + (finding.host or "", finding.flow_log_id or "")
