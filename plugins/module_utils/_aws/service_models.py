# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What botocore knows of AWS's services, read once for many sessions. PRIVATE to this collection."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager

try:
    import botocore.session
except ImportError:
    # amazon.aws says what lacks.
    pass


@contextmanager
def shared_service_models() -> Iterator[None]:
    """Let all sessions of botocore that are made meanwhile share one loader.

    amazon.aws makes a session for each client, and each one reads and keeps the description of EC2 anew: a quarter of a
    second and 12 MB, times accounts and regions. A loader caches what it has read, and one for the clients of a
    session is what botocore does itself.
    """
    own = botocore.session.create_loader
    botocore.session.create_loader = functools.cache(own)
    try:
        yield
    finally:
        botocore.session.create_loader = own
