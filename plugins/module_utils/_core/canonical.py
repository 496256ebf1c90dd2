# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes plain data comparable. PRIVATE to this collection."""

from __future__ import annotations

import json
from typing import Any


def canonical(value: Any) -> str:
    """Return a value as JSON text; equal values have equal texts, regardless of the order of keys."""
    return json.dumps(value, sort_keys=True, default=str, separators=(",", ":"))
