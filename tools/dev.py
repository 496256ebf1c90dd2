# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sets up this checkout and runs its development tools. Needs only Python 3.11 or newer.

Usage: python3 tools/dev.py COMMAND [ARGUMENTS]

- setup [demo|dev]: install the requirements of the demo or the tests into .venv; quick if nothing changed
- setup-bench: run setup dev, and install the tools for the benchmark into .dev/bench-venv
- tree: copy the collection into an ansible_collections tree and print its path
- ansible-test ARGUMENTS: run ansible-test in such a tree
- lint: check format, names and licenses with black, pyflakes and reuse
- types: check the types of the plugins with mypy
- doclint: check the documentation with antsibull-docs
- importer: check the archive with galaxy-importer
- build: build the collection's archive into build/
- docs [FOLDER]: build the documentation site into FOLDER, build/docs if not given
- pins: update requirements/*.txt from requirements/*.in (needs uv)
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
BENCH_VENV = DEV / "bench-venv"
STAMP = VENV / "flowlogs-setup.json"
BIN = VENV / "bin"
PYTHON = BIN / "python"
SITE = VENV / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
COLLECTIONS = SITE / "ansible_collections"

# The command and the Debian package of the browser that the tests use.
BROWSER = "chromium"
# Keys for the integration targets, where ansible-test expects them. Git ignores the file, so the copied tree misses it.
CLOUD_CONFIG = ROOT / "tests" / "integration" / "cloud-config-aws.ini"

# The package that contains amazon.aws. Only that collection is used.
ANSIBLE_PACKAGE = "ansible==14.5.0"
AMAZON_AWS_VERSION = "11.4.0"
# The names of ansible-test's download of get-pip.py, by pip version.
GET_PIP_NAMES = ("get_pip_23_1_2.py", "get_pip_24_2.py", "get_pip_25_2.py")


class Trouble(Exception):
    """An error that the user has to fix; its text says how."""


def run(*command: object, **options: object) -> subprocess.CompletedProcess:
    """Run a command in the checkout; raise Trouble with its name if it fails."""
    words = [str(word) for word in command]
    options.setdefault("cwd", ROOT)
    done = subprocess.run(words, check=False, **options)
    if done.returncode:
        raise Trouble(f"failed with exit code {done.returncode}: {' '.join(words)}")
    return done


# --- setup ---


def setup(kind: str = "dev") -> None:
    """Install requirements/KIND.txt, amazon.aws and this checkout into .venv, unless they are up to date.

    :param kind: ``demo`` or ``dev``; dev includes demo.
    """
    wanted = {"at": str(ROOT), kind: fingerprint(kind)}
    stamp = read_json(STAMP)
    if kind == "dev":
        install_browser()
    if not is_of_this_python() or stamp.get("at", str(ROOT)) != str(ROOT):
        shutil.rmtree(VENV, ignore_errors=True)
        stamp = {}
    if wanted.items() <= stamp.items():
        return
    print(f"Installing the requirements of the {'demo' if kind == 'demo' else 'tests'} into .venv ...", flush=True)
    make_venv()
    install_packages(kind)
    install_amazon_aws()
    link_checkout()
    STAMP.write_text(json.dumps(stamp | wanted), encoding="utf-8")


def setup_bench() -> None:
    """Set up for the tests, and install requirements/bench.txt separately, since it pins other versions."""
    setup("dev")
    wanted = {"at": str(ROOT), "bench": fingerprint("bench")}
    stamp = BENCH_VENV / STAMP.name
    if read_json(stamp) == wanted:
        return
    print("Installing the tools for the benchmark into .dev/bench-venv ...", flush=True)
    shutil.rmtree(BENCH_VENV, ignore_errors=True)
    run(PYTHON, "-m", "venv", BENCH_VENV)
    install_packages("bench", BENCH_VENV / "bin" / "python")
    stamp.write_text(json.dumps(wanted), encoding="utf-8")


def fingerprint(kind: str) -> str:
    """Return a hash of everything that affects setup."""
    text = (ROOT / "requirements" / f"{kind}.txt").read_text(encoding="utf-8") + ANSIBLE_PACKAGE
    return hashlib.sha256(text.encode()).hexdigest()


def read_json(path: pathlib.Path) -> dict:
    """Return the content of a JSON file, or {} without one."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def is_of_this_python() -> bool:
    """Return whether .venv is complete and uses the Python that runs this."""
    config = VENV / "pyvenv.cfg"
    if not (config.exists() and PYTHON.exists()):
        return False
    found = re.search(r"^version(?:_info)? *= *(\d+\.\d+)\.", config.read_text(encoding="utf-8"), re.MULTILINE)
    return bool(found) and found.group(1) == f"{sys.version_info[0]}.{sys.version_info[1]}"


def make_venv() -> None:
    """Create .venv, unless it exists."""
    if PYTHON.exists():
        return
    if importlib.util.find_spec("ensurepip") is None:
        install_venv_support()
    run(sys.executable, "-m", "venv", VENV)


def install_venv_support() -> None:
    """Install Debian's package for virtual environments, or print the command."""
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    install_debian_package(package, "This Python cannot make virtual environments yet.")


def install_browser() -> None:
    """Install the browser for the tests, unless there is one."""
    if not shutil.which(BROWSER):
        install_debian_package(BROWSER, f"The tests look at pages in {BROWSER}, which is not here.")


def install_debian_package(package: str, consequence: str) -> None:
    """Install a Debian package, or print the command.

    :param consequence: what is not possible without it.
    """
    apt = ["apt-get", "install", "-y", "--no-install-recommends", package]
    if not shutil.which("apt-get"):
        raise Trouble(f"{consequence} Install the Debian package {package}, and try again.")
    prefix = privilege()
    if prefix is None:
        raise Trouble(f"{consequence} Run:  sudo {' '.join(apt)}   and try again.")
    print(f"Installing {package} ...", flush=True)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    if subprocess.run(prefix + apt, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
        run(*prefix, "apt-get", "update", env=environment, stdout=subprocess.DEVNULL)
        run(*prefix, *apt, env=environment, stdout=subprocess.DEVNULL)


def privilege() -> list[str] | None:
    """Return the prefix for a command that needs root, or None if it would prompt for a password."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") and not subprocess.run([*sudo, "true"], stderr=subprocess.DEVNULL, check=False).returncode:
        return sudo
    return None


def pip(*arguments: object, python: pathlib.Path | None = None) -> None:
    """Run pip quietly, by default that of .venv."""
    run(python or PYTHON, "-m", "pip", "--quiet", "--quiet", "--disable-pip-version-check", *arguments)


def install_packages(kind: str, python: pathlib.Path | None = None) -> None:
    """Install the pinned packages."""
    pip("install", "--no-deps", "-r", ROOT / "requirements" / f"{kind}.txt", python=python)


def install_amazon_aws(
    collections: pathlib.Path | None = None, package: str = ANSIBLE_PACKAGE, version: str = AMAZON_AWS_VERSION
) -> None:
    """Install amazon.aws into a tree of collections, by default that of .venv, unless this version exists.

    The package that contains it may require a newer Python; the collection does not.
    """
    target = (collections or COLLECTIONS) / "amazon" / "aws"
    if read_json(target / "MANIFEST.json").get("collection_info", {}).get("version") == version:
        return
    inside = "ansible_collections/amazon/aws/"
    with tempfile.TemporaryDirectory(dir=VENV) as folder:
        arguments = ["--no-deps", "--only-binary", ":all:", "--python-version", "3.13", "--dest", folder]
        pip("download", *arguments, package)
        with zipfile.ZipFile(next(pathlib.Path(folder).glob("*.whl"))) as wheel:
            wheel.extractall(folder, [name for name in wheel.namelist() if name.startswith(inside)])
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(pathlib.Path(folder) / inside, target)


def link_checkout() -> None:
    """Make this checkout importable for Python and Ansible as flowlogs.aws."""
    link(COLLECTIONS / "flowlogs" / "aws", ROOT)


def link(place: pathlib.Path, folder: pathlib.Path) -> None:
    """Create a link to a folder, replacing an existing one."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    place.symlink_to(folder, target_is_directory=True)


# --- the copied tree ---


def tree() -> pathlib.Path:
    """Copy the files that git tracks to .dev/tree/ansible_collections/flowlogs/aws; return that folder.

    ansible-test needs a real folder of that name next to the dependencies, and no check or build may depend on
    untracked files. The copy has its own git repository: in an ignored folder of another repository ansible-test finds
    no files.
    """
    collections = DEV / "tree" / "ansible_collections"
    target = collections / "flowlogs" / "aws"
    shutil.rmtree(DEV / "tree", ignore_errors=True)
    listing = run("git", "ls-files", "-z", stdout=subprocess.PIPE).stdout
    for name in filter(None, listing.decode().split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    run("git", "init", "--quiet", cwd=target)
    (collections / "amazon").mkdir()
    (collections / "amazon" / "aws").symlink_to(COLLECTIONS / "amazon" / "aws", target_is_directory=True)
    return target


def home() -> pathlib.Path:
    """Return a home folder inside the checkout for tools that write into it, such as ansible-test."""
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
    """Return PATH for ansible-test: .venv first, and the Pythons of pyenv instead of its shims.

    ansible-test runs every pythonX.Y that it finds, and a shim of a disabled version fails.
    """
    words = [word for word in os.environ.get("PATH", os.defpath).split(os.pathsep) if not word.endswith("/shims")]
    pyenv = pathlib.Path(os.environ.get("PYENV_ROOT", pathlib.Path.home() / ".pyenv"))
    return os.pathsep.join([str(BIN), *words, *map(str, sorted(pyenv.glob("versions/*/bin")))])


