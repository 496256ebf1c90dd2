# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags of flow logs: what is asked for, and what must change. PRIVATE to this collection."""

from __future__ import annotations

from typing import Any
from typing import Dict
from typing import List
from typing import Mapping
from typing import Optional
from typing import Tuple

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log import REPLACED_TAG
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log import FlowLog
from ansible_collections.flowlogs.aws.plugins.module_utils._core.plan import Change

#: EC2 User Guide, "Tag restrictions".
_MAX_TAGS = 50
_MAX_KEY = 128
_MAX_VALUE = 256
_FIELD = "tags."


def check_tags(tags: Optional[Mapping[str, Any]], name: Optional[str]) -> Optional[Dict[str, str]]:
    """Return the tags asked for, with ``name`` as the Name tag; ``None`` where tags are not to be touched.

    :raises InputError: for reserved keys, lengths and numbers that EC2 refuses, and a Name tag that is not ``name``.
    """
    if name is not None and not 1 <= len(name) <= _MAX_VALUE:
        raise InputError("name", name, "a text of 1 to 256 characters")
    if tags is None:
        return None
    asked = tag_texts(tags)
    for key, value in asked.items():
        _check_tag(key, value)
    if name is not None and asked.setdefault("Name", name) != name:
        raise InputError("tags.Name", asked["Name"], f"the value of name, {name!r}, or no Name tag")
    if len(asked) > _MAX_TAGS:
        raise InputError("tags", f"{len(asked)} tags", "at most 50 tags")
    return asked


def tag_texts(tags: Mapping[str, Any]) -> Dict[str, str]:
    """Return tags as AWS knows them, as texts. YAML reads a plain 42 as a number; null is an empty text.

    :raises InputError: for a list or a dictionary.
    """
    for key, value in tags.items():
        if isinstance(value, (Mapping, list, tuple)):
            raise InputError(f"tags.{key}", value, "a text, a number or a boolean")
    return {str(key): "" if value is None else str(value) for key, value in tags.items()}


def _check_tag(key: str, value: str) -> None:
    if key.lower().startswith("aws:"):
        raise InputError("tags", key, "keys that do not begin with aws:, which is reserved for AWS")
    if key == REPLACED_TAG:
        raise InputError("tags", key, "any other key; this one marks a replacement at work")
    if not 1 <= len(key) <= _MAX_KEY:
        raise InputError("tags", key, "keys of 1 to 128 characters")
    if len(value) > _MAX_VALUE:
        raise InputError(f"tags.{key}", value, "values of at most 256 characters")


def tag_changes(
    flow_log: FlowLog, tags: Optional[Mapping[str, str]], purge: bool, name: Optional[str]
) -> Tuple[Tuple[Change, ...], Tuple[Change, ...]]:
    """Return what to set and what to remove; tags of AWS are never removed.

    :param tags: from :func:`check_tags`; ``None`` leaves the tags alone, but for the name.
    :param purge: whether tags not asked for are removed.
    :returns: changes by setting, changes by removing; each ordered by key.
    """
    desired = dict(tags) if tags is not None else ({} if name is None else {"Name": name})
    current = flow_log.user_tags
    to_set = tuple(
        Change(_FIELD + key, current.get(key), value)
        for key, value in sorted(desired.items())
        if current.get(key) != value
    )
    surplus: List[str] = sorted(set(current) - set(desired)) if purge and tags is not None else []
    if flow_log.marked_as_replaced:
        surplus.append(REPLACED_TAG)
    to_unset = tuple(Change(_FIELD + key, flow_log.tags[key], None) for key in surplus)
    return to_set, to_unset


def tags_after(
    flow_log: Optional[FlowLog], tags: Optional[Mapping[str, str]], purge: bool, name: Optional[str]
) -> Dict[str, str]:
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
