# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the result of a task says of itself. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def has_result(result: Mapping[str, Any] | None) -> bool:
    """Whether a task ran: it was reached, and it was not skipped."""
    return bool(result) and not (result or {}).get("skipped")


def has_failed(result: Mapping[str, Any]) -> bool:
    """Whether a task's result is a failure."""
    return bool(result.get("failed") or result.get("unreachable"))


def failure_text(result: Mapping[str, Any]) -> str:
    """Return why a task failed, in its own words."""
    return str(result.get("msg") or result.get("module_stderr") or "The task failed and did not say why.")
