# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which stages Ansible's tags leave in a run. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from .._publication.stages import STAGES

#: Tags that mean something to Ansible (Ansible documentation, "Tags").
_ALWAYS, _ALL, _TAGGED, _NEVER = "always", "all", "tagged", "never"


def stages_of_tags(run: Collection[str], skipped: Collection[str], inherited: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the stages of a run, in their order.

    :param run: of ``--tags``; ``all`` without the option.
    :param skipped: of ``--skip-tags``.
    :param inherited: tags that all tasks of the playbook have, for example from where it is imported.
    :raises InputError: where no stage is left: a run that does nothing would look like one that found all in order.
    """
    common = set(inherited) - {_ALWAYS}
    left = tuple(stage for stage in STAGES if _runs({stage, *common}, set(run), set(skipped)))
    if not left:
        told = ",".join(sorted(run)) + (f" without {','.join(sorted(skipped))}" if skipped else "")
        raise InputError("--tags", told, f"one or more of {', '.join(STAGES)}")
    return left


def _runs(tags: set[str], run: set[str], skipped: set[str]) -> bool:
    """Whether Ansible runs a task that has these tags and not ``always``."""
    if tags & skipped or {_ALL, _TAGGED} & skipped:
        return False
    return bool(tags & run) or (_NEVER not in tags and bool({_ALL, _TAGGED} & run))
