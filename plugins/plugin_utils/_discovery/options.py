# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the inventory plugin that say what to find and how to call it. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.ec2_filters import filter_texts
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError

#: What of an instance can be a target.
INSTANCE_TYPES = ("NetworkInterface", "Subnet", "VPC")
_INSTANCE_KEYS = {"group", "as"}


def filters_by_type(
    types: Sequence[str], filters: Mapping[str, Any] | None, tags: Mapping[str, Any] | None
) -> dict[str, dict[str, list[str]]]:
    """Return the filters of each type, those for tags among them.

    :param filters: type -> name of a filter -> value or values.
    :param tags: key -> value or values; ``*`` stands for any.
    :raises InputError: for filters of a type that is not looked for: they would have no effect.
    """
    given = filters or {}
    for name, content in given.items():
        if name not in types:
            raise InputError("filters", name, f"types that the option types names: {', '.join(types)}")
        if not isinstance(content, Mapping):
            raise InputError(f"filters.{name}", content, "a dictionary of filters of EC2")
    by_tag = {f"tag:{key}": filter_texts(f"tags.{key}", value) for key, value in (tags or {}).items()}
    merged = {
        name: {
            **by_tag,
            **{key: filter_texts(f"filters.{name}.{key}", value) for key, value in given.get(name, {}).items()},
        }
        for name in types
    }
    return {name: content for name, content in merged.items() if content}


def instance_choice(instances: Any, types: Sequence[str]) -> dict[str, str] | None:
    """Return the option ``instances`` with its defaults, or ``None`` where it is not used.

    :raises InputError: for unknown members, or a type that cannot be or is not looked for.
    """
    if not instances:
        return None
    if not isinstance(instances, Mapping) or not set(instances) <= _INSTANCE_KEYS:
        raise InputError("instances", instances, "a dictionary with group and as")
    kind = instances.get("as")
    allowed = [name for name in INSTANCE_TYPES if name in types]
    if kind not in allowed:
        raise InputError("instances.as", kind, f"{', '.join(INSTANCE_TYPES)}, and among types")
    return {"group": str(instances.get("group") or "aws_ec2"), "as": str(kind)}


def name_preferences(hostnames: Sequence[str]) -> list[str]:
    """Return where names come from.

    :raises InputError: for anything but ``resource_id`` and ``tag:KEY``.
    """
    for preference in hostnames:
        if preference != "resource_id" and not (preference.startswith("tag:") and len(preference) > len("tag:")):
            raise InputError("hostnames", preference, "resource_id, or tag: with the key of a tag")
    return list(hostnames)
