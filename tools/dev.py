# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sets up this checkout and runs the tools that need more than a checkout. Needs only Python 3.11 or newer.

Usage: python3 tools/dev.py COMMAND [ARGUMENTS]

- setup [demo|dev]: install what the demo or the tests need into .venv; quick when nothing changed
- tree: copy the collection into an ansible_collections tree and print where it is
- ansible-test ARGUMENTS: run ansible-test in such a tree
- build: build the collection's archive into build/
- pins: renew requirements/*.txt from requirements/*.in (needs uv)
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
DEV = ROOT / ".dev"
BUILD = ROOT / "build"
STAMP = VENV / "flowlogs-setup.json"
BIN = VENV / "bin"
PYTHON = BIN / "python"
SITE = VENV / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
COLLECTIONS = SITE / "ansible_collections"

# Keys for the integration targets, where ansible-test wants them. Git ignores the file, so the copied tree lacks it.
CLOUD_CONFIG = ROOT / "tests" / "integration" / "cloud-config-aws.ini"

# The one package of the index that carries amazon.aws. Only that collection is taken out of it.
ANSIBLE_PACKAGE = "ansible==14.5.0"
AMAZON_AWS_VERSION = "11.4.0"
# The names under which ansible-test looks for its download of get-pip.py, by the pip it wants.
GET_PIP_NAMES = ("get_pip_23_1_2.py", "get_pip_24_2.py", "get_pip_25_2.py")


class Trouble(Exception):
    """Something that the person at the keyboard has to mend; its text says how."""


def run(*command: object, **options: object) -> subprocess.CompletedProcess:
    """Run a command in the checkout; raise Trouble with its name when it fails."""
    words = [str(word) for word in command]
    options.setdefault("cwd", ROOT)
    done = subprocess.run(words, check=False, **options)
    if done.returncode:
        raise Trouble(f"failed with exit code {done.returncode}: {' '.join(words)}")
    return done


# --- setup ---


def setup(kind: str = "dev") -> None:
    """Install requirements/KIND.txt, amazon.aws and this checkout into .venv, unless that is done already.

    :param kind: ``demo`` or ``dev``; dev includes demo.
    """
    wanted = {"at": str(ROOT), kind: fingerprint(kind)}
    stamp = read_json(STAMP)
    if not is_of_this_python() or stamp.get("at", str(ROOT)) != str(ROOT):
        shutil.rmtree(VENV, ignore_errors=True)
        stamp = {}
    if wanted.items() <= stamp.items():
        return
    print(f"Installing what the {'demo needs' if kind == 'demo' else 'tests need'} into .venv ...", flush=True)
    make_venv()
    install_packages(kind)
    install_amazon_aws()
    link_checkout()
    STAMP.write_text(json.dumps(stamp | wanted), encoding="utf-8")


def fingerprint(kind: str) -> str:
    """Return a hash of all that decides what setup installs."""
    text = (ROOT / "requirements" / f"{kind}.txt").read_text(encoding="utf-8") + ANSIBLE_PACKAGE
    return hashlib.sha256(text.encode()).hexdigest()


def read_json(path: pathlib.Path) -> dict:
    """Return what a JSON file holds, {} when there is none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def is_of_this_python() -> bool:
    """Tell whether .venv is complete and made with the Python that runs this."""
    config = VENV / "pyvenv.cfg"
    if not (config.exists() and PYTHON.exists()):
        return False
    found = re.search(r"^version(?:_info)? *= *(\d+\.\d+)\.", config.read_text(encoding="utf-8"), re.MULTILINE)
    return bool(found) and found.group(1) == f"{sys.version_info[0]}.{sys.version_info[1]}"


def make_venv() -> None:
    """Make .venv, unless it is there."""
    if PYTHON.exists():
        return
    if importlib.util.find_spec("ensurepip") is None:
        install_venv_support()
    run(sys.executable, "-m", "venv", VENV)


def install_venv_support() -> None:
    """Install what Debian's Python lacks to make virtual environments, or say what to type."""
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    apt = ["apt-get", "install", "-y", "--no-install-recommends", package]
    prefix = privilege()
    if prefix is None:
        raise Trouble(f"This Python cannot make virtual environments yet. Type:  sudo {' '.join(apt)}   and try again.")
    print(f"Installing {package} ...", flush=True)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    if subprocess.run(prefix + apt, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
        run(*prefix, "apt-get", "update", env=environment, stdout=subprocess.DEVNULL)
        run(*prefix, *apt, env=environment, stdout=subprocess.DEVNULL)


def privilege() -> list[str] | None:
    """Return what to put before a command that only root may run, None when that would ask for a password."""
    if not shutil.which("apt-get"):
        raise Trouble("This Python lacks the modules venv and ensurepip. Install them and try again.")
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") and not subprocess.run([*sudo, "true"], stderr=subprocess.DEVNULL, check=False).returncode:
        return sudo
    return None


def pip(*arguments: object) -> None:
    """Run pip in .venv, quietly: errors only."""
    run(PYTHON, "-m", "pip", "--quiet", "--quiet", "--disable-pip-version-check", *arguments)


def install_packages(kind: str) -> None:
    """Install the pinned packages."""
    pip("install", "--no-deps", "-r", ROOT / "requirements" / f"{kind}.txt")


def install_amazon_aws() -> None:
    """Lay the collection amazon.aws into .venv, unless this version is there.

    The package that carries it may want a newer Python than this one; the collection itself does not.
    """
    target = COLLECTIONS / "amazon" / "aws"
    if read_json(target / "MANIFEST.json").get("collection_info", {}).get("version") == AMAZON_AWS_VERSION:
        return
    inside = "ansible_collections/amazon/aws/"
    with tempfile.TemporaryDirectory(dir=VENV) as folder:
        arguments = ["--no-deps", "--only-binary", ":all:", "--python-version", "3.13", "--dest", folder]
        pip("download", *arguments, ANSIBLE_PACKAGE)
        with zipfile.ZipFile(next(pathlib.Path(folder).glob("*.whl"))) as wheel:
            wheel.extractall(folder, [name for name in wheel.namelist() if name.startswith(inside)])
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(pathlib.Path(folder) / inside, target)


def link_checkout() -> None:
    """Make this checkout importable, and known to Ansible, as flowlogs.aws."""
    link = COLLECTIONS / "flowlogs" / "aws"
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.is_symlink():
        link.unlink()
    link.symlink_to(ROOT, target_is_directory=True)


# --- the copied tree ---


def tree() -> pathlib.Path:
    """Copy the checkout's files to .dev/tree/ansible_collections/flowlogs/aws; return that folder.

    ansible-test wants a real folder of that name with the dependencies beside it, and a build must not pack what lies
    about. The copy has a git repository of its own: in an ignored folder of another one ansible-test would see no files.
    """
    collections = DEV / "tree" / "ansible_collections"
    target = collections / "flowlogs" / "aws"
    shutil.rmtree(DEV / "tree", ignore_errors=True)
    listing = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", stdout=subprocess.PIPE).stdout
    for name in filter(None, listing.decode().split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    run("git", "init", "--quiet", cwd=target)
    (collections / "amazon").mkdir()
    (collections / "amazon" / "aws").symlink_to(COLLECTIONS / "amazon" / "aws", target_is_directory=True)
    return target


def home() -> pathlib.Path:
    """Return a home folder inside the checkout for ansible-test, which keeps its downloads at home."""
    folder = DEV / "home"
    cache = folder / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for name in GET_PIP_NAMES:
        shutil.copyfile(ROOT / "tools" / "get_pip_shim.py", cache / name)
    for name in (".config/pip", ".pip"):
        settings, link = pathlib.Path.home() / name, folder / name
        if settings.exists() and not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(settings)
    return folder


def clean_path() -> str:
    """Return PATH for ansible-test: .venv first, and each Python of pyenv itself instead of pyenv's stand-ins.

    ansible-test runs every pythonX.Y that it finds, and a stand-in for a version that is not switched on fails.
    """
    words = [word for word in os.environ.get("PATH", os.defpath).split(os.pathsep) if not word.endswith("/shims")]
    pyenv = pathlib.Path(os.environ.get("PYENV_ROOT", pathlib.Path.home() / ".pyenv"))
    return os.pathsep.join([str(BIN), *words, *map(str, sorted(pyenv.glob("versions/*/bin")))])


