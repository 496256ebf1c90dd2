# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fake policy store for the tests of convergence. PRIVATE to these tests."""

from __future__ import annotations

from typing import Any
from typing import Callable
from typing import Dict
from typing import List
from typing import Optional

from botocore.exceptions import ClientError

from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import FlowLogsAWSError

Policy = Optional[Dict[str, Any]]


class PolicyStore:
    """A policy that other tools can change between calls; it records the calls.

    :param events: event right before a call, by the number of the call: reads and writes, from 0.
    """

    def __init__(self, policy: Policy, events: Optional[Dict[int, Callable[[Any], None]]] = None) -> None:
        self.policy = policy
        self.shown: List[Policy] = []
        self.calls: List[str] = []
        self.pauses: List[float] = []
        self._events = events or {}

    def _happens(self, call: str) -> None:
        event = self._events.get(len(self.calls))
        self.calls.append(call)
        if event:
            event(self)

    def read(self) -> Policy:
        """Return the policy, or an old one if the reading lags behind."""
        self._happens("read")
        return self.shown.pop(0) if self.shown else self.policy

    def write(self, policy: Policy) -> None:
        """Replace the policy."""
        self._happens("write")
        self.policy = policy


def puts(policy: Policy) -> Callable[[PolicyStore], None]:
    """Return an event: another tool writes a policy."""

    def event(store: PolicyStore) -> None:
        store.policy = policy

    return event


def refuses(operation: str, code: str) -> Callable[[PolicyStore], None]:
    """Return an event: AWS refuses the call."""

    def event(store: PolicyStore) -> None:
        cause = ClientError({"Error": {"Code": code, "Message": "No"}}, operation)
        raise FlowLogsAWSError(message="Failed to write the policy", exception=cause)

    return event
