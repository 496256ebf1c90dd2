# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions share what they read of AWS's services where they are told to, and only there."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._aws.service_models import shared_service_models


def model_of_a_new_session() -> Any:
    """Return what a new session of boto3 reads of STS."""
    client = boto3.session.Session().client("sts", region_name="eu-west-1")
    assert client.meta.service_model.operation_names
    return boto3.session.Session()._loader.load_service_model("sts", "service-2")


def test_the_description_of_a_service_is_read_once() -> None:
    with shared_service_models():
        assert model_of_a_new_session() is model_of_a_new_session()
    assert model_of_a_new_session() is not model_of_a_new_session()


def test_sharing_ends_when_the_reading_fails() -> None:
    with pytest.raises(ZeroDivisionError), shared_service_models():
        raise ZeroDivisionError
    assert model_of_a_new_session() is not model_of_a_new_session()
