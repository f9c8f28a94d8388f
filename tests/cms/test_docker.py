"""What is delivered for operation: the compose file, the image and nginx's configuration."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.conf import settings as django_settings

from cms.env import Environment
from tests.services.system import program

DOCKER = Path(django_settings.BASE_DIR) / "docker"
COMPOSE = yaml.safe_load((DOCKER / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("migrate", "editorial", "public", "worker", "backup")
# A tag that names at least major and minor; a moving tag is not a pin.
PINNED = re.compile(r"^[a-z0-9./-]+:\d+\.\d+[\w.-]*$")
HOSTS = {"EDITORIAL_HOST": "newsroom.example", "PUBLIC_HOST": "api.example"}
SECRETS = ("SECRET_KEY", "DATABASE_URL", "POSTGRES_PASSWORD", "REDIS_PASSWORD")


def test_every_part_of_the_product_is_a_service():
    assert set(SERVICES) == {"postgres", "elasticsearch", "redis", "nginx", *OURS}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_image_is_pinned(name):
    assert PINNED.match(SERVICES[name]["image"])


def test_the_images_of_the_dockerfile_are_pinned():
    bases = re.findall(r"^FROM (\S+)", (DOCKER / "Dockerfile").read_text(), flags=re.MULTILINE)

    assert len(bases) == 2
    assert all(PINNED.match(base) and base.startswith("python:3.11.") for base in bases)


def test_the_image_runs_as_nobody_in_particular_and_installs_by_hash():
    lines = (DOCKER / "Dockerfile").read_text()

    assert re.findall(r"^USER (\S+)", lines, flags=re.MULTILINE) == ["jarchy"]
    assert "pip install --require-hashes -r requirements.txt" in lines


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_secret_stands_in_the_environment_of_a_service(name):
    environment = SERVICES[name].get("environment", {})

    assert not set(environment) & set(SECRETS)
    assert not any(re.search(r"://[^/]*:[^/]*@", str(value)) for value in environment.values())


def test_every_secret_is_a_file_and_every_file_is_used():
    used = {
        secret if isinstance(secret, str) else secret["source"]
        for service in SERVICES.values()
        for secret in service.get("secrets", ())
    }

    assert {name: str(source["file"]) for name, source in COMPOSE["secrets"].items()} == {
        name: f"./secrets/{name}" for name in used
    }


@pytest.mark.parametrize("name", OURS)
def test_each_process_is_given_everything_that_it_asks_for(name):
    service = SERVICES[name]
    asked = {field for field, info in Environment.model_fields.items() if info.is_required()}
    files = {secret.get("target", secret["source"]) for secret in service["secrets"]}

    assert asked <= set(service["environment"]) | files
    assert {"SECRET_KEY", "DATABASE_URL"} <= files


def test_the_public_process_reaches_the_database_and_the_search_and_nothing_else():
    networks = set(SERVICES["public"]["networks"])
    reached = {name for name, service in SERVICES.items() if networks & set(service["networks"])}

    assert reached == {"public", "postgres", "elasticsearch", "nginx"}
    assert "nginx" not in {name for name, service in SERVICES.items() if "reading" in service["networks"]}
    assert COMPOSE["networks"]["reading"] == COMPOSE["networks"]["inside"] == {"internal": True}


def test_the_public_process_has_its_own_key_and_role_and_writes_nothing_but_counts():
    sources = {secret["source"] for secret in SERVICES["public"]["secrets"]}

    assert sources == {"public_secret_key", "public_database_url"}
    assert SERVICES["public"]["volumes"] == ["media:/srv/media:ro", "alarms:/srv/alarms"]
    assert SERVICES["editorial"]["volumes"] == ["media:/srv/media", "alarms:/srv/alarms"]
    assert SERVICES["public"]["read_only"] is True


def test_only_nginx_is_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]


def test_everything_that_answers_is_asked_for_its_health():
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == {
        "migrate",
        "worker",
        "backup",
    }


def test_a_backup_is_taken_only_when_asked_and_cannot_change_a_file():
    service = SERVICES["backup"]

    assert service["profiles"] == ["backup"]
    assert "media:/srv/media:ro" in service["volumes"]


def test_the_image_has_the_client_of_the_very_server():
    server = re.match(r"postgres:(\d+)\.", SERVICES["postgres"]["image"])[1]

    assert f"postgresql-client-{server} " in (DOCKER / "Dockerfile").read_text()


def has_compose() -> bool:
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0


if has_compose():  # where it is not, the file itself is tested above

    def test_docker_reads_the_compose_file():
        command = ["docker", "compose", "--file", str(DOCKER / "compose.yaml"), "config", "--quiet"]

        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

        assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def configuration(tmp_path) -> Path:
    """nginx's files as the container sees them, with its paths and names turned to this machine."""
    sites = tmp_path / "conf.d"
    sites.mkdir()
    for template in (DOCKER / "nginx" / "sites").glob("*.conf.template"):
        (sites / template.stem).write_text(_here(template.read_text(), tmp_path))
    for name in ("nginx.conf", "proxy.conf"):
        (tmp_path / name).write_text(_here((DOCKER / "nginx" / name).read_text(), tmp_path))
    (tmp_path / "mime.types").write_text("types { text/html html; }")
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=newsroom.example",
    ]
    command += ["-keyout", str(tmp_path / "tls_key"), "-out", str(tmp_path / "tls_certificate")]
    subprocess.run(command, check=True, capture_output=True)
    return tmp_path / "nginx.conf"


