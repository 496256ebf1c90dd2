# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of a run, which the tasks of its playbook share. PRIVATE to this collection."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from .._publication.types import PublicationDict, RunResults


def _no_results() -> RunResults:
    """Without ``deliveries``, which only a report with delivery checks has."""
    return {"identities": {}, "preflights": {}, "permissions": {}, "destinations": {}, "keys": {}, "batches": {}}


@dataclass
class Run:
    """A run over an inventory.

    :param publication: the work of the run.
    :param is_report: whether the run only reports. Then it changes nothing, and its tasks are not ``changed``.
    :param check_mode: whether the run only predicts what it would change.
    :param results: results of the work so far.
    """

    publication: PublicationDict
    is_report: bool = False
    check_mode: bool = False
    results: RunResults = field(default_factory=_no_results)

    def to_json(self) -> str:
        """Return the run as JSON text."""
        return json.dumps(
            {
                "publication": self.publication,
                "is_report": self.is_report,
                "check_mode": self.check_mode,
                "results": self.results,
            }
        )


def run_from_json(text: str) -> Run:
    """Return the run that :meth:`Run.to_json` wrote."""
    return Run(**json.loads(text))
