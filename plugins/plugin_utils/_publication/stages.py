# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Limits a run to some of its stages, so that several runs make up a workflow. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Collection

from .types import PublicationDict, StageName

#: All stages, in the order in which they run.
STAGES: tuple[StageName, ...] = ("permissions", "destinations", "flow_logs")


def stages_of(publication: PublicationDict) -> tuple[StageName, ...]:
    """Return the stages of a publication. Without ``stages`` it has all."""
    return tuple(publication.get("stages", STAGES))


def of_stages(publication: PublicationDict, stages: Collection[StageName]) -> PublicationDict:
    """Return the part of a publication that belongs to some stages.

    Without the stage ``destinations`` no batch waits for its bucket, which another run prepares.

    :param publication: with ``preflights``.
    :param stages: some of :data:`STAGES`.
    :returns: the publication with ``stages``. ``left_out`` has the work of the other stages, if there are any.
    """
    kept: list[StageName] = [stage for stage in STAGES if stage in stages]
    rest = [stage for stage in STAGES if stage not in stages]
    if not rest:
        return {**publication, "stages": kept, "left_out": None}
    part = _only(publication, kept)
    if "destinations" in rest:
        part["batches"] = [{**batch, "bucket_name": None} for batch in part["batches"]]
    left_out: PublicationDict = {
        **_only(publication, rest),
        "invalid": [],
        "unselected": [],
        "notes": [],
        "gaps": [],
        "identities": [],
    }
    return {**part, "stages": kept, "left_out": left_out}


def _only(publication: PublicationDict, stages: Collection[StageName]) -> PublicationDict:
    """Return a publication with the work of these stages only."""
    batches = publication["batches"] if "flow_logs" in stages else []
    destinations = publication["destinations"] if "destinations" in stages else []
    return {
        **publication,
        "permissions": publication["permissions"] if "permissions" in stages else [],
        "destinations": destinations,
        "batches": batches,
        "targets": publication["targets"] if "flow_logs" in stages else [],
        "preflights": [
            one
            for one in publication["preflights"]
            if (batches and one["batches"]) or (destinations and one["destinations"])
        ],
    }


def left_out_by_stages(publication: PublicationDict) -> str | None:
    """Return why work was left out of a run that has only some stages; ``None`` if it has all."""
    if not publication.get("left_out"):
        return None
    return f"Left out of this run, which has only the stages {', '.join(stages_of(publication))} (--tags)."
