"""The page's files and headers; the page itself is driven in tests/console."""

import httpx
import pytest

from antiphon.server.console import PAGES
from antiphon.server.listen import Listening


async def fetched(server: Listening, path: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=server.url.replace("ws", "http", 1)) as client:
        return await client.get(path)


@pytest.mark.parametrize(("path", "script"), [("/", "console"), ("/operate", "operate")])
async def test_the_pages_are_there_and_name_only_files_of_ours(server, path, script):
    answer = await fetched(server, path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert f'src="/assets/{script}.js"' in answer.text
    assert "//" not in answer.text.replace("<!doctype", ""), "no other host"


@pytest.mark.parametrize(
    "path", ["/", "/operate", "/assets/console.js", "/assets/operate.js", "/assets/style.css", "/assets/capture.js"]
)
async def test_browsers_are_told_to_take_nothing_from_elsewhere(server, path):
    headers = (await fetched(server, path)).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/assets/", "/assets/none.js", "/assets/../console.py", "/assets/%2e%2e/console.py"])
async def test_what_is_no_file_of_the_page_is_not_there(server, path):
    assert (await fetched(server, path)).status_code == 404


def test_the_page_is_small():
    assert sum(file.stat().st_size for file in PAGES.iterdir()) < 300_000
