# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which batches must wait, because their destination cannot receive their flow logs. PRIVATE to this collection.

A destination is checked for each source and place by itself, so one that cannot receive flow logs from one account does
not stop the batches of another account.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import destination_of
from .._publication.host_variables import layouts_of
from .._publication.task_results import failure_text, has_failed
from .deliverability import Delivery, obstacle_of


def blocked_by(batch: Mapping[str, Any], result: Mapping[str, Any] | None) -> str:
    """Return why a batch must not run, ``""`` if its destination is not in its way.

    Without its destination CreateFlowLogs would let AWS edit the bucket policy (VPC User Guide,
    flow-logs-s3-permissions), so a batch waits until that is in order.

    :param batch: as :meth:`work.Batch.to_dict` returns it.
    :param result: of the work on its destination, from :func:`destination_result.destination_result`.
    """
    if not result or not has_failed(result):
        return ""
    delivery = _delivery_of(batch)
    problems = [item for item in result.get("problems") or () if item.get("status") == "problem"]
    own = [item for item in problems if obstacle_of(item, is_certain=True).concerns(delivery)]
    # A step that failed, and a problem of all, stop every batch.
    if result.get("deliverable") is not False or len(own) == len(problems):
        return f"Not run, because its destination {batch['destination']} failed: {failure_text(result)}"
    if not own:
        return ""
    words = [" ".join(filter(None, (item.get("message"), item.get("evidence")))) for item in own]
    return f"Not run, because its destination {batch['destination']} cannot receive its flow logs: {' '.join(words)}"


def _delivery_of(batch: Mapping[str, Any]) -> Delivery:
    layout = layouts_of(batch["options"]["destination_options"])[0]
    return Delivery(batch["account_id"], batch["region"], destination_of(batch["destination"]).folder, layout)
