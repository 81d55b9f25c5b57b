"""A small client of the WebDriver protocol, for chromium without any network."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any, Self

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-device-scale-factor=1",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-proxy-server",
    "--window-size=1300,1100",
)


class Browser:
    """A session of chromium; use it as a context manager."""

    def __init__(self, chromium: str, chromedriver: str) -> None:
        self.chromium = chromium
        self.chromedriver = chromedriver

    def __enter__(self) -> Self:
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.log = Path(self.folder.name, "driver.log")
        environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        with self.log.open("w", encoding="utf-8") as log:
            self.driver = subprocess.Popen(
                [self.chromedriver, "--port=0"],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
            )
        try:
            self.url = f"http://127.0.0.1:{self._port()}"
            self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            options = {
                "binary": self.chromium,
                "args": [*FLAGS, f"--user-data-dir={self.folder.name}/profile"],
            }
            wanted = {
                "browserName": "chrome",
                "goog:chromeOptions": options,
                "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            }
            session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        except BaseException:
            self._stop()
            raise
        self.url += f"/session/{session['sessionId']}"
        return self

    def __exit__(self, *_):
        try:
            self.call("DELETE", "")
        finally:
            self._stop()

    def _stop(self) -> None:
        self.driver.terminate()
        try:
            self.driver.wait(10)
        except subprocess.TimeoutExpired:
            self.driver.kill()
            self.driver.wait()
        self.folder.cleanup()

    def _port(self) -> int:
        for _ in range(300):
            found = re.search(r"started successfully on port (\d+)", self.log.read_text("utf-8"))
            if found:
                return int(found.group(1))
            time.sleep(0.1)
        raise TimeoutError(self.log.read_text("utf-8"))

    def call(self, method: str, path: str, body: object = None):
        data = json.dumps(body or {}).encode() if method == "POST" else None
        request = urllib.request.Request(
            self.url + path, data, {"Content-Type": "application/json"}, method=method
        )
        with self.opener.open(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def open(self, url: str) -> None:
        self.call("POST", "/url", {"url": url})

    def run(self, script: str, *args: object):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(args)})

    def wait(self, script: str, seconds: float = 20.0) -> None:
        end = time.monotonic() + seconds
        while not self.run(f"return Boolean({script})"):
            assert time.monotonic() < end, f"still false after {seconds} s: {script}"
            time.sleep(0.05)

    def logs(self, kind: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("POST", "/se/log", {"type": kind})
        return found

    def requests(self) -> list[str]:
        """Return the addresses asked for since the last call."""
        found = []
        for entry in self.logs("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                found.append(message["params"]["request"]["url"])
        return found

    def screenshot(self) -> bytes:
        return base64.b64decode(self.call("GET", "/screenshot"))

    def move_to(self, x: float, y: float) -> None:
        """Move the mouse, in pixels of the window; pauses outlast the throttle of Leaflet."""
        pause = {"type": "pause", "duration": 60}
        moves = [
            step
            for shift in (-1, 0)
            for step in (
                pause,
                {"type": "pointerMove", "duration": 0, "x": round(x) + shift, "y": round(y)},
            )
        ]
        pointer = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}
        self.call("POST", "/actions", {"actions": [{**pointer, "actions": moves}]})
