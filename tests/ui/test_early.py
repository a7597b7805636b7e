"""A script of ours comes first on pages of the app, and no file is changed on its way."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from starlette.responses import FileResponse, HTMLResponse, Response

from fusionlab.ui.early import Early, Message

SCOPE: Message = {"type": "http", "method": "GET", "path": "/", "headers": []}
PAGE = "<html><head><title>a</title></head></html>"


def answer(app: Response) -> tuple[dict[bytes, bytes], bytes]:
    """Headers and body of what is sent for a page."""
    sent: list[Message] = []

    async def receive() -> Message:
        return await asyncio.Future()  # nothing more is said

    async def send(message: Message) -> None:
        sent.append(message)

    with ThreadPoolExecutor(1) as worker:  # this thread may have a loop, of the browser's tests
        worker.submit(lambda: asyncio.run(Early(app)(dict(SCOPE), receive, send))).result()
    start, *parts = sent
    return dict(start["headers"]), b"".join(part.get("body", b"") for part in parts)


def test_a_page_begins_with_the_script_and_its_length_is_right() -> None:
    headers, body = answer(HTMLResponse(PAGE))
    assert body.startswith(b"<html><head><script>")
    assert body.endswith(b"</script><title>a</title></head></html>")
    assert int(headers[b"content-length"]) == len(body)


def test_a_large_page_from_a_file_comes_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(PAGE + " " * 300_000, encoding="utf-8")
    headers, body = answer(FileResponse(file))
    assert body == file.read_bytes()
    assert int(headers[b"content-length"]) == len(body)