def ansible_test(*arguments: str) -> None:
    """Run ansible-test in the copied tree, with the keys of an AWS account if there are any."""
    environment = dict(os.environ, HOME=str(home()), PATH=clean_path())
    folder = tree()
    if CLOUD_CONFIG.exists():
        shutil.copy2(CLOUD_CONFIG, folder / "tests" / "integration" / CLOUD_CONFIG.name)
    run(BIN / "ansible-test", *arguments, cwd=folder, env=environment)


def types() -> None:
    """Check the types of the plugins, in a tree of links, since mypy ignores site-packages."""
    link(DEV / "types" / "ansible_collections" / "flowlogs" / "aws", ROOT)
    run(PYTHON, "-m", "mypy")


def doclint() -> None:
    """Check the documentation of plugins, roles and guides, as it is shown on the documentation site of Ansible.

    It checks a copy with only tracked files, without amazon.aws. The generated RST of plugin documentation is not
    checked, since the checker sometimes fails on the name of its own folder.
    """
    environment = dict(os.environ, HOME=str(home()), PATH=clean_path(), GIT_CEILING_DIRECTORIES=str(VENV.resolve()))
    options = ["--plugin-docs", "--validate-collection-refs", "dependent", "--skip-rstcheck"]
    run(BIN / "antsibull-docs", "lint-collection-docs", *options, ".", cwd=tree(), env=environment)


