# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run does, said once: actions, their changes, and what could not be done. PRIVATE to this collection.

``changed``, the diff, the returned ``actions``, the drift report and the real run are all made from these
values, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

#: Every kind of action that a plan of this collection can hold.
ACTION_KINDS = ("create", "replace", "delete", "tag", "untag", "create_bucket", "put_policy", "delete_policy")


@dataclass(frozen=True)
class Change:
    """One field that differs: its name, what it is, and what it should be (``None``: absent)."""

    field: str
    current: Any
    desired: Any

    def to_dict(self) -> dict[str, Any]:
        """Return the change as modules return it: ``{field, current, desired}``."""
        return {"field": self.field, "current": self.current, "desired": self.desired}


@dataclass(frozen=True)
class Action:
    """One step from what is to what should be.

    :param action: one of :data:`ACTION_KINDS`.
    :param target: id of the monitored resource, or ARN of the bucket or key whose policy changes.
    :param flow_log_id: the flow log acted on; for ``create`` and ``replace`` the new one, known after the call only.
    :param replaces: id of the flow log that a ``replace`` removes.
    :param changes: field by field, current and desired.
    :param reason: one sentence for people.
    :param gap: whether the target is without this flow log for a moment.
    :param gap_seconds: for how long it was, in seconds; known after the run only, and returned only then.
    """

    action: str
    target: str
    flow_log_id: str | None = None
    replaces: str | None = None
    changes: tuple[Change, ...] = ()
    reason: str = ""
    gap: bool = False
    gap_seconds: float | None = None

    def __post_init__(self) -> None:
        if self.action not in ACTION_KINDS:
            raise ValueError(f"unknown action {self.action!r}")

    def to_dict(self) -> dict[str, Any]:
        """Return the action as every changing module returns it in ``actions``."""
        returned = {
            "action": self.action,
            "target": self.target,
            "flow_log_id": self.flow_log_id,
            "replaces": self.replaces,
            "changes": [change.to_dict() for change in self.changes],
            "reason": self.reason,
            "gap": self.gap,
        }
        return returned if self.gap_seconds is None else {**returned, "gap_seconds": self.gap_seconds}


@dataclass(frozen=True)
class Unsuccessful:
    """Something that could not be done: to what, what AWS answered, and how to fix it.

    :param flow_log_id: the flow log concerned, where there is one.
    :param changes: the differences that therefore remain.
    """

    target: str
    code: str
    message: str
    hint: str = ""
    flow_log_id: str | None = None
    changes: tuple[Change, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as every changing module returns it in ``unsuccessful``."""
        return {
            "target": self.target,
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "flow_log_id": self.flow_log_id,
            "changes": [change.to_dict() for change in self.changes],
        }


def failure_message(doing: str, unsuccessful: Iterable[Unsuccessful], shown: int = 3) -> str:
    """Return one readable sentence for a task that did not succeed everywhere.

    :param doing: what was being done, for example ``publish flow logs to arn:aws:s3:::logs``.
    :param unsuccessful: what failed; at least one.
    :param shown: how many of them are spelt out.
    """
    items = list(unsuccessful)
    parts = [f"{item.target}: {item.message} ({item.code})" + (f" {item.hint}" if item.hint else "") for item in items]
    text = f"Failed to {doing} for {len(items)} of its targets. " + " | ".join(parts[:shown])
    if len(items) > shown:
        text += f" | and {len(items) - shown} more, see 'unsuccessful'"
    return text
