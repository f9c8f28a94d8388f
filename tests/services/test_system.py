"""What the starter finds on the machine, and the line that it says when it does not."""

import os
import pwd
from pathlib import Path

import pytest

from tests.services import system
from tests.services.system import ServiceMissing


def jdk(folder: Path, version: str, *, is_whole: bool = True) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    if is_whole:
        (folder / "bin" / "jlink").touch()
    return folder


@pytest.fixture
def jvm_folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(system, "JVM_FOLDERS", (str(tmp_path),))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return tmp_path


def test_the_newest_whole_jdk_is_taken(jvm_folder):
    jdk(jvm_folder / "a", "21.0.9")
    newest = jdk(jvm_folder / "b", "25.0.3")
    jdk(jvm_folder / "c", "26", is_whole=False)
    jdk(jvm_folder / "d", "17.0.15")

    assert system.java_home() == newest


def test_java_home_goes_before_the_newest(jvm_folder, tmp_path, monkeypatch):
    named = jdk(tmp_path / "elsewhere" / "jdk", "21")
    jdk(jvm_folder / "b", "25.0.3")
    monkeypatch.setenv("JAVA_HOME", str(named))

    assert system.java_home() == named


def test_java_17_does_not_do_and_one_line_says_what_does(jvm_folder, monkeypatch):
    jdk(jvm_folder / "d", "17.0.15")
    monkeypatch.setattr(system, "may_install", lambda: False)

    with pytest.raises(ServiceMissing) as refusal:
        system.java_home()

    assert str(refusal.value) == (
        "Elasticsearch needs a JDK 21 or later: apt-get install openjdk-21-jdk-headless,"
        " or unpack one and name it in JAVA_HOME"
    )


def test_a_missing_package_is_one_line_where_it_may_not_be_installed(monkeypatch):
    monkeypatch.setattr(system, "may_install", lambda: False)
    monkeypatch.setattr(system, "find_program", lambda name: None)

    with pytest.raises(ServiceMissing) as refusal:
        system.program("chromium")

    assert str(refusal.value) == "chromium is missing: apt-get install chromium fonts-dejavu-core"


def test_the_servers_are_not_root():
    account = system.account()

    uid = os.geteuid() if account.uid is None else account.uid
    assert uid != 0
    assert pwd.getpwuid(uid).pw_name == account.name


def test_a_folder_of_a_server_is_closed_to_others_and_reachable():
    account = system.account()

    folder = system.fresh_folder(account, name="probe")

    try:
        owner = os.geteuid() if account.uid is None else account.uid
        assert (folder.stat().st_uid, folder.stat().st_mode & 0o777) == (owner, 0o700)
        assert len(str(folder)) < 60
    finally:
        folder.rmdir()
