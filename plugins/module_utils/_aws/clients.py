# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients of many connections in one process, which share what botocore reads from its files. PRIVATE to this collection.

A session reads the description of EC2 in a quarter of a second, and amazon.aws makes one for each client. What one session has
read is kept for all sessions of the process, and for the processes that Ansible forks from it.
"""

from __future__ import annotations

import functools
import threading
from typing import Any

from .errors import FlowLogsAWSError

try:
    import boto3.session
    import botocore.config
    import botocore.exceptions
    import botocore.loaders
    import botocore.session
except ImportError:
    # amazon.aws says what lacks.
    pass


@functools.lru_cache(maxsize=None)
def _loader(data_path: str | None) -> Any:
    """Return what reads and keeps the files of botocore.

    :param data_path: where a user keeps more of them (botocore, configuration variable ``data_path``).
    """
    return botocore.loaders.create_loader(data_path)


class SharedClients:
    """Makes boto3 clients, from several threads too.

    :param user_agent: what AWS is told of who calls.
    """

    def __init__(self, user_agent: str) -> None:
        self._user_agent = user_agent
        self._sessions: dict[str | None, Any] = {}
        # boto3's sessions are not for several threads at a time (boto3 guide, "Session"); the clients are.
        self._one_at_a_time = threading.Lock()

    def client(
        self,
        service: str,
        region: str | None = None,
        endpoint: str | None = None,
        profile_name: str | None = None,
        config: Any = None,
        aws_config: Any = None,
        **parameters: Any,
    ) -> Any:
        """Return a client.

        :param config: settings of botocore's client; ``aws_config`` goes before it, where the user gives one.
        :param parameters: what boto3's ``Session.client`` takes besides: keys, ``verify``.
        :raises FlowLogsAWSError: where none can be made, for example without a Region.
        """
        merged = botocore.config.Config(user_agent=self._user_agent)
        for one in (config, aws_config):
            given = botocore.config.Config(**one) if isinstance(one, dict) else one
            merged = merged.merge(given) if given is not None else merged
        try:
            with self._one_at_a_time:
                session = self._session(profile_name)
                return session.client(service, region_name=region, endpoint_url=endpoint, config=merged, **parameters)
        except (ValueError, botocore.exceptions.BotoCoreError) as error:
            raise FlowLogsAWSError(message="Couldn't connect to AWS", exception=error) from error

    def _session(self, profile: str | None) -> Any:
        if profile not in self._sessions:
            own = botocore.session.Session(profile=profile)
            own.register_component("data_loader", _loader(own.get_config_variable("data_path")))
            self._sessions[profile] = boto3.session.Session(botocore_session=own)
        return self._sessions[profile]
