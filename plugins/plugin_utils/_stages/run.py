# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run knows so far, from one task of its playbook to the next. PRIVATE to this collection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .task import Results

#: The kinds of work that have results.
KINDS = ("identities", "preflights", "permissions", "destinations", "keys", "batches", "deliveries")


@dataclass
class Run:
    """A run over an inventory.

    :param publication: the work, as :meth:`work.Publication.to_dict` returns it, with ``preflights``, ``unmet`` and ``keys``.
    :param is_report: whether it only reports, so that nothing counts as changed.
    :param check_mode: whether it only says what it would do.
    :param results: of each kind, what became of the work.
    """

    publication: dict[str, Any]
    is_report: bool = False
    check_mode: bool = False
    results: dict[str, Results] = field(default_factory=lambda: {kind: {} for kind in KINDS if kind != "deliveries"})

    def to_json(self) -> str:
        """Return the run as text."""
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
    given: Mapping[str, Any] = json.loads(text)
    return Run(**given)