def ansible_test(*arguments: str) -> None:
    """Run ansible-test in the copied tree, with the keys for an AWS account if there are any."""
    environment = dict(os.environ, HOME=str(home()), PATH=clean_path())
    folder = tree()
    if CLOUD_CONFIG.exists():
        shutil.copy2(CLOUD_CONFIG, folder / "tests" / "integration" / CLOUD_CONFIG.name)
    run(BIN / "ansible-test", *arguments, cwd=folder, env=environment)


def build() -> None:
    """Build the collection's archive into build/."""
    run(BIN / "ansible-galaxy", "collection", "build", "--force", "--output-path", BUILD, tree())


def pins() -> None:
    """Renew the pinned versions; they name no index."""
    options = ["--quiet", "--universal", "--python-version", "3.11", "--no-header", "--no-annotate", "--upgrade"]
    for kind in ("demo", "dev"):
        source, target = (ROOT / "requirements" / f"{kind}.{ending}" for ending in ("in", "txt"))
        pinned = run("uv", "pip", "compile", *options, source, stdout=subprocess.PIPE).stdout.decode()
        head = "\n".join(target.read_text(encoding="utf-8").splitlines()[:2])
        target.write_text(f"{head}\n{pinned}", encoding="utf-8")


COMMANDS = {
    "setup": setup,
    "tree": lambda: print(tree()),
    "ansible-test": ansible_test,
    "build": build,
    "pins": pins,
}


def main() -> int:
    """Run the command named first with the rest as its arguments; return the exit code."""
    if sys.version_info < (3, 11):
        sys.exit(f"This needs Python 3.11 or newer, not {sys.version.split()[0]}: make PYTHON=python3.13 ...")
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    try:
        COMMANDS[sys.argv[1]](*sys.argv[2:])
    except Trouble as trouble:
        sys.exit(f"tools/dev.py: {trouble}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
