# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fails a run whose inventory has no target, or has gaps. PRIVATE to this collection.

Ansible only warns about an inventory that it cannot read. Without this check, a run without targets succeeds for months.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from .._discovery.accounts import NOT_ACTIVE, GapDict
from .._publication.types import PublicationDict
from .inventory_gaps import gap_lines

ALLOW_EMPTY = "flow_log_allow_empty"
FAIL_ON_GAPS = "flow_log_fail_on_gaps"
STRICT = "flow_log_strict"
WITH_REPORT = "flow_log_with_report"
_TRUE = ("true", "yes", "on", "1", "y", "t")
_FALSE = ("false", "no", "off", "0", "n", "f")


@dataclass(frozen=True)
class Demands:
    """What a run requires of its inventory.

    :param allow_empty: whether the run succeeds without a target.
    :param fail_on_gaps: whether the run fails if something could not be read; ``None``: only for accounts without any
        target, unless the organization lists them as suspended or closed.
    :param hosts: the pattern in ``flow_log_hosts``, for the message.
    """

    allow_empty: bool = False
    fail_on_gaps: bool | None = None
    hosts: str | None = None


def read_switch(value: object, variable: str) -> bool | None:
    """Return a boolean variable, also as text, as ``-e`` passes it; ``None`` if it is not set.

    :raises InputError: for any other value.
    """
    text = "" if value is None else str(value).strip().lower()
    if text not in ("", *_TRUE, *_FALSE):
        raise InputError(variable, value, "true or false")
    return text in _TRUE if text else None


def unmet_demands(publication: PublicationDict, demands: Demands) -> list[str]:
    """Return why the inventory fails the run, one message for each reason.

    :param publication: with all stages.
    """
    return _no_target(publication, demands) + _gaps(publication, demands.fail_on_gaps)


def _no_target(publication: PublicationDict, demands: Demands) -> list[str]:
    if demands.allow_empty or publication["targets"] or publication["invalid"]:
        return []
    if publication["unselected"]:
        return [f"There is no target: --limit leaves out all hosts. {_IF_INTENDED}"]
    if demands.hosts:
        return [
            f"There is no target: flow_log_hosts {demands.hosts!r} matches no host of the inventory. {_IF_INTENDED}"
        ]
    return [f"There is no target: the inventory has no hosts. {_UNREAD_SOURCE} {_IF_INTENDED}"]


_UNREAD_SOURCE = (
    "Ansible only warns about a source that it cannot read, for example because of a misspelt path or missing "
    "credentials. Check its warnings, and run ansible-inventory --graph."
)
_IF_INTENDED = f"If you want that, set {ALLOW_EMPTY}: true."


def _gaps(publication: PublicationDict, fail_on_gaps: bool | None) -> list[str]:
    if fail_on_gaps is False:
        return []
    gaps = publication["gaps"] if fail_on_gaps else list(_without_targets(publication))
    if not gaps:
        return []
    reason = "" if fail_on_gaps else " No target was found in these accounts, or the account is unknown."
    return [
        f"The inventory is incomplete.{reason} {' '.join(gap_lines(gaps))} To accept this, set {FAIL_ON_GAPS}: false."
    ]


def _without_targets(publication: PublicationDict) -> Iterable[GapDict]:
    """Return the gaps of active accounts without any target.

    A run with ``--limit`` covers some hosts only, so it has none. A suspended or closed account has nothing to log.
    """
    if publication["unselected"]:
        return []
    batches = {batch["name"]: batch["account_id"] for batch in publication["batches"]}
    found: set[str | None] = {batches[target["batch"]] for target in publication["targets"]}
    found.update(host["known"].get("account_id") for host in publication["invalid"])
    return [gap for gap in publication["gaps"] if gap["account_id"] not in found and gap["code"] != NOT_ACTIVE]