def lint() -> None:
    """Check format, names and licenses of the files that git tracks."""
    folder = tree()
    run(PYTHON, "-m", "black", "--check", "--quiet", "--diff", ".", cwd=folder)
    run(PYTHON, "-m", "pyflakes", "plugins", "tests", "tools", "demo", cwd=folder)
    run(BIN / "reuse", "lint", "--lines", cwd=folder)


def importer() -> None:
    """Check the collection's archive as Ansible Galaxy does on import; warnings are errors."""
    folder = DEV / "import"
    shutil.rmtree(folder, ignore_errors=True)
    build(folder)
    command = [PYTHON, "-m", "galaxy_importer.main", *folder.glob("*.tar.gz")]
    environment = dict(os.environ, HOME=str(home()), PATH=clean_path())
    said = run(*command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.decode()
    complaints = importer_complaints(said)
    if complaints:
        raise Trouble("\n".join(["galaxy-importer reports:", *complaints]))
    print("galaxy-importer reports no problem.")


def importer_complaints(said: str) -> list[str]:
    """Return the warnings and errors of galaxy-importer, or its whole output if it did not finish."""
    lines = said.splitlines()
    if "Importer processing completed successfully" not in lines:
        return lines
    return [line for line in lines if re.match(r"(WARNING|ERROR|CRITICAL)\b", line)]


def build(folder: str | pathlib.Path | None = None) -> None:
    """Build the collection's archive into build/ or another folder."""
    run(BIN / "ansible-galaxy", "collection", "build", "--force", "--output-path", folder or BUILD, tree())


def docs(folder: str = str(BUILD / "docs")) -> None:
    """Build the documentation site; warnings are errors.

    :param folder: for the pages; existing files are replaced.
    """
    settings = str(ROOT / "tools" / "ansible.cfg")
    environment = dict(os.environ, HOME=str(home()), PATH=clean_path(), ANSIBLE_CONFIG=settings)
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as place:
        source = pathlib.Path(place) / "site"
        shutil.copytree(ROOT / "docs" / "site", source)
        pages = source / "collection"
        pages.mkdir(mode=0o755)
        arguments = ["--use-current", "--squash-hierarchy", "--dest-dir", pages, "flowlogs.aws"]
        run(
            BIN / "antsibull-docs",
            "--config-file",
            source / "antsibull-docs.cfg",
            "collection",
            *arguments,
            env=environment,
        )
        # antsibull-docs does not copy pictures.
        shutil.copytree(ROOT / "docs" / "docsite" / "rst" / "images", pages / "docsite" / "images")
        run(BIN / "sphinx-build", "--quiet", "--fail-on-warning", "--keep-going", source, folder, env=environment)


def pins() -> None:
    """Update the pinned versions, without the address of an index."""
    options = ["--quiet", "--universal", "--python-version", "3.11", "--no-header", "--no-annotate", "--upgrade"]
    for kind in ("demo", "dev", "bench"):
        source, target = (ROOT / "requirements" / f"{kind}.{ending}" for ending in ("in", "txt"))
        pinned = run("uv", "pip", "compile", *options, source, stdout=subprocess.PIPE).stdout.decode()
        head = "\n".join(target.read_text(encoding="utf-8").splitlines()[:2])
        target.write_text(f"{head}\n{pinned}", encoding="utf-8")


COMMANDS = {
    "setup": setup,
    "setup-bench": setup_bench,
    "tree": lambda: print(tree()),
    "ansible-test": ansible_test,
    "lint": lint,
    "types": types,
    "doclint": doclint,
    "importer": importer,
    "build": build,
    "docs": docs,
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
