"""Files that nginx sends: the real nginx with the product's own lines, behind answers of the public process."""

import re
import shutil
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from frontend_api import file_view
from frontend_api.models import PublishedFile
from tests.newsroom import photo, publish, release
from tests.services.servers import running

SITE = Path(django_settings.BASE_DIR) / "docker" / "nginx" / "sites" / "public.conf.template"
KEPT_HEADERS = (
    "Content-Type", "Content-Disposition", "Cache-Control", "ETag", "Content-Security-Policy",
    "X-Content-Type-Options", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "X-Frame-Options",
    "Surrogate-Key",
)  # fmt: skip


@pytest.fixture
def media(settings, tmp_path_factory):
    """A folder that a server without rights can come to; pytest's own is closed to it."""
    folder = Path("/tmp") / f"jarchy-media-{tmp_path_factory.getbasetemp().name}-{id(settings)}"
    folder.mkdir(mode=0o755)
    settings.MEDIA_ROOT = folder
    settings.FILES_INTERNAL_LOCATION = "/-served/"
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def address(api, room, media) -> str:
    """The address of a public picture; what is served is opened to everybody here, as to the group in production."""
    page = publish(release(room.author, image=photo(alt_text_ky="Сүрөт", credit="А. Асанов")), room)
    for path in (media / "served").rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (media / "served").chmod(0o755)
    return api.get(f"/api/v1/releases/{page.slug}").json()["image"]["url"].removeprefix("http://127.0.0.1:8001")


def answers_of(api, address: str):
    """The public process on a socket: it gives the answers that it gave here."""
    plain, missing = api.get(address), api.get("/api/v1/files/none")
    unchanged = api.get(address, headers={"If-None-Match": plain["ETag"]})

    asked = []

    class Process(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            answer = unchanged if self.headers.get("If-None-Match") == plain["ETag"] else plain
            answer = answer if self.path == address else missing
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *args):
            pass

    return plain, HTTPServer(("127.0.0.1", 0), Process), asked


@pytest.fixture
def nginx(api, address, media):
    plain, process, asked = answers_of(api, address)
    thread = threading.Thread(target=process.serve_forever, daemon=True)
    thread.start()
    (block,) = re.findall(r"location /-served/ \{.*?\n    \}", SITE.read_text(), flags=re.DOTALL)
    block = block.replace("/srv/media", str(media))
    to_process = f"proxy_pass http://127.0.0.1:{process.server_port};"
    answer = f"location = / {{ return 204; }} location / {{ {to_process} }} location @process {{ {to_process} }}"
    try:
        with running("nginx", environment={}, nginx={"locations": f"{block}\n{answer}"}) as urls:
            yield plain, urls["NGINX_URL"], asked
    finally:
        process.shutdown()
        process.server_close()
        thread.join()


def ask(url: str, **headers: str):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def test_nginx_sends_the_cleared_bytes_with_everything_that_the_process_said(nginx, address, media):
    plain, url, _asked = nginx
    file = PublishedFile.objects.get()

    status, headers, body = ask(url + address)
    _, _, part = ask(url + address, Range="bytes=0-9")
    unchanged = ask(url + address, **{"If-None-Match": plain["ETag"]})

    assert plain["X-Accel-Redirect"] == f"/-served/{file.storage_name.removeprefix('served/')}"
    assert (status, body) == (200, (media / file.storage_name).read_bytes())
    assert {name: headers.get(name) for name in KEPT_HEADERS} == {name: plain.get(name) for name in KEPT_HEADERS}
    assert "X-Accel-Redirect" not in headers and "Last-Modified" not in headers
    assert part == body[:10]
    assert (unchanged[0], unchanged[2]) == (304, b"")


def test_nobody_reaches_the_folder_by_its_own_address_and_the_process_hears_of_it(nginx, media):
    _, url, asked = nginx
    name = PublishedFile.objects.get().storage_name
    tried = (name.removeprefix("served/"), "", "../originals/", "..%2foriginals")

    before = len(asked)
    answers = {ask(f"{url}/-served/{path}")[0] for path in tried}

    assert answers == {404}
    assert {f"/-served/{path}" for path in tried[:2]} <= set(asked[before:])


def test_bytes_that_were_altered_are_not_handed_to_nginx(api, address, media):
    path = media / PublishedFile.objects.get().storage_name
    path.write_bytes(path.read_bytes()[:-1] + b"x")

    response = api.get(address)

    assert (response.status_code, "X-Accel-Redirect" in response.headers) == (500, False)


def test_a_file_that_was_published_before_there_was_a_folder_for_nginx_is_sent_by_the_process(api, address, media):
    file = PublishedFile.objects.get()
    (media / "originals" / "old.jpg").write_bytes((media / file.storage_name).read_bytes())
    file.storage_name = "originals/old.jpg"

    response = file_view._sent(file)

    assert b"".join(response.streaming_content) == (media / "originals" / "old.jpg").read_bytes()
    assert "X-Accel-Redirect" not in response.headers
