# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decides which batches must not run because of their destination. PRIVATE to this collection.

A destination is checked for each account, Region and folder. If it cannot receive the flow logs of one account, the
batches of other accounts still run.
"""

from __future__ import annotations

from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import destination_of
from .._publication.host_variables import layouts_of
from .._publication.task_results import failure_text, has_failed
from .._publication.types import BatchDict, DestinationResult
from .deliverability import Delivery, obstacle_of


def blocking_reason(batch: BatchDict, result: DestinationResult | None) -> str:
    """Return why a batch must not run, ``""`` if its destination does not block it.

    If the bucket policy does not grant access yet, CreateFlowLogs lets AWS edit it (VPC User Guide,
    flow-logs-s3-permissions). So a batch runs only once its destination is ready.

    :param result: result for its destination; ``None``: its tasks did not run.
    """
    if not result or not has_failed(result):
        return ""
    layout = layouts_of(batch["options"]["destination_options"])[0]
    folder = destination_of(batch["destination"] or "").folder
    delivery = Delivery(batch["account_id"], batch["region"], folder, layout)
    problems = [item for item in result.get("problems") or () if item.get("status") == "problem"]
    own = [item for item in problems if obstacle_of(item, is_certain=True).concerns(delivery)]
    # A failed step, or problems that all concern this batch, stop it as a whole.
    if result.get("deliverable") is not False or len(own) == len(problems):
        return f"Not run, because its destination {batch['destination']} failed: {failure_text(result)}"
    if not own:
        return ""
    reasons = " ".join(text for item in own for text in (item.get("message"), item.get("evidence")) if text)
    return f"Not run, because its destination {batch['destination']} cannot receive its flow logs: {reasons}"