def _here(text: str, folder: Path) -> str:
    for name, value in HOSTS.items():
        text = text.replace(f"${{{name}}}", value)
    text = text.replace("/etc/nginx/", f"{folder}/").replace("/run/secrets/", f"{folder}/")
    text = text.replace("/tmp/nginx.pid", f"{folder}/nginx.pid")
    # The names of the containers mean nothing here; ports below 1024 are not ours.
    text = re.sub(r"server (editorial|public):8000;", "server 127.0.0.1:9;", text)
    return re.sub(r"listen (?:127\.0\.0\.1:)?(\d+)", lambda found: f"listen 127.0.0.1:{2000 + int(found[1])}", text)


def test_nginx_takes_the_configuration(configuration):
    command = [program("nginx"), "-t", "-q", "-c", str(configuration), "-p", str(configuration.parent), "-e", "stderr"]

    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert done.returncode == 0, done.stderr


def test_nginx_sends_files_only_when_the_process_says_so_and_reads_only_what_is_served():
    site = (DOCKER / "nginx" / "sites" / "public.conf.template").read_text()
    (block,) = re.findall(r"location /-served/ \{(.*?)\n    \}", site, flags=re.DOTALL)

    assert block.split(";")[0].strip() == "internal"
    assert "alias /srv/media/served/;" in block
    assert SERVICES["public"]["environment"]["FILES_INTERNAL_LOCATION"] == "/-served/"
    assert "media:/srv/media:ro" in SERVICES["nginx"]["volumes"]


def test_nginx_says_itself_who_the_client_is():
    told = (DOCKER / "nginx" / "proxy.conf").read_text()

    assert "proxy_set_header X-Forwarded-For $remote_addr;" in told
    assert "$proxy_add_x_forwarded_for" not in told
    assert SERVICES["editorial"]["environment"]["TRUSTED_PROXY_COUNT"] == "1"


@pytest.mark.parametrize("site", ["editorial", "public"])
def test_health_is_not_there_from_outside(site):
    text = (DOCKER / "nginx" / "sites" / f"{site}.conf.template").read_text()

    assert re.search(r"location /-/ \{\s+return 404;\s+\}", text)


def test_passwords_cannot_be_tried_in_a_row():
    text = (DOCKER / "nginx" / "sites" / "editorial.conf.template").read_text()

    assert re.search(r"location = /admin/login/ \{\s+limit_req zone=signing_in", text)


def test_the_address_of_an_outside_reader_stands_in_no_log():
    text = (DOCKER / "nginx" / "nginx.conf").read_text()
    site = (DOCKER / "nginx" / "sites" / "editorial.conf.template").read_text()

    assert '"~*^/outside/" "/outside/-";' in text and '"path":"$logged_path"' in text
    assert '"~*^/early/" "/early/-";' in text and '"~*^/letters/" "/letters/-";' in text
    assert "$request " not in text and "$request_uri" not in text.split("log_format", 1)[1].split(";", 1)[0]
    for place in ("/outside/", "/early/", "/letters/"):
        block = re.search(rf"location {place} \{{([^}}]*)\}}", site)[1]
        assert "error_log /dev/stderr crit;" in block and 'proxy_set_header Cookie "";' in block
