# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client for each test; botocore checks its calls against the service model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from tests.unit.plugins.module_utils._aws.offline import client_of


@pytest.fixture(name="client")
def _client(request: pytest.FixtureRequest) -> Any:
    """Client of the service in SERVICE of the test's file."""
    return client_of(request.module.SERVICE)


@pytest.fixture(name="stub")
def _stub(client: Any) -> Iterator[Stubber]:
    """Answers of the client; the test fails if one is not used."""
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()
