# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a run fails for what its inventory lacks: without any target, or with gaps. PRIVATE to this collection.

Ansible only warns of an inventory that it cannot read, so a run that finds nothing to do would be green for months.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from .._discovery.accounts import NOT_ACTIVE
from .inventory_gaps import gap_lines

ALLOW_EMPTY = "flow_log_allow_empty"
FAIL_ON_GAPS = "flow_log_fail_on_gaps"
_TRUE = ("true", "yes", "on", "1", "y", "t")
_FALSE = ("false", "no", "off", "0", "n", "f")


@dataclass(frozen=True)
class Demands:
    """What a run demands of its inventory.

    :param allow_empty: whether the run may find no target.
    :param fail_on_gaps: whether the run fails if something could not be read; ``None``: only for accounts of which no
        target at all was found, unless the organization reports them as suspended or closed.
    :param hosts: the pattern of ``flow_log_hosts``, for the message.
    """

    allow_empty: bool = False
    fail_on_gaps: bool | None = None
    hosts: str | None = None


def read_switch(value: Any, variable: str) -> bool | None:
    """Return a variable that is true or false; ``-e`` makes texts of these. ``None`` where nothing is given.

    :raises InputError: for anything else.
    """
    text = "" if value is None else str(value).strip().lower()
    if text not in ("", *_TRUE, *_FALSE):
        raise InputError(variable, value, "true or false")
    return text in _TRUE if text else None


def unmet_demands(publication: Mapping[str, Any], demands: Demands) -> list[str]:
    """Return why a run fails for its inventory, one sentence for each reason.

    :param publication: what :meth:`work.Publication.to_dict` returns, of all stages.
    """
    return _emptiness(publication, demands) + _gaps(publication, demands.fail_on_gaps)


def _emptiness(publication: Mapping[str, Any], demands: Demands) -> list[str]:
    if demands.allow_empty or publication["targets"] or publication["invalid"]:
        return []
    if publication["unselected"]:
        return [f"There is no target: --limit leaves out all of them. {_IF_RIGHT}"]
    if demands.hosts:
        return [f"There is no target: flow_log_hosts {demands.hosts!r} matches no host of the inventory. {_IF_RIGHT}"]
    return [f"There is no target: the inventory has no hosts. {_UNREAD} {_IF_RIGHT}"]


_UNREAD = (
    "Ansible only warns of a source that it cannot read, for example for a misspelt path or missing credentials: see "
    "its warnings, and ansible-inventory --graph."
)
_IF_RIGHT = f"If that is right, set {ALLOW_EMPTY}: true."


def _gaps(publication: Mapping[str, Any], fail_on_gaps: bool | None) -> list[str]:
    if fail_on_gaps is False:
        return []
    gaps = publication["gaps"] if fail_on_gaps else list(_without_targets(publication))
    if not gaps:
        return []
    reason = "" if fail_on_gaps else " No target at all was found there, or where is unknown."
    return [
        f"The inventory is not complete.{reason} {' '.join(gap_lines(gaps))} To accept that, set {FAIL_ON_GAPS}: false."
    ]


def _without_targets(publication: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Return gaps of active accounts of which there is no target.

    A run that is limited to some hosts is not about the others. In a suspended or closed account there is nothing to log.
    """
    if publication["unselected"]:
        return []
    batches = {batch["name"]: batch["account_id"] for batch in publication["batches"]}
    found: set[str | None] = {batches[target["batch"]] for target in publication["targets"]}
    found.update(host["known"].get("account_id") for host in publication["invalid"])
    return [gap for gap in publication["gaps"] if gap["account_id"] not in found and gap["code"] != NOT_ACTIVE]
