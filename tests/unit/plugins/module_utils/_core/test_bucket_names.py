# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of existing buckets may be old; names of new ones follow the current rules."""

from __future__ import annotations

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.bucket_names import check_new_bucket
from ansible_collections.flowlogs.aws.plugins.module_utils._core.bucket_names import is_account_regional
from ansible_collections.flowlogs.aws.plugins.module_utils._core.bucket_names import parse_bucket
from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import parse_destination
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.destination_result import new_bucket
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.scope import scope_from_options

LEGACY = ["Example_Logs", "EXAMPLE", "example..logs", "_logs_", "e" * 255, "my-Bucket.2009"]
RESERVED = [
    *("example-s3alias", "example--x-s3", "example--ol-s3", "example.mrap", "example--table-s3"),
    *("xn--example", "sthree-example", "amzn-s3-demo-bucket"),
]
REGIONAL = "logs-111122223333-eu-west-1-an"


@pytest.mark.parametrize("name", [*LEGACY, "example-logs", REGIONAL])
def test_a_bucket_that_exists_may_have_an_old_name(name: str) -> None:
    assert parse_bucket("destination", name) == name
    assert parse_destination(f"arn:aws:s3:::{name}/a", "aws").arn == f"arn:aws:s3:::{name}/a/"
    assert parse_destination(f"{name}/a", "aws").bucket == name
    assert scope_from_options(buckets=[f"arn:aws:s3:::{name}"]).given["buckets"] == (f"arn:aws:s3:::{name}",)


@pytest.mark.parametrize("name", ["e", "ex", "e" * 256, "example logs", "ex*mple", "192.168.0.1", "exämple", ""])
def test_names_that_no_bucket_can_have_are_refused(name: str) -> None:
    for value in (f"arn:aws:s3:::{name}", f"{name}/folder"):
        with pytest.raises(InputError, match="destination: .*S3 bucket ARN"):
            parse_destination(value, "aws")


@pytest.mark.parametrize("name", RESERVED + [name.upper() for name in RESERVED])
def test_reserved_names_are_refused(name: str) -> None:
    reserved = [part for part in RESERVED_PARTS if part in name.lower()]
    with pytest.raises(InputError, match=f"destination: .*{reserved[0]}"):
        parse_destination(f"{name}/folder", "aws")


RESERVED_PARTS = ("-s3alias", "--x-s3", "--ol-s3", ".mrap", "--table-s3", "xn--", "sthree-", "amzn-s3-demo-")


@pytest.mark.parametrize("name", [*LEGACY, "-logs", "logs-", "e" * 64])
def test_a_new_bucket_cannot_have_an_old_name(name: str) -> None:
    with pytest.raises(InputError, match="destination: .*for a new bucket, a name of 3 to 63"):
        check_new_bucket("destination", name)


@pytest.mark.parametrize("name", ["example-logs", "e.g", "1" * 63, REGIONAL])
def test_a_new_bucket_can_have_a_valid_name(name: str) -> None:
    check_new_bucket("destination", name, "eu-west-1", "111122223333")
    check_new_bucket("destination", name)


@pytest.mark.parametrize(
    ("region", "owner", "words"),
    [
        ("eu-west-2", None, "of eu-west-2, .*this region"),
        (None, "444455556666", "of 444455556666, .*this account"),
        ("eu-west-2", "444455556666", "this account"),
    ],
)
def test_a_name_of_another_account_or_region_is_refused(region: str, owner: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        check_new_bucket("destination", REGIONAL, region, owner)


def test_two_regions_have_no_account_regional_buckets() -> None:
    with pytest.raises(InputError, match="me-south-1 has no account-regional buckets"):
        check_new_bucket("destination", "logs-111122223333-me-south-1-an")


@pytest.mark.parametrize(
    ("name", "regional"), [(REGIONAL, True), ("logs-an", False), ("logs-111122223333-eu-wset-1-an", False)]
)
def test_only_account_and_region_make_a_name_account_regional(name: str, regional: bool) -> None:
    assert is_account_regional(name) is regional


def test_an_account_regional_bucket_is_created_in_its_namespace() -> None:
    assert new_bucket(None, REGIONAL)["account_regional"] is True
    assert "account_regional" not in new_bucket(None, "example-logs")
