# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the options of the inventory plugin that select resources and name hosts. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ansible_collections.flowlogs.aws.plugins.module_utils._core.ec2_filters import filter_texts
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError

#: Resources of an instance that can be targets.
INSTANCE_TYPES = ("NetworkInterface", "Subnet", "VPC")
_INSTANCE_KEYS = {"group", "as"}


def filters_by_type(
    types: Sequence[str], filters: Mapping[str, object] | None, tags: Mapping[str, object] | None
) -> dict[str, dict[str, list[str]]]:
    """Return the EC2 filters of each type, including those for tags.

    :param filters: type -> name of a filter -> value or values.
    :param tags: key -> value or values; ``*`` matches any value.
    :raises InputError: for filters of a type that is not in ``types``: they would have no effect.
    """
    by_type: dict[str, Mapping[str, object]] = {}
    for name, content in (filters or {}).items():
        if name not in types:
            raise InputError("filters", name, f"types that the option types names: {', '.join(types)}")
        if not isinstance(content, Mapping):
            raise InputError(f"filters.{name}", content, "a dictionary of filters of EC2")
        by_type[name] = content
    by_tag = {f"tag:{key}": filter_texts(f"tags.{key}", value) for key, value in (tags or {}).items()}
    merged = {
        name: {
            **by_tag,
            **{key: filter_texts(f"filters.{name}.{key}", value) for key, value in by_type.get(name, {}).items()},
        }
        for name in types
    }
    return {name: content for name, content in merged.items() if content}


def instance_choice(instances: object, types: Sequence[str]) -> dict[str, str] | None:
    """Return the option ``instances`` with its defaults, or ``None`` if it is not set.

    :raises InputError: for unknown keys, or a type that is not allowed or not in ``types``.
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
    """Return the option ``hostnames``: the sources of host names, the best first.

    :raises InputError: for anything but ``resource_id`` and ``tag:KEY``.
    """
    for preference in hostnames:
        if preference != "resource_id" and not (preference.startswith("tag:") and len(preference) > len("tag:")):
            raise InputError("hostnames", preference, "resource_id, or tag: with the key of a tag")
    return list(hostnames)
