# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The call log: the calls in order, with their parameters and results."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from .requests import Call


class CallLog:
    """An append-only list of calls that may be read and cleared at any time from any thread.

    Each entry is a dict: ``seq`` (counts from 1, never reused until cleared), ``account``, ``region``, ``service``,
    ``operation``, ``parameters``, ``write`` (whether it can change something), ``status`` (HTTP status, None when the
    connection was cut before the effect), ``error_code`` (None on success), ``fault`` (the action of the fault that
    hit this call, or None).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[dict[str, Any]] = []

    def append(self, call: Call, status: int | None, error_code: str | None, fault: str | None) -> None:
        """Add one call with its result."""
        with self._lock:
            self._entries.append(
                {
                    "seq": len(self._entries) + 1,
                    "account": call.account,
                    "region": call.region,
                    "service": call.service,
                    "operation": call.operation,
                    "parameters": call.parameters,
                    "write": call.write,
                    "status": status,
                    "error_code": error_code,
                    "fault": fault,
                }
            )

    def list(self, where: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Return the entries with these field values, oldest first."""
        with self._lock:
            entries = list(self._entries)
        wanted = dict(where or {})
        return [entry for entry in entries if all(entry[key] == value for key, value in wanted.items())]

    def clear(self) -> None:
        """Remove all calls."""
        with self._lock:
            self._entries.clear()
