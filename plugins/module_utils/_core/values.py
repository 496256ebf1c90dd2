# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads values from YAML, INI inventories and ``-e``. PRIVATE to this collection.

Each function accepts what Ansible's argument specs accept for the type. All spellings of a value give the same result. For
other values it raises :class:`InputError`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .errors import InputError

#: Texts that Ansible reads as a boolean.
_TRUE = ("true", "yes", "on", "1", "y", "t")
_FALSE = ("false", "no", "off", "0", "n", "f")
_INTEGER = re.compile(r"-?[0-9]+")
#: EC2 User Guide, "Tag restrictions"; S3 User Guide, "Using cost allocation S3 bucket tags".
_MAX_TAGS = 50
_MAX_TAG_KEY = 128
_MAX_TAG_VALUE = 256


def read_boolean(option: str, value: Any) -> bool:
    """Return a boolean."""
    text = str(value).strip().lower()
    if not isinstance(value, (bool, str, int)) or text not in _TRUE + _FALSE:
        raise InputError(option, value, "true or false")
    return text in _TRUE


def read_integer(option: str, value: Any, allowed: str) -> int:
    """Return an integer."""
    text = str(value).strip()
    if isinstance(value, bool) or not isinstance(value, (str, int)) or not _INTEGER.fullmatch(text):
        raise InputError(option, value, allowed)
    return int(text)


def read_choice(option: str, value: Any, choices: Sequence[str]) -> str:
    """Return one of the choices."""
    if not isinstance(value, str) or value not in choices:
        raise InputError(option, value, ", ".join(choices))
    return str(value)


def read_texts(option: str, value: Any, allowed: str) -> tuple[str, ...]:
    """Return a list of texts."""
    items = read_list(option, value, allowed)
    if not all(isinstance(item, str) for item in items):
        raise InputError(option, value, allowed)
    return tuple(map(str, items))


def read_list(option: str, value: Any, allowed: str) -> list[Any]:
    """Return a list; the value may be JSON."""
    items = _from_json(value, "[")
    if not isinstance(items, (list, tuple)):
        raise InputError(option, value, allowed)
    return list(items)


def read_mapping(option: str, value: Any, allowed: str) -> Mapping[str, Any]:
    """Return a dictionary; the value may be JSON."""
    found = _from_json(value, "{")
    if not isinstance(found, Mapping) or not all(isinstance(key, str) for key in found):
        raise InputError(option, value, allowed)
    return found


def _from_json(value: Any, start: str) -> Any:
    if not isinstance(value, str) or not value.lstrip().startswith(start):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def read_tags(option: str, tags: Any) -> dict[str, str]:
    """Return tags as texts; ``None`` becomes an empty text. Flow logs and buckets have the same limits."""
    found = _from_json(tags, "{")
    if not isinstance(found, Mapping) or not all(map(_is_scalar, found.values())):
        raise InputError(option, tags, "a dictionary of tags, each a text, a number or a boolean")
    texts = {str(key): "" if value is None else str(value) for key, value in found.items()}
    for key, value in texts.items():
        _check_tag(option, key, value)
    if len(texts) > _MAX_TAGS:
        raise InputError(option, f"{len(texts)} tags", "at most 50 tags")
    return texts


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float))


def _check_tag(option: str, key: str, value: str) -> None:
    if key.lower().startswith("aws:"):
        raise InputError(option, key, "keys that do not begin with aws:, which is reserved for AWS")
    if not 1 <= len(key) <= _MAX_TAG_KEY:
        raise InputError(option, key, "keys of 1 to 128 characters")
    if len(value) > _MAX_TAG_VALUE:
        raise InputError(f"{option}.{key}", value, "values of at most 256 characters")


def read_name(option: str, value: Any) -> str | None:
    """Return the value of a Name tag; a number becomes text."""
    text = str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
    if not 1 <= len(text) <= _MAX_TAG_VALUE:
        raise InputError(option, value, "a text of 1 to 256 characters")
    return text
