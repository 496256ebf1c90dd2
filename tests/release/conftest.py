# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fixtures of tests/integration, for release tests."""

from __future__ import annotations

from tests.integration.conftest import _ansible
from tests.integration.conftest import _chromium
from tests.integration.conftest import _simulator
from tests.integration.conftest import _simulator_process

__all__ = ["_ansible", "_chromium", "_simulator", "_simulator_process"]
