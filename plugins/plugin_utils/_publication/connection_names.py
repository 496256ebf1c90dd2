# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The profile and the role that connection options name. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def names_in(connection: Any) -> dict[str, str]:
    """Return the profile and the role that connection options name; keys are left out."""
    given = connection if isinstance(connection, Mapping) else {}
    options = {
        "profile": given.get("profile") or given.get("aws_profile"),
        "assume_role_arn": given.get("assume_role_arn"),
    }
    return {name: str(value) for name, value in options.items() if value}
