# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first stage of a run: what there is to do, and in whose accounts. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .._findings.run_demands import ALLOW_EMPTY, FAIL_ON_GAPS, Demands, read_switch, unmet_demands
from .._publication.host_variables import HostVariables
from .._publication.identities import identity_problem
from .._publication.preflight import plan_preflights
from .._publication.stages import of_stages
from .._publication.work import plan_publication
from .single_calls import accounts
from .tags import stages_of_tags
from .task import Connections, Results, Stage


class RunRefused(ValueError):
    """A run does nothing, for a reason that is no value of a single variable."""


@dataclass(frozen=True)
class PlanRequest:
    """What a run is told besides the variables of its hosts.

    :param selected: the hosts to work on; ``None``: all.
    :param gaps: the variable ``flow_log_inventory_gaps``.
    :param run_tags: see :func:`tags.stages_of_tags`, as ``skip_tags`` and ``inherited_tags``.
    :param pattern: the variable ``flow_log_hosts``, for messages.
    :param strict: whether a misspelt variable is an error.
    :param only_reads: whether the run only reports.
    """

    selected: Sequence[str] | None = None
    gaps: Any = None
    run_tags: Collection[str] = ("all",)
    skip_tags: Collection[str] = ()
    inherited_tags: Iterable[str] = ()
    allow_empty: Any = None
    fail_on_gaps: Any = None
    pattern: str | None = None
    strict: bool = False
    only_reads: bool = False


def plan(
    hosts: Sequence[HostVariables], request: PlanRequest, connection: Connections
) -> Stage[tuple[dict[str, Any], Results]]:
    """Work out what there is to do, and leave out the targets whose credentials belong to another account.

    :returns: the publication, and what each connection answered.
    :raises InputError: for a variable of the whole run.
    :raises RunRefused: with ``strict``, for a misspelt variable.
    """
    stages = stages_of_tags(request.run_tags, request.skip_tags, request.inherited_tags)
    may_be_empty = read_switch(request.allow_empty, ALLOW_EMPTY)
    on_gaps = read_switch(request.fail_on_gaps, FAIL_ON_GAPS)
    publication = plan_publication(hosts, request.selected, request.gaps)
    if request.strict and publication.notes:
        raise RunRefused(f"{' '.join(publication.notes)} Nothing was done, because flow_log_strict is true.")
    answers = yield from accounts(publication.to_dict(), connection)
    if any(identity_problem(work, answers.get(work.name)) for work in publication.identities):
        publication = plan_publication(hosts, request.selected, request.gaps, answers)
    planned = {**publication.to_dict(), "preflights": plan_preflights(publication, request.only_reads), "keys": []}
    # What only reads may find nothing: its report says so.
    demands = Demands(
        bool(may_be_empty) or request.only_reads, bool(on_gaps) if request.only_reads else on_gaps, request.pattern
    )
    return of_stages({**planned, "unmet": unmet_demands(planned, demands)}, stages), answers
