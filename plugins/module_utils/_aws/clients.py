# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes boto3 clients for many connections, at low cost for each. PRIVATE to this collection.

What costs time is shared by the connections of a process and by the processes that Ansible forks from it: the description of a
service that botocore reads from its files (a quarter of a second for EC2), and the session of a profile with the keys of the
role that it leads to.
"""

from __future__ import annotations

import functools
import os
import threading
from typing import Any

from .._core.flow_log.target_shapes import SHAPES
from .._core.permissions.catalog import OPERATIONS, calls_of
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


#: Operations of EC2 that the collection calls. A client gets a method for each of 800 operations otherwise, which takes longer
#: than the calls of a Region. Those of the inventory plugin are not all in the table of permissions.
_EC2_OPERATIONS = {*calls_of(OPERATIONS), *(shape.operation for shape in SHAPES.values()), "DescribeRegions"}


class _FewerOperations:
    """A loader of botocore that leaves out the operations of EC2 that nobody calls.

    :param loader: reads and keeps the files of botocore.
    """

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        """Return the description of a service, as :meth:`botocore.loaders.Loader.load_service_model` does."""
        model = self._loader.load_service_model(service_name, type_name, api_version)
        if (service_name, type_name) != ("ec2", "service-2"):
            return model
        operations = {name: one for name, one in model["operations"].items() if name in _EC2_OPERATIONS}
        return {**model, "operations": operations}


@functools.lru_cache(maxsize=None)
def _loader(data_path: str | None) -> Any:
    """Return what reads and keeps the files of botocore.

    :param data_path: where a user keeps more of them (botocore, configuration variable ``data_path``).
    """
    return _FewerOperations(botocore.loaders.create_loader(data_path))


@functools.lru_cache(maxsize=None)
def _session(profile: str | None, _environment: tuple[tuple[str, str], ...]) -> Any:
    """Return the boto3 session of a profile.

    :param profile: None for boto3's usual lookup.
    :param _environment: variables that the lookup depends on.
    """
    own = botocore.session.Session(profile=profile)
    own.register_component("data_loader", _loader(own.get_config_variable("data_path")))
    return boto3.session.Session(botocore_session=own)


def _environment() -> tuple[tuple[str, str], ...]:
    """Return the environment variables that lead to credentials and configuration."""
    return tuple(
        (name, value) for name, value in sorted(os.environ.items()) if name.startswith("AWS_") or name == "HOME"
    )


#: boto3's sessions are not for several threads at a time (boto3 guide, "Session"); the clients are.
_one_at_a_time = threading.Lock()


class SharedClients:
    """Makes boto3 clients, from several threads too.

    :param user_agent: what AWS is told of who calls.
    """

    def __init__(self, user_agent: str) -> None:
        self._user_agent = user_agent

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
            with _one_at_a_time:
                session = _session(profile_name, _environment())
                return session.client(service, region_name=region, endpoint_url=endpoint, config=merged, **parameters)
        except (ValueError, botocore.exceptions.BotoCoreError) as error:
            raise FlowLogsAWSError(message="Couldn't connect to AWS", exception=error) from error
