# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Creates boto3 clients for many connections, at low cost for each. PRIVATE to this collection.

The connections of a process, and of processes that Ansible forks from it, share what takes time: botocore's service models (a
quarter of a second for EC2), and the session of a profile with the keys of its role.
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
    # amazon.aws reports what is missing.
    pass


#: Operations of EC2 that the collection calls. A client with a method for each of EC2's 800 operations takes longer to create
#: than all calls of a Region. The table of permissions does not have all operations of the inventory plugin.
_EC2_OPERATIONS = {*calls_of(OPERATIONS), *(shape.operation for shape in SHAPES.values()), "DescribeRegions"}


class _FewerOperations:
    """A loader of botocore without the operations of EC2 that the collection does not call.

    :param loader: loader of botocore, which caches service models.
    """

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        """Return the model of a service, as :meth:`botocore.loaders.Loader.load_service_model` does."""
        model = self._loader.load_service_model(service_name, type_name, api_version)
        if (service_name, type_name) != ("ec2", "service-2"):
            return model
        operations = {name: one for name, one in model["operations"].items() if name in _EC2_OPERATIONS}
        return {**model, "operations": operations}


@functools.lru_cache(maxsize=None)
def _loader(data_path: str | None) -> Any:
    """Return botocore's loader of service models, which caches them.

    :param data_path: folder with models of the user (botocore, configuration variable ``data_path``).
    """
    return _FewerOperations(botocore.loaders.create_loader(data_path))


@functools.lru_cache(maxsize=None)
def _session(profile: str | None, _environment: tuple[tuple[str, str], ...]) -> Any:
    """Return the boto3 session of a profile.

    :param profile: name of the profile; ``None`` for boto3's usual lookup.
    :param _environment: from :func:`_environment`; part of the cache key.
    """
    own = botocore.session.Session(profile=profile)
    own.register_component("data_loader", _loader(own.get_config_variable("data_path")))
    return boto3.session.Session(botocore_session=own)


def _environment() -> tuple[tuple[str, str], ...]:
    """Return what boto3's lookup of credentials depends on: environment variables, and when its files were last written."""
    variables = [(name, value) for name, value in os.environ.items() if name.startswith("AWS_") or name == "HOME"]
    return (*sorted(variables), *((path, _time_of(os.path.expanduser(path))) for path in _files()))


def _files() -> tuple[str, ...]:
    """Return the files in which boto3 looks (boto3 guide, "Credentials")."""
    return (
        os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config",
        os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials",
    )


def _time_of(path: str) -> str:
    try:
        return str(os.stat(path).st_mtime_ns)
    except OSError:
        return ""


#: Clients of boto3 are thread-safe, sessions are not (boto3 guide, "Session").
_session_lock = threading.Lock()


class SharedClients:
    """Creates boto3 clients; can be used from several threads.

    :param user_agent: user agent of all calls.
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

        :param config: settings of the client.
        :param aws_config: settings of the user, which take precedence over ``config``.
        :param parameters: other parameters of boto3's ``Session.client``: keys, ``verify``.
        :raises FlowLogsAWSError: if the client cannot be created, for example without a Region.
        """
        merged = botocore.config.Config(user_agent=self._user_agent)
        for one in (config, aws_config):
            given = botocore.config.Config(**one) if isinstance(one, dict) else one
            merged = merged.merge(given) if given is not None else merged
        try:
            with _session_lock:
                session = _session(profile_name, _environment())
                return session.client(service, region_name=region, endpoint_url=endpoint, config=merged, **parameters)
        except (ValueError, botocore.exceptions.BotoCoreError) as error:
            raise FlowLogsAWSError(message="Couldn't connect to AWS", exception=error) from error
