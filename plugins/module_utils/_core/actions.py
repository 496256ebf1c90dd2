# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions, their changes, and errors, as changing modules return them. PRIVATE to this collection.

``changed``, the diff, the returned ``actions``, the drift report and the real run all use these values, so they cannot
disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypedDict

#: Every kind of action in the plans of this collection.
ACTION_KINDS = ("create", "replace", "delete", "tag", "untag", "create_bucket", "put_policy", "delete_policy")


class ChangeDict(TypedDict):
    """A :class:`Change` as modules return it."""

    field: str
    current: Any
    desired: Any


class _ActionDict(TypedDict):
    action: str
    target: str
    flow_log_id: str | None
    replaces: str | None
    changes: list[ChangeDict]
    reason: str
    gap: bool


class ActionDict(_ActionDict, total=False):
    """An :class:`Action` as modules return it."""

    gap_seconds: float


class UnsuccessfulDict(TypedDict):
    """An :class:`Unsuccessful` as modules return it."""

    target: str
    code: str
    message: str
    hint: str
    flow_log_id: str | None
    changes: list[ChangeDict]


@dataclass(frozen=True)
class Change:
    """A field that differs: its name, its current value and its desired value (``None``: absent)."""

    field: str
    current: Any
    desired: Any

    def to_dict(self) -> ChangeDict:
        """Return the change as modules return it."""
        return {"field": self.field, "current": self.current, "desired": self.desired}


@dataclass(frozen=True)
class Action:
    """One step from the current to the desired state.

    :param action: one of :data:`ACTION_KINDS`.
    :param target: id of the monitored resource, or ARN of the bucket or key whose policy changes.
    :param flow_log_id: id of the changed flow log; for ``create`` and ``replace`` of the new one, known only after the call.
    :param replaces: id of the flow log that a ``replace`` deletes.
    :param changes: fields that change.
    :param reason: one sentence.
    :param gap: whether the target is without this flow log for a moment.
    :param gap_seconds: length of the gap in seconds; known, and returned, only after the run.
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

    def to_dict(self) -> ActionDict:
        """Return the action as every changing module returns it in ``actions``."""
        returned: ActionDict = {
            "action": self.action,
            "target": self.target,
            "flow_log_id": self.flow_log_id,
            "replaces": self.replaces,
            "changes": [change.to_dict() for change in self.changes],
            "reason": self.reason,
            "gap": self.gap,
        }
        if self.gap_seconds is not None:
            returned["gap_seconds"] = self.gap_seconds
        return returned


@dataclass(frozen=True)
class Unsuccessful:
    """An error for one target.

    :param target: id of the monitored resource, or ARN of the bucket or key.
    :param code: error code of AWS or of this collection.
    :param message: AWS's message, or why the collection does nothing.
    :param hint: how to fix it; ``""`` if the message is enough.
    :param flow_log_id: id of the flow log, if there is one.
    :param changes: the differences that remain because of the error.
    """

    target: str
    code: str
    message: str
    hint: str = ""
    flow_log_id: str | None = None
    changes: tuple[Change, ...] = ()

    def to_dict(self) -> UnsuccessfulDict:
        """Return the error as every changing module returns it in ``unsuccessful``."""
        return {
            "target": self.target,
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "flow_log_id": self.flow_log_id,
            "changes": [change.to_dict() for change in self.changes],
        }


def failure_message(doing: str, unsuccessful: Iterable[Unsuccessful], shown: int = 3) -> str:
    """Return the message of a task that failed for some targets.

    :param doing: what the task does, for example ``publish flow logs to arn:aws:s3:::logs``.
    :param unsuccessful: the errors; at least one.
    :param shown: how many of them the message lists.
    """
    items = list(unsuccessful)
    parts = [f"{item.target}: {item.message} ({item.code})" + (f" {item.hint}" if item.hint else "") for item in items]
    text = f"Failed to {doing} for {len(items)} of its targets. " + " | ".join(parts[:shown])
    if len(items) > shown:
        text += f" | and {len(items) - shown} more, see 'unsuccessful'"
    return text
