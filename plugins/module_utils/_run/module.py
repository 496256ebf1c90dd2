# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all modules of this collection share: options, clients, errors and results. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Callable, NoReturn

from ansible_collections.amazon.aws.plugins.module_utils.botocore import get_aws_connection_info
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from .._aws.clients import SharedClients
from .._aws.errors import FlowLogsAWSError, error_code_and_message
from .._aws.iam import decode_authorization_message
from .._aws.retries import BOUNDED_RETRIES
from .._aws.sts import CallerIdentity, caller_identity, regional_client
from .._core.actions import Unsuccessful, failure_message
from .._core.assumed_role import role_of
from .._core.error_hints.denials import without_encoded_part
from .._core.error_hints.flow_logs import hint_for
from .._core.errors import InputError
from .._core.expected_account import CALLER_ACCOUNT, expected_account, wrong_account
from .._core.identifiers import region_for_buckets
from .denial_reader import DenialReader
from .role_session import ROLE_ARGUMENT_SPEC, session_keys
from .version import USER_AGENT


class FlowLogsModule:
    """The module object of this collection: options, clients in the right role, warnings and results.

    It is either a process of its own (:class:`SingleModule`) or one of many tasks in a process (:class:`tasks.TaskModule`).

    :param region_optional: whether the module works on a bucket, which S3 finds from any Region.
    :param clients: creates the clients.
    """

    params: dict[str, Any]
    check_mode: bool
    region: str | None
    _diff: bool
    _name: str
    exit_json: Callable[..., NoReturn]
    fail_json: Callable[..., NoReturn]
    fail_json_aws: Callable[..., NoReturn]

    def __init__(self, region_optional: bool, clients: SharedClients) -> None:
        self._region_optional = region_optional
        self._clients = clients
        self._caller: CallerIdentity | None = None

    def connect(self, service: str, **parameters: Any) -> Any:
        """Return a boto3 client for the connection options; ``parameters`` take precedence.

        Without a Region it fails with the message of amazon.aws.
        """
        region, endpoint, options = get_aws_connection_info(self)
        try:
            return self._clients.client(service, **{"region": region, "endpoint": endpoint, **options, **parameters})
        except FlowLogsAWSError as error:
            if error_code_and_message(error)[0] != "NoRegionError":
                raise
            self.fail_json(
                msg=f"The {self._name} module requires a region and none was found in configuration, environment "
                "variables or module parameters"
            )

    def warn(self, text: str) -> None:
        """Warn the user."""
        raise NotImplementedError

    @cached_property
    def denials(self) -> DenialReader:
        """Finds how to fix denied calls."""
        return DenialReader(lambda encoded: decode_authorization_message(self.client("sts"), encoded))

    def client(self, service: str, **extra_params: Any) -> Any:
        """Return a boto3 client with this collection's limits for retries, in the role if one is given.

        A user's ``aws_config`` takes precedence over the limits.
        """
        parameters = {"config": BOUNDED_RETRIES, **self._location, **self.session_keys, **extra_params}
        return regional_client(self.connect, service, **parameters)

    def caller(self, region: str | None = None) -> CallerIdentity:
        """Return the caller's identity; STS is called once.

        :param region: Region of the call, for modules that work without a Region.
        """
        if self._caller is None:
            self._caller = caller_identity(self.client("sts", **({"region": region} if region else {})))
        return self._caller

    def verify_account(self, region: str | None = None) -> None:
        """Fail if the credentials do not belong to ``expected_account_id``; without that option, make no call.

        Modules call it after they have read the options and before their first AWS call.
        """
        expected = expected_account(self.params)
        if expected is None:
            return
        caller = self.caller(region)
        if caller.account_id != expected:
            found = {CALLER_ACCOUNT: caller.account_id}
            self.fail_json(msg=wrong_account(expected, caller.account_id, caller.arn), **found)

    @cached_property
    def _location(self) -> dict[str, str]:
        """The Region for calls about buckets, if neither options nor the user's configuration give one."""
        if not self._region_optional or self.region:
            return {}
        named = (self.params.get(name) for name in ("destination", "bucket"))
        return {"region": region_for_buckets(self.params.get("regions"), *named)}

    @cached_property
    def session_keys(self) -> dict[str, str | None]:
        """Keys of a session of the role in the options, as parameters of a client; empty without a role.

        The role is assumed once, and the keys stay in memory.
        """
        expected_account(self.params)
        role = role_of(self.params)
        if role is None:
            return {}
        return session_keys(regional_client(self.connect, "sts", config=BOUNDED_RETRIES, **self._location), role)


