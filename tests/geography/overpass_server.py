"""A small Overpass-compatible server on the loopback interface, serving OpenStreetMap data by hand.

It understands the queries that osmnx writes: tags and a polygon. Replies can be spoiled on purpose.
"""

from __future__ import annotations

import json
import re
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import shapely

NODES = {
    1: (-97.00, 32.00, {}),
    2: (-96.80, 32.02, {}),
    3: (-96.60, 32.00, {}),
    4: (-96.40, 32.05, {}),
    5: (-96.81, 32.20, {"power": "substation", "voltage": "345000", "name": "Hand Substation"}),
    6: (-96.50, 32.10, {"telecom": "data_center", "name": "Hand Data Center"}),
    7: (-96.70, 32.30, {}),
    8: (-96.69, 32.30, {}),
    9: (-96.69, 32.31, {}),
}
WAYS = {
    11: ([1, 2], {"highway": "motorway", "ref": "I 1"}),
    12: ([2, 3], {"highway": "trunk", "bridge": "yes", "name": "Long Bridge"}),
    13: ([3, 4], {"highway": "secondary"}),
    14: ([1, 2, 3, 4], {"railway": "rail", "name": "Hand Rail"}),
    15: ([2, 7], {"highway": "footway"}),
    16: ([7, 8, 9, 7], {"power": "substation", "voltage": "138000"}),
    17: ([1, 7], {"power": "line", "voltage": "345000"}),
}


Spoil = Callable[[int, str], tuple[int, dict[str, str], str] | None]


@dataclass
class Server:
    """What the server was asked, and how it misbehaves."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    spoil: Callable[[int, str], tuple[int, dict[str, str], str] | None] = lambda _number, _query: (
        None
    )
    """Given the number of the request and its query: status, headers, body; None: answer well."""
    slow_s: float = 0.0
    slots: int = 0
    """How often the status page was asked."""


def answer(query: str) -> dict[str, Any]:
    """Return the elements that a query asks for, with the nodes of their ways."""
    elements: dict[tuple[str, int], dict[str, Any]] = {}
    pattern = r"\((node|way|relation)((?:\['[^\]]*\])+)\(poly:'([^']*)'\)"
    for kind, tags, points in re.findall(pattern, query):
        numbers = [float(x) for x in points.split()]
        polygon = shapely.Polygon(list(zip(numbers[1::2], numbers[::2], strict=True)))
        wanted = dict(re.findall(r"\['([^']*)'='([^']*)'\]", tags))
        if kind == "node":
            for number, (lon, lat, own) in NODES.items():
                if wanted.items() <= own.items() and polygon.intersects(shapely.Point(lon, lat)):
                    elements["node", number] = node(number)
        elif kind == "way":
            for number, (members, own) in WAYS.items():
                line = shapely.LineString([NODES[n][:2] for n in members])
                if wanted.items() <= own.items() and polygon.intersects(line):
                    way = {"type": "way", "id": number, "nodes": members, "tags": own}
                    elements["way", number] = way
                    elements.update({("node", n): node(n) for n in members})
    return {"version": 0.6, "elements": list(elements.values())}


def node(number: int) -> dict[str, Any]:
    lon, lat, tags = NODES[number]
    found: dict[str, Any] = {"type": "node", "id": number, "lon": lon, "lat": lat}
    return {**found, "tags": tags} if tags else found


@contextmanager
def overpass() -> Iterator[Server]:
    """Run the server for as long as the context lasts."""
    state = Server()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.slots += 1
            text = "Connected as: 1\nCurrent time: now\nRate limit: 2\n\n2 slots available now.\n"
            self.reply(200, {}, text)

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            form = urllib.parse.parse_qs(self.rfile.read(length).decode())
            with lock:
                state.asked.append(form["data"][0])
                number = len(state.asked)
            time.sleep(state.slow_s)
            spoiled = state.spoil(number, form["data"][0])
            self.reply(*(spoiled or (200, {}, json.dumps(answer(form["data"][0])))))

        def reply(self, status: int, headers: dict[str, str], text: str) -> None:
            body = text.encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except BrokenPipeError:
                self.close_connection = True

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}/api"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
