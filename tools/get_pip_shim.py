# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replaces get-pip.py, which ansible-test downloads to install pip into its virtual environments.

It installs the pip that Python includes, so that only the package index is needed. tools/dev.py copies it to the
download folder of ansible-test.
"""

from __future__ import annotations

import ensurepip
import pathlib
import runpy
import sys
import sysconfig

folders = [pathlib.Path(ensurepip.__file__).parent / "_bundled"]
if sysconfig.get_config_var("WHEEL_PKG_DIR"):
    folders.insert(0, pathlib.Path(sysconfig.get_config_var("WHEEL_PKG_DIR")))
wheels = [wheel for folder in folders for wheel in sorted(folder.glob("pip-*.whl"))]
sys.path.insert(0, str(wheels[0]))
sys.argv = ["pip", "install"] + [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
