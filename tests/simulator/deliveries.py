# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulates deliveries: each flow log tries one, and then reports its status.

A new flow log reports SUCCESS before the first delivery (recorded 2024-09-24). One whose delivery fails becomes FAILED
with "Access error" while it stays ACTIVE (awslabs/landing-zone-accelerator-on-aws issue 1205), and SUCCESS again when
it delivers. Without traffic nothing is written and the status stays (VPC User Guide, flow-logs-troubleshooting: "There
has been no traffic recorded"). The creation time of a flow log does not matter: the test gives the time of a delivery.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from datetime import timezone
from typing import Any

from moto.s3.models import s3_backends
from moto.utilities.utils import get_partition

from . import buckets
from . import delivered_objects
from .bucket_facts import verdict_of
from .flow_logs.request_checks import split_destination
from .flow_logs.store import Store
from .flow_logs.store import every_store
from .switches import switches
from .verdicts import Source
from .verdicts import Verdict

ERROR = "Access error"

_first_owners: dict[str, str] = {}
"""The owner of the bucket at the first delivery of a flow log, by flow log id."""


@dataclass
class Outcome:
    """The result of one round of deliveries: number of objects, and reason of each failure by flow log id."""

    objects: int = 0
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Round:
    """One round: its time, and a cache of verdicts, since thousands of flow logs share a source."""

    at: datetime
    decided: dict[tuple[str, Source], Verdict] = field(default_factory=dict)

    def verdict(self, bucket: str, source: Source) -> Verdict:
        """Return the verdict on a source's deliveries to a bucket."""
        if (bucket, source) not in self.decided:
            self.decided[bucket, source] = verdict_of(bucket, source)
        return self.decided[bucket, source]


def reset() -> None:
    """Forget the recorded bucket owners."""
    _first_owners.clear()


def deliver(at: datetime, quiet: Collection[str] = ()) -> Outcome:
    """Try one delivery of every ACTIVE flow log to S3.

    :param at: the time, with a time zone. It becomes the LastModified of the objects; their names have the last five
        complete minutes before it.
    :param quiet: ids of resources without traffic; their flow logs do nothing.
    """
    outcome, this_round, silent = Outcome(), _Round(at.astimezone(timezone.utc)), set(quiet)
    for (account, region), store in every_store():
        for flow_log in list(store.by_id.values()):
            if _is_due(flow_log) and flow_log["ResourceId"] not in silent:
                _try_one(this_round, outcome, store, flow_log, (account, region))
    return outcome


def _is_due(flow_log: dict[str, Any]) -> bool:
    return flow_log["LogDestinationType"] == "s3" and flow_log["FlowLogStatus"] == "ACTIVE"


def _try_one(
    this_round: _Round, outcome: Outcome, store: Store, flow_log: dict[str, Any], place: tuple[str, str]
) -> None:
    account, region = place
    key, options = flow_log["FlowLogId"], flow_log.get("DestinationOptions") or {}
    bucket, folder = split_destination(flow_log["LogDestination"])
    source = Source(get_partition(region), account, region, folder, bool(options.get("HiveCompatiblePartitions")))
    verdict = _for_the_same_owner(this_round.verdict(bucket, source), key, bucket)
    if not verdict.delivery:
        outcome.failed[key] = verdict.reason
        store.report(key, "FAILED", ERROR)
        return
    _write(this_round.at, flow_log, bucket, source)
    outcome.objects += 1
    store.report(key, "SUCCESS")


def _for_the_same_owner(verdict: Verdict, flow_log_id: str, bucket: str) -> Verdict:
    """CloudWatch Logs User Guide, "Logs sent to Amazon S3": the owner is recorded at the first delivery, and a flow log
    must be created again if the bucket is created again in another account."""
    if not verdict.delivery:
        return verdict
    owner = buckets.owner_of(bucket)[0]
    return verdict if _first_owners.setdefault(flow_log_id, owner) == owner else Verdict("new_owner")


def _write(at: datetime, flow_log: dict[str, Any], bucket: str, source: Source) -> None:
    stamp = delivered_objects.window_before(at)
    options = flow_log.get("DestinationOptions") or {}
    if options.get("FileFormat") == "parquet":
        # The suffix of Parquet files is not established.
        suffix, content = switches.parquet_suffix, delivered_objects.parquet_file()
    else:
        suffix = delivered_objects.TEXT_SUFFIX
        content = delivered_objects.text_file(flow_log["LogFormat"], source.account, stamp)
    key = delivered_objects.object_key(
        source.account, source.region, source.folder, options, flow_log["FlowLogId"], stamp, suffix
    )
    owner, partition = buckets.owner_of(bucket)
    written = s3_backends[owner][partition].put_object(bucket, key, content, disable_notification=True)
    # moto keeps times in UTC without a zone.
    written.last_modified = at.replace(tzinfo=None)
