# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a task ran, and whether it failed. PRIVATE to this collection.

The functions take the result of any module; see :class:`types.TaskResult` for the members.
"""

from __future__ import annotations

from collections.abc import Mapping


def has_result(result: Mapping[str, object] | None) -> bool:
    """Whether a task ran and was not skipped."""
    return bool(result) and not (result or {}).get("skipped")


def has_failed(result: Mapping[str, object]) -> bool:
    """Whether a task's result is a failure."""
    return bool(result.get("failed") or result.get("unreachable"))


def failure_text(result: Mapping[str, object]) -> str:
    """Return the error message of a task."""
    return str(result.get("msg") or result.get("module_stderr") or "The task failed and did not say why.")
