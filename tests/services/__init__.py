"""Real servers for tests and for `make run SERVICES=real`: PostgreSQL, Redis, nginx and Elasticsearch on loopback.

A server comes from the first of: the address that the environment names, the image of docker/compose.yaml where a
Docker engine answers, the packages of Debian (Elasticsearch: the archive described in `elasticsearch_archive`). What is
missing is installed where that is allowed; otherwise one line says what to install. Nothing is skipped.

    python -m tests.services run --with postgres,elasticsearch -- COMMAND...
    python -m tests.services ensure chromium
"""

from tests.services.servers import ServiceFailed, running
from tests.services.system import ServiceMissing

__all__ = ["ServiceFailed", "ServiceMissing", "running"]
