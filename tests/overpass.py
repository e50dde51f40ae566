"""Servers that answer as Overpass and Nominatim do, out of an extract, on this machine; and may fail as they do."""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import shapely

from street_networks.sources.extract import Extract

DATE = "2024-05-06T07:08:09Z"
_PART = re.compile(r"\((node|way|relation)\['([^']+)'(?:='([^']+)')?\]\(poly:'([^']+)'\);\(\._;>;\);\);")


def answer(extract: Extract, query: str) -> dict:
    """What Overpass gives for the queries that OSMnx sends: elements by tag in a polygon, and all they refer to."""
    parts = _PART.findall(query)
    assert parts
    assert "".join(f"({kind}" for kind, *_ in parts) == "".join(re.findall(r"\((?:node|way|relation)", query))
    numbers = [float(word) for word in parts[0][3].split()]
    area = shapely.box(min(numbers[1::2]), min(numbers[::2]), max(numbers[1::2]), max(numbers[::2]))
    shapely.prepare(area)
    wanted = {(kind, key, value) for kind, key, value, _ in parts}

    def fits(kind, tags):
        return any((kind, key, "") in wanted or (kind, key, value) in wanted for key, value in tags.items())

    def touches(way):
        at = [extract.nodes[node] for node in way.nodes if node in extract.nodes]
        return bool(at) and area.intersects(shapely.LineString(at) if len(at) > 1 else shapely.Point(at))

    near = {number for number, way in extract.ways.items() if touches(way)}
    nodes = {
        number
        for number, tags in extract.node_tags.items()
        if fits("node", tags) and area.intersects(shapely.Point(extract.nodes[number]))
    }
    ways = {number for number in near if fits("way", extract.ways[number].tags)}
    relations = {
        number
        for number, one in extract.relations.items()
        if fits("relation", one.tags) and any(kind == "w" and ref in near for kind, ref, _ in one.members)
    }
    for number in relations:
        ways |= {ref for kind, ref, _ in extract.relations[number].members if kind == "w" and ref in extract.ways}
        nodes |= {ref for kind, ref, _ in extract.relations[number].members if kind == "n" and ref in extract.nodes}
    nodes |= {node for number in ways for node in extract.ways[number].nodes if node in extract.nodes}
    return {
        "version": 0.6,
        "osm3s": {"timestamp_osm_base": DATE},
        "elements": _elements(extract, nodes, ways, relations),
    }


def _elements(extract, nodes, ways, relations):
    long = {"n": "node", "w": "way", "r": "relation"}
    found = []
    for number in nodes:
        lon, lat = extract.nodes[number]
        tags = extract.node_tags.get(number)
        found.append({"type": "node", "id": number, "lat": lat, "lon": lon, **({"tags": dict(tags)} if tags else {})})
    for number in ways:
        way = extract.ways[number]
        found.append({"type": "way", "id": number, "nodes": list(way.nodes), "tags": dict(way.tags)})
    for number in relations:
        one = extract.relations[number]
        members = [{"type": long[kind], "ref": ref, "role": role} for kind, ref, role in one.members]
        found.append({"type": "relation", "id": number, "members": members, "tags": dict(one.tags)})
    return found


class Servers:
    """What they know, how they fail, and what they were asked.

    Attributes
    ----------
    extract, places
        The map, and what Nominatim answers to each name.
    failing
        What happens to the next answers, one a request: "429", "504", "500", "slow", "cut", "remark", "text", or "" for
        none; the last one goes on.
    asked
        Paths of the requests so far.
    """

    def __init__(self, extract: Extract, places: dict | None = None) -> None:
        self.extract, self.places = extract, places or {}
        self.failing: list[str] = [""]
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.url = ""

    def next_fault(self) -> str:
        """What happens to this answer."""
        return self.failing.pop(0) if len(self.failing) > 1 else self.failing[0]


@contextmanager
def serving(servers: Servers) -> Iterator[Servers]:
    """Answer on a free port of this machine while the block runs."""
    running = ThreadingHTTPServer(("127.0.0.1", 0), _handler(servers))
    running.daemon_threads = True
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    servers.url = f"http://127.0.0.1:{running.server_address[1]}"
    try:
        yield servers
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


def _handler(servers: Servers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            self._answer(lambda: servers.places.get(parse_qs(urlparse(self.path).query)["q"][0], []))

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(lambda: answer(servers.extract, parse_qs(body)["data"][0]))

        def _answer(self, found):
            servers.asked.append(urlparse(self.path).path)
            servers.agents.add(self.headers["User-Agent"])
            fault = servers.next_fault()
            if fault.isdigit():
                self._send(int(fault), b"<html>busy</html>")
            elif fault == "slow":
                time.sleep(3)
            elif fault == "text":
                self._send(200, b"<html>welcome to the hotel's network</html>")
            elif fault == "remark":
                self._send(200, b'{"version": 0.6, "elements": [], "remark": "runtime error: Query timed out"}')
            else:
                data = json.dumps(found()).encode()
                self._send(200, data[: len(data) // 2] if fault == "cut" else data)

        def _send(self, status, data):
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return Handler
