# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags of flow logs: the desired tags and the changes to them. PRIVATE to this collection."""

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

    :raises InputError: for tags that EC2 refuses, and for a Name tag that differs from ``name``.
    """
    name_tag = None if name is None else read_name("name", name)
    if tags is None:
        return None
    desired = read_tags("tags", tags)
    if REPLACED_TAG in desired:
        raise InputError("tags", REPLACED_TAG, "any other key; the collection sets this one during a replacement")
    if name_tag is not None and desired.setdefault("Name", name_tag) != name_tag:
        raise InputError("tags.Name", desired["Name"], f"the value of O(name), {name_tag!r}, or no Name tag")
    return desired


def tag_changes(
    flow_log: FlowLog, tags: Mapping[str, str] | None, purge: bool, name: str | None
) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    """Return the tags to set and the tags to remove; tags of AWS are never removed.

    :param tags: from :func:`check_tags`; ``None`` changes no tag except the name.
    :param purge: whether to remove tags that are not in ``tags``.
    :returns: changes that set tags, and changes that remove tags, each sorted by key.
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
    """Return the tags of a new flow log. It inherits those of the flow log that it replaces, unless they are purged.

    :param flow_log: the flow log that is replaced, or ``None``.
    """
    kept = dict(flow_log.user_tags) if flow_log is not None and (tags is None or not purge) else {}
    kept.update(tags or {})
    if name is not None:
        kept["Name"] = name
    return kept


def tag_key(change: Change) -> str:
    """Return the tag key of a change from :func:`tag_changes`."""
    return change.field[len(_FIELD) :]
