# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand: rules that make chosen calls fail, lie, or meet somebody else's change.

A rule names an operation and may narrow it by account, region and a substring of the parameters. It skips its first
``after`` matches and then acts ``times`` times (None: until it is removed). For each call the first rule that acts
gets it; the rules behind it do not see that call. A rule that skips a call leaves it to those behind it.
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
#: Less than botocore waits for an answer (60 seconds).
PATIENCE_SECONDS = 45


class InvalidRule(ValueError):
    """A rule that makes no sense. The message names the field, its value, and what is allowed."""


@dataclass
class Rule:
    """One fault. ``hits`` and ``seen`` count; the rest is as the test gave it."""

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
        """Whether this rule speaks of the call, disregarding its counters."""
        if self.operation not in (call.operation, "*"):
            return False
        if self.account not in (None, call.account) or self.region not in (None, call.region):
            return False
        return self.contains is None or self.contains in json.dumps(call.parameters, sort_keys=True)

    def spent(self) -> bool:
        """Whether this rule has acted as often as it may."""
        return self.times is not None and self.hits >= self.times

    def take(self) -> bool:
        """Count one matching call; tell whether the rule acts on it."""
        self.seen += 1
        if self.seen <= self.after:
            return False
        self.hits += 1
        return True


_GIVEN = {item.name for item in fields(Rule)} - {"id", "seen", "hits"}


def parse_rule(raw: Mapping[str, Any]) -> Rule:
    """A rule from its JSON form.

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
    """The rules in force, in the order they were added."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []
        self._last_id = 0
        self._present = threading.local()
        self._meetings: dict[int, threading.Barrier] = {}

    def add(self, rule: Rule) -> int:
        """Put a rule in force; its number, for :meth:`remove`."""
        with self._lock:
            self._last_id += 1
            rule.id = self._last_id
            self._rules.append(rule)
            if rule.action == "meet":
                self._meetings[rule.id] = threading.Barrier(rule.parties)
            return rule.id

    def list(self) -> list[Rule]:
        """All rules, spent ones too."""
        with self._lock:
            return list(self._rules)

    def remove(self, rule_id: int) -> bool:
        """Take one rule out of force; whether it was there."""
        with self._lock:
            before = len(self._rules)
            self._rules = [rule for rule in self._rules if rule.id != rule_id]
            return len(self._rules) < before

    def clear(self) -> None:
        """Take every rule out of force."""
        with self._lock:
            self._rules.clear()

    def take(self, call: Call) -> Rule | None:
        """The rule that acts on this call, its counters moved on; None for most calls."""
        with self._lock:
            for rule in self._rules:
                if rule.matches(call) and not rule.spent() and rule.take():
                    return rule
        return None

    def meet(self, rule: Rule, patience: float = PATIENCE_SECONDS) -> bool:
        """Hold a call that a rule ``meet`` acts on until the others are there; whether they came in time.

        :param patience: seconds. Once they are over nobody who comes later waits.
        """
        try:
            self._meetings[rule.id].wait(patience)
        except threading.BrokenBarrierError:
            return False
        return True

    def memory_of_writes(self) -> int:
        """How many writes back the rules in force want reads to look; 0 without a rule about stale reads."""
        with self._lock:
            return max((rule.writes for rule in self._rules if rule.action == "stale" and not rule.spent()), default=0)

    def begin(self, rule: Rule | None) -> None:
        """Remember the rule that acts on the request this thread handles."""
        self._present.rule = rule

    def partial_ids(self, call: Call | None = None) -> frozenset[str]:
        """The ids that must come back in Unsuccessful from the request this thread handles.

        The flow log actions ask this before they do anything; the ids named are to be left alone.
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
        """What the flow logs that the present request makes report as their delivery error; None if they deliver.

        A flow log can be made and still fail to deliver, with "Access error" (VPC User Guide,
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
