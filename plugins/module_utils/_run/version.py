# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Name and version of this collection, and the user agent of its AWS calls. PRIVATE to this collection."""

from __future__ import annotations

from ansible.module_utils.ansible_release import __version__ as ansible_version

COLLECTION_NAME = "flowlogs.aws"
COLLECTION_VERSION = "0.1.0"
#: User agent of AWS calls, in the form that amazon.aws uses.
USER_AGENT = f"APN/1.0 Ansible/{ansible_version} {COLLECTION_NAME}/{COLLECTION_VERSION}"
