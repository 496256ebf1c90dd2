# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Retries of AWS calls, the same for every client of this collection. PRIVATE to this collection."""

from __future__ import annotations

from typing import Any

#: Configuration of a client: a call and at most 8 retries. Only botocore retries calls. It knows every throttling code,
#: never repeats a permanent error, and limits retries by a quota per client, so that a call takes at most about a minute.
BOUNDED_RETRIES: dict[str, Any] = {"retries": {"mode": "standard", "max_attempts": 8}}
