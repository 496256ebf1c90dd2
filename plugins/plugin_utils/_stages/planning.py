# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first stage of a run: plans the work and checks the accounts. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from .._findings.run_demands import (
    ALLOW_EMPTY,
    FAIL_ON_GAPS,
    STRICT,
    WITH_REPORT,
    read_switch,
    unmet_demands,
    Demands,
)
from .._publication.host_variables import HostVariables
from .._publication.identities import identity_problem
from .._publication.preflight import plan_preflights
from .._publication.stages import of_stages
from .._publication.types import FlowLogInfoResult, PublicationDict
from .._publication.work import plan_publication
from .single_calls import identities
from .tags import stages_of_tags
from .task import Connections, Stage


class RunRefused(ValueError):
    """The run stops before it does anything. The reason is not the value of a single variable."""


@dataclass(frozen=True)
class PlanRequest:
    """Settings of a run that are not variables of its hosts.

    :param selected: names of the hosts to work on; ``None``: all.
    :param gaps: the variable ``flow_log_inventory_gaps``.
    :param run_tags: with ``skip_tags`` and ``inherited_tags``, see :func:`tags.stages_of_tags`.
    :param pattern: the variable ``flow_log_hosts``, for messages.
    :param strict: the variable ``flow_log_strict``: whether a misspelt variable is an error.
    :param with_report: the variable ``flow_log_with_report``, which is only checked here.
    :param only_reads: whether the run only reports.
    """

    selected: Sequence[str] | None = None
    gaps: object = None
    run_tags: Collection[str] = ("all",)
    skip_tags: Collection[str] = ()
    inherited_tags: Iterable[str] = ()
    allow_empty: object = None
    fail_on_gaps: object = None
    pattern: str | None = None
    strict: object = None
    with_report: object = None
    only_reads: bool = False


def plan(
    hosts: Sequence[HostVariables], request: PlanRequest, connection: Connections
) -> Stage[tuple[PublicationDict, dict[str, FlowLogInfoResult]]]:
    """Plan the work, and leave out the targets whose credentials belong to another account.

    :returns: the publication, and the result of the account check of each connection.
    :raises InputError: for a variable of the whole run.
    :raises RunRefused: with ``strict``, for a misspelt variable.
    """
    stages = stages_of_tags(request.run_tags, request.skip_tags, request.inherited_tags)
    may_be_empty = read_switch(request.allow_empty, ALLOW_EMPTY)
    on_gaps = read_switch(request.fail_on_gaps, FAIL_ON_GAPS)
    is_strict = read_switch(request.strict, STRICT)
    read_switch(request.with_report, WITH_REPORT)
    publication = plan_publication(hosts, request.selected, request.gaps)
    if is_strict and publication.notes:
        raise RunRefused(f"{' '.join(publication.notes)} Nothing was done, because flow_log_strict is true.")
    results = yield from identities(publication.to_dict(), connection)
    if any(identity_problem(work, results.get(work.name)) for work in publication.identities):
        publication = plan_publication(hosts, request.selected, request.gaps, results)
    planned: PublicationDict = {
        **publication.to_dict(),
        "preflights": plan_preflights(publication, request.only_reads),
        "keys": [],
    }
    # A report may have no targets: it shows that there are none.
    demands = Demands(
        bool(may_be_empty) or request.only_reads, bool(on_gaps) if request.only_reads else on_gaps, request.pattern
    )
    return of_stages({**planned, "unmet": unmet_demands(planned, demands)}, stages), results
