# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How often a call is tried, the same for every client of this collection. PRIVATE to this collection."""

from __future__ import annotations

from typing import Any

#: Configuration of a client: a call and at most 8 retries. botocore's own retries are the only layer: they honor every
#: throttling code, never repeat a permanent error, and share a quota among the calls of a client, so that a call takes
#: about a minute at most.
BOUNDED_RETRIES: dict[str, Any] = {"retries": {"mode": "standard", "max_attempts": 8}}
