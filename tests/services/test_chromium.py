"""The browser of the journeys is real and speaks to loopback only."""

import pytest
from playwright.sync_api import Error

from tests.services import running


def test_it_shows_a_page_of_a_real_server(chromium):
    page_of_nginx = "location / { default_type text/html; charset utf-8; return 200 '<h1>Жарчы</h1>'; }"

    with running("nginx", environment={}, nginx={"locations": page_of_nginx}) as urls:
        page = chromium.new_page()
        page.goto(urls["NGINX_URL"])
        heading = page.inner_text("h1")

    assert heading == "Жарчы"


# 192.0.2.1 is an address for examples: without the rule this would be a time-out, not a name that is unknown.
@pytest.mark.parametrize("host", ["localhost", "jarchy.example", "192.0.2.1"])
def test_no_other_host_is_known(chromium, host):
    page = chromium.new_page()

    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto(f"http://{host}/")
