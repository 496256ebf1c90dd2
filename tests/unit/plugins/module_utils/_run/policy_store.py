# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A policy as somewhere in AWS, for the tests of converging. PRIVATE to these tests."""

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
    """A policy, what happens to it at which call, and what was done to it.

    :param events: number of a call, reads and writes alike, from 0 -> what happens right before it.
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
        """Return the policy, or what a reading that lags shows."""
        self._happens("read")
        return self.shown.pop(0) if self.shown else self.policy

    def write(self, policy: Policy) -> None:
        """Replace the policy."""
        self._happens("write")
        self.policy = policy


def puts(policy: Policy) -> Callable[[PolicyStore], None]:
    """Somebody else writes a policy."""

    def event(store: PolicyStore) -> None:
        store.policy = policy

    return event


def refuses(operation: str, code: str) -> Callable[[PolicyStore], None]:
    """AWS refuses the call."""

    def event(store: PolicyStore) -> None:
        cause = ClientError({"Error": {"Code": code, "Message": "No"}}, operation)
        raise FlowLogsAWSError(message="Failed to write the policy", exception=cause)

    return event
