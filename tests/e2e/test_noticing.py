"""看得出差错 — each fault planted on a page of its own is noticed; a page without one is let be."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser

from e2e.visiting import Visitor

PAGES = {
    "/": ("<p>好</p>", ""),
    "/wide/": ("<p style='width:900px'>宽</p>", "横向多出"),
    "/small/": ("<p style='font-size:9px'>小</p>", "字小于 11px"),
    "/console/": ("<script>console.error('坏了')</script>", "控制台 error：坏了"),
    "/throw/": ("<script>throw new Error('坏了')</script>", "脚本出错"),
    "/outside/": ("<img src='http://127.0.0.2:8099/x.png'>", "页面向外请求"),
    "/missing/": ("<img src='/gone.png'>", "404"),
    "/stray/": ("<p>None</p>", "不该有的字"),
}


class Planted(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body, _ = PAGES.get(self.path, ("", ""))
        self.send_response(200 if body or self.path == "/favicon.ico" else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(f"<!doctype html><meta name=viewport content='width=device-width'>{body}".encode())

    def log_message(self, *said: object) -> None:
        """Nothing: the test says what it saw."""


@pytest.fixture(scope="module")
def planted() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Planted) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("path", PAGES)
def test_a_planted_fault_is_noticed(browser: Browser, planted: str, path: str) -> None:
    visitor = Visitor.arrive(browser, planted, "某")
    visitor.go(path)
    visitor.look(f"planted{path.replace('/', '-')}")
    visitor.context.close()
    expected = PAGES[path][1]
    assert any(expected in fault for fault in visitor.faults) if expected else not visitor.faults
