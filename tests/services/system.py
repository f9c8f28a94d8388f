"""The machine under the servers: packages, the account that is not root, a new enough Java, folders and ports."""

import fcntl
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

ACCOUNTS = ("postgres", "nobody")
OLDEST_JAVA = 21
JVM_FOLDERS = ("/usr/lib/jvm", "/usr/java", "/opt/java", "/Library/Java/JavaVirtualMachines")
JAVA_PACKAGES = ("openjdk-25-jdk-headless", "openjdk-21-jdk-headless")
POLICY = Path("/usr/sbin/policy-rc.d")
# What to look for, and Debian's packages that bring it. Some programs lie outside a user's PATH.
PACKAGES = {
    "postgres": ("postgresql",),
    "redis-server": ("redis-server",),
    "nginx": ("nginx",),
    "chromium": ("chromium", "fonts-dejavu-core"),
    "mvn": ("maven",),
}
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/usr/bin")


class ServiceMissing(Exception):
    """Something is not installed and may not be installed from here; the text is the line that says what to do."""


@dataclass(frozen=True)
class Account:
    """Whom the servers run as: `uid` and `gid` are None when that is the present user."""

    name: str
    uid: int | None = None
    gid: int | None = None

    def popen_options(self) -> dict:
        """What subprocess needs to run a command as this account."""
        return {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}


def account() -> Account:
    """The present user, or one without rights when that is root. Raises ServiceMissing."""
    if os.geteuid() != 0:
        return Account(name=pwd.getpwuid(os.geteuid()).pw_name)
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise ServiceMissing("The servers do not run as root: add a user named nobody (useradd --system nobody)")


def may_install() -> bool:
    """Whether packages can be installed without asking anybody."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def program(name: str) -> str:
    """The path of a program, the newest version where there are several; installed first if need be.

    Raises ServiceMissing.
    """
    found = find_program(name)
    if found is None:
        install(PACKAGES[name], wanted=name)
        found = find_program(name)
    if found is None:
        raise ServiceMissing(f"{name} is still missing after: apt-get install {' '.join(PACKAGES[name])}")
    return found


def find_program(name: str) -> str | None:
    """The path of a program that is there."""
    named = os.environ.get("CHROMIUM") if name == "chromium" else None
    if named:
        return named
    folders = [folder for place in PLACES for folder in sorted(Path("/").glob(place.lstrip("/")), key=_versions)[::-1]]
    return next((str(path) for path in (folder / name for folder in folders) if path.exists()), shutil.which(name))


def _versions(path: Path | str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(path))]


def install(packages: tuple[str, ...], *, wanted: str) -> None:
    """Install packages of Debian without starting their servers. Raises ServiceMissing where that is not possible."""
    if not may_install():
        raise ServiceMissing(f"{wanted} is missing: apt-get install {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"Installing {' '.join(packages)}", file=sys.stderr, flush=True)
    with locked(cache_folder() / "apt.lock"), _no_servers_started():
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
        ):
            done = subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
            )
            if done.returncode != 0:
                reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
                raise ServiceMissing(f"{wanted} is missing and `{' '.join(command)}` failed: {reason}")


@contextmanager
def _no_servers_started() -> Iterator[None]:
    """Debian starts the server of a package as it installs it; ours are started from here and only from here."""
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            POLICY.unlink(missing_ok=True)


def java_home() -> Path:
    """A whole JDK that is new enough: JAVA_HOME, else the newest of the system. Raises ServiceMissing."""
    found = find_java_home()
    if found is None and may_install():
        for package in JAVA_PACKAGES:
            if subprocess.run(["apt-cache", "show", package], capture_output=True, check=False).returncode == 0:
                install((package,), wanted=f"A JDK {OLDEST_JAVA}")
                found = find_java_home()
                break
    if found is None:
        raise ServiceMissing(
            f"Elasticsearch needs a JDK {OLDEST_JAVA} or later: apt-get install openjdk-{OLDEST_JAVA}-jdk-headless,"
            " or unpack one and name it in JAVA_HOME"
        )
    return found


def find_java_home() -> Path | None:
    """The JDK that JAVA_HOME names if it will do, else the newest one in the system's folders that does."""
    named = os.environ.get("JAVA_HOME")
    if named and _java_version(Path(named)) >= [OLDEST_JAVA]:
        return Path(named)
    homes = [
        home for folder in JVM_FOLDERS for home in (*Path(folder).glob("*"), *Path(folder).glob("*/Contents/Home"))
    ]
    newest = max(homes, key=_java_version, default=None)
    return newest if newest is not None and _java_version(newest) >= [OLDEST_JAVA] else None


def _java_version(home: Path) -> list[int]:
    """The version in numbers, [] for what is no whole JDK (a runtime alone has no jlink)."""
    release = home / "release"
    if not release.is_file() or not (home / "bin" / "jlink").exists():
        return []
    version = re.search(r'JAVA_VERSION="([\d.]+)', release.read_text(errors="replace"))
    return _versions(version.group(1)) if version else []


def cache_folder() -> Path:
    """Where downloads are kept; root's own cache folder would be closed to the servers' account."""
    if os.geteuid() == 0:
        folder = Path("/var/cache/jarchy")
    else:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jarchy"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    return folder


def fresh_folder(owner: Account, *, name: str) -> Path:
    """A new folder that belongs to the account; its path is short, because sockets lie in it."""
    parent = Path(tempfile.gettempdir()).resolve()
    if owner.uid is not None and not all(path.stat().st_mode & 0o001 for path in (parent, *parent.parents)):
        parent = Path("/var/tmp")
    folder = Path(tempfile.mkdtemp(prefix=f"jarchy-{name}-", dir=parent))
    if owner.uid is not None:
        os.chown(folder, owner.uid, owner.gid)
    return folder


def free_port() -> int:
    """A loopback port that nothing listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file lock: two starters do not install or unpack the same thing at once."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
