# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the variables of hosts, each rendered with the variables of its own host. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from .._publication.host_variables import FACTS_READ, VARIABLES, HostVariables
from .._publication.misspelt_variables import misspelt_variables
from .._stages.task import Connection


def read_hosts(names: Iterable[str], hostvars: Mapping[str, Any], state: str | None = None) -> list[HostVariables]:
    """Return what hosts say.

    :param state: takes the place of ``flow_log_state`` of every host.
    """
    return [_host(name, hostvars[name], {} if state is None else {"flow_log_state": state}) for name in names]


def _host(name: str, variables: Mapping[str, Any], instead: Mapping[str, Any]) -> HostVariables:
    rendered: dict[str, Any] = {}
    unreadable: dict[str, str] = {}
    for variable in VARIABLES + FACTS_READ:
        if variable in variables:
            _render(variables, variable, rendered, unreadable)
    groups = variables.get("group_names") or ()
    return HostVariables(name, {**rendered, **instead}, tuple(groups), unreadable, misspelt_variables(variables))


def _render(variables: Mapping[str, Any], name: str, rendered: dict[str, Any], unreadable: dict[str, str]) -> None:
    # A template can fail in every way that its filters and lookups can; the host is invalid then, not the run.
    try:
        rendered[name] = plain(variables[name])
    except Exception as error:  # pylint: disable=broad-except
        unreadable[name] = type(error).__name__


def plain(value: Any) -> Any:
    """Return a value of a host rendered through and through, as plain data.

    Since ansible-core 2.19 what is in a variable of another host is rendered only when somebody looks at it, which may then be
    a task of another host, with that host's variables.
    """
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return str.__str__(value)
    # To make a text of what is undefined is an error, and of what is encrypted is to decrypt it.
    return value if value is None or isinstance(value, (int, float, date)) else str(value)


def connection_of(host: str, hostvars: Mapping[str, Any], *names: str) -> Connection:
    """Return the connection options of a host: what the first of these variables holds that it has.

    What they are is read anew each time and kept nowhere, as they may be secret.
    """
    variables = hostvars[host]
    try:
        given: Any = next((plain(variables[name]) for name in names if variables.get(name) is not None), {})
    except Exception as error:  # pylint: disable=broad-except
        return Connection(problem=f"{', '.join(names)} of host {host} cannot be read: {type(error).__name__}")
    return Connection(given)
