# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters and pages of DescribeFlowLogs. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

from ..globs import compiled
from ..globs import literal
from .rules import MAX_FILTER_VALUES
from .rules import MAX_FILTERS
from .rules import invalid
from .store import Store

_MEMBERS = {
    "deliver-log-status": "DeliverLogsStatus",
    "flow-log-id": "FlowLogId",
    "log-destination-type": "LogDestinationType",
    "log-group-name": "LogGroupName",
    "resource-id": "ResourceId",
    "traffic-type": "TrafficType",
}
"""EC2 API DescribeFlowLogs, Filter.N; there is none for destination, format or interval."""

PAGE = 1000
"""Items of a page when MaxResults is not given."""

Tags = dict[str, str]


def check_filters(filters: dict[str, list[str]]) -> None:
    """Refuse too many filters or values, and names that do not exist.

    :raises EC2ClientError: FilterLimitExceeded (EC2 API error codes) or InvalidParameterValue.
    """
    if len(filters) > MAX_FILTERS:
        raise invalid(f"The maximum number of filters is {MAX_FILTERS}", "FilterLimitExceeded")
    for name, values in filters.items():
        if name not in _MEMBERS and name != "tag-key" and not name.startswith("tag:"):
            raise invalid(f"The filter '{name}' is invalid", "InvalidParameterValue")
        if len(values) > MAX_FILTER_VALUES:
            raise invalid(f"The maximum number of filter values is {MAX_FILTER_VALUES}", "FilterLimitExceeded")


def matcher(values: list[str]) -> Callable[[str | None], bool]:
    """Return a test for a value: ``*`` and ``?`` are wildcards unless escaped (EC2 User Guide, Using_Filtering)."""
    plain = {value for value in values if not re.search(r"[*?\\]", value)}
    patterns = [compiled(_pattern(value)) for value in values if value not in plain]
    return lambda given: given is not None and (given in plain or any(item.fullmatch(given) for item in patterns))


def _pattern(value: str) -> str:
    parts = re.findall(r"\\.|[*?]|.", value, re.S)
    return "".join(part if part in "*?" else literal(part[-1]) for part in parts)


def select(store: Store, filters: dict[str, list[str]], tags_of: Callable[[str], Tags]) -> list[dict[str, Any]]:
    """Return the flow logs that match every filter, in order of creation."""
    exact = filters.get("resource-id")
    if exact and not any(re.search(r"[*?\\]", value) for value in exact):
        found = list(store.of_resources(exact))
    else:
        found = list(store.by_id.values())
    for name, values in filters.items():
        matches = matcher(values)
        if name == "tag-key":
            found = [item for item in found if any(matches(key) for key in tags_of(item["FlowLogId"]))]
        elif name.startswith("tag:"):
            found = [item for item in found if matches(tags_of(item["FlowLogId"]).get(name[4:]))]
        else:
            found = [item for item in found if matches(item.get(_MEMBERS[name]))]
    return found


def page_of(
    store: Store, found: list[dict[str, Any]], token: str | None, size: int | None
) -> tuple[list[dict[str, Any]], str | None]:
    """Return one page and the token of the next one. A token names the last flow log, so deletions skip none.

    :raises EC2ClientError: for an unknown token.
    """
    if token is not None:
        after = _position(token)
        found = [item for item in found if store.sequence[item["FlowLogId"]] > after]
    page = found[: size or PAGE]
    if len(found) <= len(page):
        return page, None
    last = store.sequence[page[-1]["FlowLogId"]]
    return page, base64.urlsafe_b64encode(f"after:{last}".encode()).decode()


def _position(token: str) -> int:
    try:
        kind, _sep, position = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
        if kind == "after":
            return int(position)
    except ValueError:
        pass
    raise invalid("The token is invalid", "InvalidNextToken")
