# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists keys of a bucket. PRIVATE to this collection."""

from __future__ import annotations

from typing import Any, NamedTuple

from .errors import FlowLogsErrorHandler

# Maximum number of keys in an answer (S3 API ListObjectsV2).
_PAGE = 1000


class Keys(NamedTuple):
    """Keys in order, and whether the list is complete."""

    keys: list[str]
    complete: bool


@FlowLogsErrorHandler.common_error_handler("list the objects of {bucket}")
def list_keys(client: Any, bucket: str, prefix: str, start_after: str, pages: int) -> Keys:
    """Return the keys that begin with ``prefix`` and come after ``start_after`` (S3 API ListObjectsV2).

    :param pages: maximum number of calls, each for up to 1,000 keys.
    """
    paginator = client.get_paginator("list_objects_v2")
    limit = {"MaxItems": pages * _PAGE, "PageSize": _PAGE}
    found = paginator.paginate(Bucket=bucket, Prefix=prefix, StartAfter=start_after, PaginationConfig=limit)
    keys = [item["Key"] for page in found for item in page.get("Contents", ())]
    return Keys(keys, found.resume_token is None)
