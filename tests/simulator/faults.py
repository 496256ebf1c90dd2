# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand: rules that make chosen calls fail, return stale data, or race with another change.

A rule names an operation and may narrow it by account, region and a substring of the parameters. It skips its first
``after`` matches and then acts ``times`` times (None: until it is removed). The first rule that acts on a call
handles it, and later rules do not count it. If a rule skips a call, later rules can act on it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import fields
from typing import Any

from .requests import Call

ACTIONS = {
    "throttle": "refuse as AWS does above its rate limit",
    "server_error": "refuse with an internal error (status 500, or the one given)",
    "cut_before": "close the connection; nothing happened",
    "cut_after": "let the call take effect, then close the connection without an answer",
    "deny": "refuse because a permission is missing",
    "partial": "report the ids given in Unsuccessful; the rest proceeds (CreateFlowLogs, DeleteFlowLogs)",
    "undeliverable": "make flow logs whose delivery fails (CreateFlowLogs)",
    "stale": "answer a read as things stood before the last writes",
    "meet": "hold the call until as many as parties are held at a time, then let all take effect",
    "change_policy": "put a bucket or key policy in place as somebody else, before or after the call",
    "conflict": "refuse with 409 OperationAborted",
}
WHEN = ("before", "after")
#: Less than botocore's read timeout (60 seconds).
PATIENCE_SECONDS = 45


class InvalidRule(ValueError):
    """An invalid rule. The message names the field, its value, and the allowed values."""


@dataclass
class Rule:
    """One fault. ``hits`` and ``seen`` are counters; the test sets the rest."""

    operation: str
    action: str
    account: str | None = None
    region: str | None = None
    contains: str | None = None
    times: int | None = 1
    after: int = 0
    ids: list[str] = field(default_factory=list)
    code: str | None = None
    message: str | None = None
    status: int | None = None
    writes: int = 1
    parties: int = 2
    when: str = "before"
    bucket: str | None = None
    key: str | None = None
    policy: dict[str, Any] | None = None
    id: int = 0
    seen: int = 0
    hits: int = 0

    def matches(self, call: Call) -> bool:
        """Return whether this rule matches the call, without its counters."""
        if self.operation not in (call.operation, "*"):
            return False
        if self.account not in (None, call.account) or self.region not in (None, call.region):
            return False
        return self.contains is None or self.contains in json.dumps(call.parameters, sort_keys=True)

    def spent(self) -> bool:
        """Whether this rule has acted ``times`` times."""
        return self.times is not None and self.hits >= self.times

    def take(self) -> bool:
        """Count one matching call; return whether the rule acts on it."""
        self.seen += 1
        if self.seen <= self.after:
            return False
        self.hits += 1
        return True


_GIVEN = {item.name for item in fields(Rule)} - {"id", "seen", "hits"}


def parse_rule(raw: Mapping[str, Any]) -> Rule:
    """Return the rule for its JSON form.

    :raises InvalidRule: unknown or missing fields, or values that are not allowed.
    """
    unknown = sorted(set(raw) - _GIVEN)
    if unknown:
        raise InvalidRule(f"unknown field {', '.join(unknown)} in a fault; known are: {', '.join(sorted(_GIVEN))}")
    for name in ("operation", "action"):
        if not raw.get(name):
            raise InvalidRule(f"a fault needs {name}")
    rule = Rule(**raw)
    _check(rule)
    return rule


def _check(rule: Rule) -> None:
    if rule.action not in ACTIONS:
        raise InvalidRule(f"action is one of {', '.join(sorted(ACTIONS))}, not {rule.action!r}")
    if rule.when not in WHEN:
        raise InvalidRule(f"when is one of {', '.join(WHEN)}, not {rule.when!r}")
    if rule.action == "partial" and not rule.ids:
        raise InvalidRule("a partial failure needs ids")
    if rule.times is not None and rule.times < 1:
        raise InvalidRule(f"times is a count of at least 1, or null for every time, not {rule.times!r}")
    if rule.action == "stale" and rule.writes < 1:
        raise InvalidRule(f"writes is a count of at least 1, not {rule.writes!r}")
    if rule.action == "meet" and rule.parties < 2:
        raise InvalidRule(f"parties is a count of at least 2, not {rule.parties!r}")