class SingleModule(FlowLogsModule, AnsibleAWSModule):
    """A module in a process of its own.

    :param options: other parameters of :class:`AnsibleModule`.
    """

    def __init__(self, argument_spec: dict[str, Any], region_optional: bool = False, **options: Any) -> None:
        FlowLogsModule.__init__(self, region_optional, SharedClients(USER_AGENT))
        AnsibleAWSModule.__init__(self, argument_spec=argument_spec, supports_check_mode=True, **options)

    def warn(self, text: str) -> None:
        """Warn the user with ansible-core: amazon.aws also passes warnings to ``exit_json``, which is deprecated."""
        self._module.warn(text)


@dataclass(frozen=True)
class ModuleDefinition:
    """A module of this collection.

    :param work: called with the module object; ends with :func:`finish` or ``module.exit_json``.
    :param argument_spec: options of the module, without those of the connection.
    :param required_if: parameter of :class:`AnsibleModule`.
    :param region_optional: whether the module works on a bucket, which S3 finds from any Region.
    """

    name: str
    work: Callable[[FlowLogsModule], None]
    argument_spec: Mapping[str, Any]
    required_if: Sequence[tuple[Any, ...]] = ()
    region_optional: bool = False


def run_module(definition: ModuleDefinition) -> None:
    """Run a module in a process of its own."""
    module = SingleModule(
        argument_spec={**ROLE_ARGUMENT_SPEC, **definition.argument_spec},
        region_optional=definition.region_optional,
        required_if=list(definition.required_if),
    )
    do_work(module, definition.work)


def do_work(module: FlowLogsModule, work: Callable[[FlowLogsModule], None]) -> None:
    """Do a module's work, and fail with a clear message for every expected error."""
    try:
        work(module)
    except InputError as error:
        module.fail_json(msg=str(error))
    except AnsibleAWSError as error:
        _fail(module, error)


def _fail(module: FlowLogsModule, error: AnsibleAWSError) -> None:
    """Fail with a message that says what the call was for, what AWS answered, and how to fix it."""
    code, text = error_code_and_message(error)
    hint = module.denials.hint(code, text, hint_for(getattr(error.exception, "operation_name", ""), code, text))
    message = f"{error.message} ({hint.rstrip('.')})" if hint else error.message
    if error.exception:
        module.fail_json_aws(error.exception, msg=message)
    module.fail_json(msg=message)


def _with_denial_hint(module: FlowLogsModule, item: Unsuccessful) -> Unsuccessful:
    resource = item.target if item.target.startswith("arn:") else ""
    hint = module.denials.hint(item.code, item.message, item.hint, resource)
    if hint == item.hint:
        return item
    return replace(item, hint=hint, message=without_encoded_part(item.message))


def finish(module: FlowLogsModule, doing: str, result: Mapping[str, Any], unsuccessful: Iterable[Unsuccessful]) -> None:
    """End a changing module. If it fails, it still returns everything that it did.

    :param doing: what the module does, for the message (``publish flow logs to ...``).
    :param result: ``changed``, ``actions``, ``diff`` and other returned values.
    :param unsuccessful: errors; without any, the module succeeds.
    """
    items = [_with_denial_hint(module, item) for item in unsuccessful]
    returned = {**result, "unsuccessful": [item.to_dict() for item in items]}
    if items:
        module.fail_json(msg=failure_message(doing, items), **returned)
    module.exit_json(**returned)
