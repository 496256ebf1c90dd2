# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that several modules have for the sources and folders of log delivery. PRIVATE to this collection."""

from __future__ import annotations

from typing import Any

_KEY_GRANT: dict[str, Any] = dict(
    account_id=dict(type="str"),
    regions=dict(type="list", elements="str"),
)
_BUCKET_GRANT: dict[str, Any] = dict(
    **_KEY_GRANT,
    prefix=dict(type="str"),
    layouts=dict(type="list", elements="str"),
)


def _source_options(grant: dict[str, Any]) -> dict[str, Any]:
    return dict(
        account_ids=dict(type="list", elements="str"),
        regions=dict(type="list", elements="str"),
        organization_id=dict(type="str"),
        grants=dict(type="list", elements="dict", options=grant),
    )


#: Options for the sources that may use a KMS key.
KEY_SOURCE_OPTIONS = _source_options(_KEY_GRANT)
#: Options for the sources that may write to a bucket, and for the statements of its policy.
BUCKET_DELIVERY_OPTIONS: dict[str, Any] = dict(
    **_source_options(_BUCKET_GRANT),
    prefixes=dict(type="list", elements="str"),
    layouts=dict(type="list", elements="str", choices=["plain", "hive"]),
    acl_condition=dict(
        type="str", choices=["string_equals", "string_equals_if_exists", "none"], default="string_equals"
    ),
    source_conditions=dict(type="bool", default=True),
    expected_bucket_owner=dict(type="str"),
)