class Faults:
    """The active rules, in order of addition."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []
        self._last_id = 0
        self._present = threading.local()
        self._meetings: dict[int, threading.Barrier] = {}

    def add(self, rule: Rule) -> int:
        """Add a rule; return its number for :meth:`remove`."""
        with self._lock:
            self._last_id += 1
            rule.id = self._last_id
            self._rules.append(rule)
            if rule.action == "meet":
                self._meetings[rule.id] = threading.Barrier(rule.parties)
            return rule.id

    def list(self) -> list[Rule]:
        """Return all rules, including spent ones."""
        with self._lock:
            return list(self._rules)

    def remove(self, rule_id: int) -> bool:
        """Remove one rule; return whether it existed."""
        with self._lock:
            before = len(self._rules)
            self._rules = [rule for rule in self._rules if rule.id != rule_id]
            return len(self._rules) < before

    def clear(self) -> None:
        """Remove all rules."""
        with self._lock:
            self._rules.clear()

    def take(self, call: Call) -> Rule | None:
        """Return the rule that acts on this call, with its counters updated, or None."""
        with self._lock:
            for rule in self._rules:
                if rule.matches(call) and not rule.spent() and rule.take():
                    return rule
        return None

    def meet(self, rule: Rule, patience: float = PATIENCE_SECONDS) -> bool:
        """Hold a call of a ``meet`` rule until the other parties arrive; return whether they did in time.

        :param patience: seconds. After a timeout later calls do not wait.
        """
        try:
            self._meetings[rule.id].wait(patience)
        except threading.BrokenBarrierError:
            return False
        return True

    def memory_of_writes(self) -> int:
        """Return how many writes the ``stale`` rules go back; 0 without such a rule."""
        with self._lock:
            return max((rule.writes for rule in self._rules if rule.action == "stale" and not rule.spent()), default=0)

    def begin(self, rule: Rule | None) -> None:
        """Store the rule that acts on the request of this thread."""
        self._present.rule = rule

    def partial_ids(self, call: Call | None = None) -> frozenset[str]:
        """Return the ids that the request of this thread must report in Unsuccessful.

        The flow log actions read this before they do anything, and skip these ids.
        """
        rule = getattr(self._present, "rule", None)
        return frozenset(rule.ids) if rule is not None and rule.action == "partial" else frozenset()

    def partial_error(self) -> tuple[str, str]:
        """Code and message for the items of :meth:`partial_ids`; ``"400"`` as in recorded CreateFlowLogs answers."""
        rule = getattr(self._present, "rule", None)
        code = rule.code if rule is not None and rule.code else "400"
        message = rule.message if rule is not None and rule.message else "An internal error occurred"
        return code, message

    def delivery_error(self) -> str | None:
        """Return the delivery error of flow logs that the current request creates, or None if they deliver.

        A flow log can exist and still fail to deliver, with "Access error" (VPC User Guide,
        flow-logs-troubleshooting).
        """
        rule = getattr(self._present, "rule", None)
        if rule is None or rule.action != "undeliverable":
            return None
        return rule.message or "Access error"


faults = Faults()
"""The one instance of this process."""


def partial_ids(call: Call | None = None) -> frozenset[str]:
    """:meth:`Faults.partial_ids` of this process."""
    return faults.partial_ids(call)


def partial_error() -> tuple[str, str]:
    """:meth:`Faults.partial_error` of this process."""
    return faults.partial_error()


def delivery_error() -> str | None:
    """:meth:`Faults.delivery_error` of this process."""
    return faults.delivery_error()
