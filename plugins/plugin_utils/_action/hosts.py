# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the variables of hosts, rendered. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from .._publication.host_variables import FACTS_READ, VARIABLES, HostVariables
from .._publication.misspelt_variables import misspelt_variables
from .._publication.types import ConnectionOptions
from .._stages.task import Connection

#: ``hostvars`` of Ansible: the variables of each host by its name. They are rendered when they are read.
HostVars = Mapping[str, Mapping[str, Any]]


def read_hosts(names: Iterable[str], hostvars: HostVars, state: str | None = None) -> list[HostVariables]:
    """Return the variables of hosts.

    :param state: replaces ``flow_log_state`` of every host.
    """
    return [_host(name, hostvars[name], {} if state is None else {"flow_log_state": state}) for name in names]


def _host(name: str, variables: Mapping[str, Any], overrides: Mapping[str, object]) -> HostVariables:
    rendered: dict[str, object] = {}
    unreadable: dict[str, str] = {}
    for variable in VARIABLES + FACTS_READ:
        if variable in variables:
            _render(variables, variable, rendered, unreadable)
    groups = variables.get("group_names") or ()
    return HostVariables(name, {**rendered, **overrides}, tuple(groups), unreadable, misspelt_variables(variables))


def _render(variables: Mapping[str, Any], name: str, rendered: dict[str, object], unreadable: dict[str, str]) -> None:
    # Filters and lookups of a template can raise anything. That makes the host invalid, but does not end the run.
    try:
        rendered[name] = plain(variables[name])
    except Exception as error:  # pylint: disable=broad-except
        unreadable[name] = type(error).__name__


def plain(value: Any) -> Any:
    """Return a value as plain data, with everything in it rendered.

    Since ansible-core 2.19 a value inside a variable is rendered only when it is read. A task of another host would
    then render it with the variables of that host.
    """
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return str.__str__(value)
    # str() raises an error for an undefined value, and decrypts an encrypted one.
    return value if value is None or isinstance(value, (int, float, date)) else str(value)


def connection_of(host: str, hostvars: HostVars, *names: str) -> Connection:
    """Return the connection options in the first of these variables that the host sets.

    The options may be secret, so they are read again each time and never stored.
    """
    variables = hostvars[host]
    try:
        given: ConnectionOptions = next(
            (plain(variables[name]) for name in names if variables.get(name) is not None), {}
        )
    except Exception as error:  # pylint: disable=broad-except
        return Connection(problem=f"{', '.join(names)} of host {host} cannot be read: {type(error).__name__}")
    return Connection(given)
