# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies that the collection generates, for tests."""

from __future__ import annotations

from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.policies import permissions_policies


def permissions_policy(selection: Any, **scope: Any) -> dict[str, Any]:
    """Return the policy document for work that fits into one managed policy."""
    (document,) = permissions_policies(selection, **scope)
    return document
