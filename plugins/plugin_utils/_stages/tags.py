# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stages of a run that Ansible's tags select. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from .._publication.stages import STAGES
from .._publication.types import StageName

#: Tags with a meaning in Ansible (Ansible documentation, "Tags").
_ALWAYS, _ALL, _TAGGED, _NEVER = "always", "all", "tagged", "never"


def stages_of_tags(
    run: Collection[str], skipped: Collection[str], inherited: Iterable[str] = ()
) -> tuple[StageName, ...]:
    """Return the stages of a run, in their order.

    :param run: tags of ``--tags``; ``all`` without the option.
    :param skipped: tags of ``--skip-tags``.
    :param inherited: tags of all tasks of the playbook, for example from the task that imports it.
    :raises InputError: if no stage is left. A run that does nothing would look like one that found nothing to change.
    """
    common = set(inherited) - {_ALWAYS}
    left = tuple(stage for stage in STAGES if _runs({stage, *common}, set(run), set(skipped)))
    if not left:
        given = ",".join(sorted(run)) + (f" without {','.join(sorted(skipped))}" if skipped else "")
        raise InputError("--tags", given, f"one or more of {', '.join(STAGES)}")
    return left


def _runs(tags: set[str], run: set[str], skipped: set[str]) -> bool:
    """Whether Ansible runs a task that has these tags, without ``always``."""
    if tags & skipped or {_ALL, _TAGGED} & skipped:
        return False
    return bool(tags & run) or (_NEVER not in tags and bool({_ALL, _TAGGED} & run))
