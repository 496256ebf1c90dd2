# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters of this collection. A YAML file in this folder documents each."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Callable

import ansible.template
from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import resource_ids_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.identifiers import partition_of_region
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.policies import permissions_policies
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.misspelt_variables import (
    misspelt_variables,
    note_of,
)

if hasattr(ansible.template, "trust_as_template"):

    # Since ansible-core 2.19, a value is a template only if it is marked as trusted.
    def inert(value: Any) -> Any:
        """Return the value unchanged."""
        return value

else:  # ansible-core 2.17 and 2.18
    from ansible.utils.unsafe_proxy import wrap_var as inert  # type: ignore[no-redef]


def flow_log_misspelt(names: Iterable[str], prefix: str) -> list[str]:
    """Return notes about misspelt variables of a role, and show them as warnings; see flow_log_misspelt.yml."""
    notes = [note_of(name, meant) for name, meant in sorted(misspelt_variables(names, prefix).items())]
    for note in notes:
        Display().warning(note)
    return notes


def flow_log_partition(region: str | None) -> str:
    """Return the partition of a Region; see flow_log_partition.yml."""
    return partition_of_region(region or "")


def flow_log_permissions_policies(
    operations: str | Sequence[str], attached: str = "managed", **options: Any
) -> list[dict[str, Any]]:
    """Return least-privilege policy documents for operations; see flow_log_permissions_policies.yml."""
    return permissions_policies(operations, attached, **options)


def flow_log_resource_ids(items: Sequence[str | Mapping[str, Any]]) -> list[str]:
    """Return the ids of resources; see flow_log_resource_ids.yml."""
    return resource_ids_of(items)


def _as_filter(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def filter_plugin(*args: Any, **kwargs: Any) -> Any:
        try:
            return inert(function(*args, **kwargs))
        except InputError as error:
            raise AnsibleFilterError(f"{function.__name__}: {error}") from error

    return filter_plugin


class FilterModule:
    """Filters of flowlogs.aws."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        functions = (flow_log_misspelt, flow_log_partition, flow_log_permissions_policies, flow_log_resource_ids)
        return {function.__name__: _as_filter(function) for function in functions}
