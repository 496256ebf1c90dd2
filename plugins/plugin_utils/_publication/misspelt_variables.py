# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds misspelt variables of the inventory and of the roles. PRIVATE to this collection."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from functools import lru_cache

from .host_variables import PREFIX, RUN_VARIABLES, VARIABLES

#: Options of each role, by the prefix of its variables, as in its argument specs.
ROLE_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "publish_to_s3_": (
        "resource_ids",
        "destination",
        "region",
        "aws",
        "expected_account_id",
        "state",
        "resource_type",
        "traffic_type",
        "max_aggregation_interval",
        "log_format",
        "destination_options",
        "tag_field_specifications",
        "name",
        "tags",
        "purge_tags",
        "replace",
        "allow_gap",
        "purge",
        "adopt_named",
        "wait_timeout",
        "return_flow_logs",
        "bucket_region",
        "bucket_aws",
        "key_aws",
        "create_bucket",
        "bucket_encryption",
        "bucket_tags",
        "manage_key_policy",
        "check_destination",
        "require_deliverable",
        "prefixes",
        "account_ids",
        "regions",
        "grants",
        "organization_id",
        "acl_condition",
        "source_conditions",
        "layouts",
        "expected_bucket_owner",
        "permission_principals",
        "permission_policy",
        "permission_policy_name",
        "permission_account_id",
        "permission_partition",
        "manage_bucket_policy",
        "permission_state",
        "strict",
    ),
    "drift_report_": (
        "findings",
        "directory",
        "formats",
        "fail_on",
        "severities",
        "time",
        "keep_dated",
        "baseline",
        "previous",
        "history",
        "history_length",
        "strict",
    ),
}
_KNOWN: Mapping[str, tuple[str, ...]] = {
    PREFIX: VARIABLES + RUN_VARIABLES,
    **{prefix: tuple(prefix + name for name in names) for prefix, names in ROLE_OPTIONS.items()},
}
#: Similarity above which an unknown name counts as a typo.
_SIMILAR = 0.9


def misspelt_variables(names: Iterable[str], prefix: str = PREFIX) -> dict[str, str]:
    """Return unknown names that are similar to a variable, with the variable that was probably meant.

    An unknown variable has no effect, so the target silently gets the default.

    :param prefix: prefix of the inventory variables, or of the variables of a role in :data:`ROLE_OPTIONS`.
    """
    similar = {name: _similar_variable(name, prefix) for name in names if name.startswith(prefix)}
    return {name: variable for name, variable in similar.items() if variable is not None}


# Most hosts of an inventory set the same variables, and a comparison takes half a millisecond.
@lru_cache(maxsize=None)
def _similar_variable(name: str, prefix: str) -> str | None:
    known = _KNOWN[prefix]
    similar = [] if name in known else difflib.get_close_matches(name, known, n=1, cutoff=_SIMILAR)
    return similar[0] if similar else None


def note_of(name: str, meant: str) -> str:
    """Return the warning about a misspelt variable.

    :param name: the variable, and where it is set if known.
    :param meant: the variable that was probably meant.
    """
    return f"{name} has no effect. Did you mean {meant}?"
