# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A strict stand-in for the parts of AWS that flow logs to Amazon S3 touch.

moto's own server is the base; the flow log actions and the bucket policy actions are replaced by
stricter ones. Start it with ``python -m tests.simulator``; see README.md next to this file.
"""
