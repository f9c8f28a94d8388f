"""The same servers from the pinned images of docker/compose.yaml, where a Docker engine answers."""

import os
import secrets
import shutil
import subprocess
from functools import cache
from pathlib import Path

import yaml

from tests.services import recipes
from tests.services.recipes import HEAP, Recipe
from tests.services.system import ServiceMissing, free_port

COMPOSE = Path(__file__).resolve().parents[2] / "docker" / "compose.yaml"
PULL_SECONDS = 1200
ENGINE_SECONDS = 10


@cache
def engine_answers() -> bool:
    """Whether there is a Docker engine to start containers on."""
    if shutil.which("docker") is None or not COMPOSE.is_file():
        return False
    try:
        done = subprocess.run(["docker", "info"], capture_output=True, timeout=ENGINE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def recipe(name: str) -> Recipe:
    """The server as a container that ends with its command. Raises ServiceMissing: no such image."""
    port, password = free_port(), secrets.token_urlsafe(16)
    if name == "postgres":
        settings = [part for setting in recipes.POSTGRES_SETTINGS for part in ("-c", setting)]
        environment = {"POSTGRES_USER": "jarchy", "POSTGRES_PASSWORD": password, "POSTGRES_DB": "postgres"}
        url, check = f"postgres://jarchy:{password}@127.0.0.1:{port}/postgres", recipes.check_postgres
        return _recipe(name, f"{port}:5432", environment, settings, url=url, check=check)
    if name == "redis":
        url, check = f"redis://127.0.0.1:{port}/0", recipes.check_redis
        return _recipe(name, f"{port}:6379", {}, [], url=url, check=check)
    environment = {
        "discovery.type": "single-node",
        "xpack.security.enabled": "false",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        "ES_JAVA_OPTS": f"-Xms{HEAP} -Xmx{HEAP}",
    }
    url, check = f"http://127.0.0.1:{port}", recipes.check_elasticsearch
    return _recipe(name, f"{port}:9200", environment, [], url=url, check=check)


def _recipe(name: str, ports: str, environment: dict[str, str], arguments: list[str], *, url: str, check) -> Recipe:
    image = _image(name)
    _pull(image)
    variables = [part for key, value in environment.items() for part in ("--env", f"{key}={value}")]
    command = ["docker", "run", "--rm", "--init", "--pull", "never", "--publish", f"127.0.0.1:{ports}", *variables]
    # Where the engine is and who may speak to it is known to the present user only.
    own = {key: os.environ[key] for key in ("HOME", "DOCKER_HOST", "DOCKER_CONTEXT", "PATH") if key in os.environ}
    return Recipe(name=name, url=url, command=[*command, image, *arguments], check=check, environment=own)


def _image(name: str) -> str:
    """The image of the service in the compose file, a literal. Raises ServiceMissing."""
    services = yaml.safe_load(COMPOSE.read_text()).get("services", {})
    image = services.get(name, {}).get("image", "")
    if not image or "$" in image:
        raise ServiceMissing(f"docker/compose.yaml pins no image for the service {name}")
    return image


def _pull(image: str) -> None:
    known = subprocess.run(["docker", "image", "inspect", image], capture_output=True, check=False).returncode == 0
    if not known:
        done = subprocess.run(["docker", "pull", "-q", image], capture_output=True, text=True, timeout=PULL_SECONDS)
        if done.returncode != 0:
            raise ServiceMissing(f"Docker did not fetch {image}: {done.stderr.strip()}")
