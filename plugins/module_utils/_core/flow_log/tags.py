# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags of flow logs: the desired ones, and what must change. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..actions import Change
from ..errors import InputError
from ..values import read_name, read_tags
from .model import FlowLog, REPLACED_TAG

_FIELD = "tags."


def check_tags(tags: Any, name: Any) -> dict[str, str] | None:
    """Return the desired tags, with ``name`` as the Name tag; ``None`` if tags must not change.

    :raises InputError: for reserved keys, lengths and numbers that EC2 refuses, and a Name tag that is not ``name``.
    """
    called = None if name is None else read_name("name", name)
    if tags is None:
        return None
    asked = read_tags("tags", tags)
    if REPLACED_TAG in asked:
        raise InputError("tags", REPLACED_TAG, "any other key; this one marks a replacement at work")
    if called is not None and asked.setdefault("Name", called) != called:
        raise InputError("tags.Name", asked["Name"], f"the value of O(name), {called!r}, or no Name tag")
    return asked


def tag_changes(
    flow_log: FlowLog, tags: Mapping[str, str] | None, purge: bool, name: str | None
) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    """Return what to set and what to remove; tags of AWS are never removed.

    :param tags: from :func:`check_tags`; ``None`` leaves the tags alone, but for the name.
    :param purge: whether other tags are removed.
    :returns: changes by setting, changes by removing; each ordered by key.
    """
    desired = dict(tags) if tags is not None else ({} if name is None else {"Name": name})
    current = flow_log.user_tags
    to_set = tuple(
        Change(_FIELD + key, current.get(key), value)
        for key, value in sorted(desired.items())
        if current.get(key) != value
    )
    surplus: list[str] = sorted(set(current) - set(desired)) if purge and tags is not None else []
    if flow_log.marked_as_replaced:
        surplus.append(REPLACED_TAG)
    to_unset = tuple(Change(_FIELD + key, flow_log.tags[key], None) for key in surplus)
    return to_set, to_unset


def tags_after(
    flow_log: FlowLog | None, tags: Mapping[str, str] | None, purge: bool, name: str | None
) -> dict[str, str]:
    """Return the tags of a new flow log, which takes over those of the one it replaces as far as they stay.

    :param flow_log: the flow log that is replaced, or ``None``.
    """
    kept = dict(flow_log.user_tags) if flow_log is not None and (tags is None or not purge) else {}
    kept.update(tags or {})
    if name is not None:
        kept["Name"] = name
    return kept


def tag_key(change: Change) -> str:
    """Return the tag key that a change of :func:`tag_changes` is about."""
    return change.field[len(_FIELD) :]
