# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds the profile and the role in connection options. PRIVATE to this collection."""

from __future__ import annotations

from .types import ConnectionOptions


def names_in(connection: ConnectionOptions | None) -> dict[str, str]:
    """Return ``profile`` and ``assume_role_arn`` of connection options, but no access keys."""
    given = connection or {}
    options = {
        "profile": given.get("profile") or given.get("aws_profile"),
        "assume_role_arn": given.get("assume_role_arn"),
    }
    return {name: str(value) for name, value in options.items() if value}
