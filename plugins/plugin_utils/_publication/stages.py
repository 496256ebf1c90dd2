# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that does only part of the way, so that several runs make up a workflow. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: What a run consists of, in the order in which it happens, and where the work of each is in a publication.
_WORK_OF: Mapping[str, str] = {"permissions": "permissions", "destinations": "destinations", "flow_logs": "batches"}
STAGES = tuple(_WORK_OF)


def stages_of(publication: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the stages that a publication has; one that says nothing of them has all."""
    return tuple(publication.get("stages", STAGES))


def of_stages(publication: Mapping[str, Any], stages: tuple[str, ...]) -> dict[str, Any]:
    """Return the part of a publication that belongs to some stages.

    A batch whose bucket is another run's work waits for nothing.

    :param publication: as :meth:`work.Publication.to_dict` returns it, with ``preflights``.
    :param stages: some of :data:`STAGES`, in their order.
    :returns: the same with ``stages``, and in ``left_out`` a publication of the rest; ``None`` if all stages are there.
    """
    if stages == STAGES:
        return {**publication, "stages": list(stages), "left_out": None}
    rest = [stage for stage in STAGES if stage not in stages]
    kept = {**publication, "stages": list(stages), **_work(publication, stages)}
    if "destinations" in rest:
        kept["batches"] = [{**batch, "bucket_name": None} for batch in kept["batches"]]
    kept["left_out"] = {**_work(publication, rest), "invalid": [], "unselected": []}
    return kept


def _work(publication: Mapping[str, Any], stages: Any) -> dict[str, Any]:
    found = {kind: publication[kind] if stage in stages else [] for stage, kind in _WORK_OF.items()}
    asked = [kind for kind in ("batches", "destinations") if found[kind]]
    return {
        **found,
        "targets": publication["targets"] if "flow_logs" in stages else [],
        "preflights": [one for one in publication["preflights"] if any(one[kind] for kind in asked)],
    }


def left_out_by_stages(publication: Mapping[str, Any]) -> str | None:
    """Return why something was left out of a run that has only some stages; ``None`` for a run that has all."""
    if not publication.get("left_out"):
        return None
    return f"Left out of this run, which has only the stages {', '.join(stages_of(publication))} (--tags)."
