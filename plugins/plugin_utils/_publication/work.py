# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans the work of a run from hosts and their variables. PRIVATE to this collection.

Each host is one target. Targets that can share API calls make up a batch. All targets that deliver to one bucket make
up one destination, so a run writes its policy once. Only the order of the hosts in the inventory decides the order of
the work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .._discovery.accounts import read_gaps
from .conflicts import without_conflicts
from .grouping import group_batches, group_buckets, group_permissions
from .host_variables import HostVariables, Target, VariableError, read_target, unmanaged_bucket
from .identities import ACCOUNT_VARIABLES, IdentityWork, identity_problem, plan_identities
from .misspelt_variables import note_of
from .types import FlowLogInfoResult, KnownTarget
from .work_units import InvalidHost, Publication, known_target


def _read_hosts(hosts: Iterable[HostVariables]) -> tuple[list[Target], list[InvalidHost]]:
    targets: list[Target] = []
    invalid: list[InvalidHost] = []
    for host in hosts:
        try:
            targets.append(read_target(host))
        except VariableError as error:
            invalid.append(replace(_invalid(host, error.variable, str(error)), finding=error.finding))
    return targets, invalid


def _invalid(host: HostVariables, variable: str, message: str) -> InvalidHost:
    account_id, region, target = (
        value if isinstance(value, str) else None
        for value in map(host.variables.get, ("flow_log_account_id", "flow_log_region", "flow_log_resource_id"))
    )
    known: KnownTarget = {"account_id": account_id, "region": region, "target": target or host.name}
    return InvalidHost(host.name, variable, message, host.groups, known)


def _wrong_accounts(
    identities: Iterable[IdentityWork], results: Mapping[str, FlowLogInfoResult] | None
) -> dict[str, InvalidHost]:
    """Return by name the hosts whose credentials may belong to another account than the inventory names."""
    if results is None:
        return {}
    found: dict[str, InvalidHost] = {}
    for work in identities:
        problem = identity_problem(work, results.get(work.name))
        for target in work.targets if problem else ():
            found[target.host] = InvalidHost(
                target.host, ACCOUNT_VARIABLES, problem, target.groups, known_target(target), finding="unknown"
            )
    return found


def _notes(hosts: Iterable[HostVariables]) -> list[str]:
    """Return one warning for each misspelt variable, even if many hosts get it from their group."""
    hosts_by_variable: dict[tuple[str, str], list[str]] = {}
    for host in hosts:
        for name, meant in host.misspelt.items():
            hosts_by_variable.setdefault((name, meant), []).append(host.name)
    return [
        note_of(f"{name} of {names[0]}{f' and {len(names) - 1} more' if len(names) > 1 else ''}", meant)
        for (name, meant), names in sorted(hosts_by_variable.items())
    ]


def plan_publication(
    hosts: Iterable[HostVariables],
    selected: Iterable[str] | None = None,
    gaps: object = None,
    results: Mapping[str, FlowLogInfoResult] | None = None,
) -> Publication:
    """Return the work of a run.

    :param hosts: all targets of the inventory, in the order of the inventory.
    :param selected: names of the hosts to work on; ``None``: all. The others are in ``unselected``.
    :param gaps: the variable ``flow_log_inventory_gaps``.
    :param results: results of the account check of each identity, by name; ``None``: it has not run yet.
    :raises InputError: if ``gaps`` has another shape.
    :returns: the work. Hosts with errors are in ``invalid`` with the reason; the run works on the others.
    """
    everything = list(hosts)
    chosen = {host.name for host in everything} if selected is None else set(selected)
    targets, invalid = _read_hosts(host for host in everything if host.name in chosen)
    agreed, conflicting = without_conflicts(targets)
    unselected = [
        _invalid(host, "", "The run was limited to other hosts.") for host in everything if host.name not in chosen
    ]
    identities = plan_identities(agreed)
    wrong = _wrong_accounts(identities, results)
    unmanaged = set(filter(None, map(unmanaged_bucket, everything)))
    buckets = group_buckets(agreed, wrong, unmanaged)
    agreed = [target for target in agreed if target.host not in wrong]
    return Publication(
        batches=tuple(group_batches(agreed, buckets)),
        buckets=tuple(buckets),
        permissions=tuple(group_permissions(agreed)),
        invalid=(*invalid, *conflicting, *wrong.values()),
        unselected=tuple(unselected),
        notes=tuple(_notes(everything)),
        gaps=read_gaps(gaps),
        identities=tuple(identities),
    )
