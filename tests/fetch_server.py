#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A server of files for tests/fetch.bats, which does what servers do. It listens on 127.0.0.1,
writes its port to LOG.port, and ends by itself when nobody asked for IDLE (60) seconds. The
query of a URL says how its file is served:

    delay=S      it waits so long before it answers
    company=N    it waits until so many were asked for at once of this host (at most 20 s)
    hosts=N      it waits until so many hosts were asked at once
    busy=N       the first N times it says 503; after=S: with Retry-After: S
    status=N     it says N
    cut=N        once it breaks off after N bytes; cuts=K: so many times; of what it promised
    stall=N      once it sends nothing more after N bytes, until LOG.go is there
    turn=NAME    it waits until NAME stalls
    norange      it knows no Range
    stale=N      what is asked for from byte N or later on are other bytes
    wrong        it sends other bytes
    to=HOST      it redirects to that host

LOG gets a line for each request, before its last byte is sent: host, path, first byte, the byte behind the
last one sent, status, how many
were served of this host when it came, itself included, of how many hosts, the seconds
since the server began, and the user and password.
Usage: fetch_server.py DIR LOG [CERTIFICATE]"""

import base64
import http.server
import os
import re
import ssl
import sys
import threading
import time
import urllib.parse

DIR, LOG = sys.argv[1:3]
IDLE = 60
began = last_asked = time.monotonic()
changed = threading.Condition()
serving, peak = {}, {}  # by host: now, and at most so far
peak_hosts = 0
times = {}  # how often each URL was asked for, by behaviour
stalled = set()


def count(*key):
    with changed:
        times[key] = times.get(key, 0) + 1
        return times[key]


def wait_until(condition, seconds=20):
    with changed:
        changed.wait_for(condition, seconds)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # the client was stopped


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def answer(self, status, **headers):
        self.status = status
        self.leave()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def enter(self):
        global peak_hosts
        with changed:
            serving[self.host] = serving.get(self.host, 0) + 1
            self.most, self.hosts = serving[self.host], sum(n > 0 for n in serving.values())
            peak[self.host] = max(peak.get(self.host, 0), self.most)
            peak_hosts = max(peak_hosts, self.hosts)
            changed.notify_all()
        self.inside = True

    def leave(self):
        """Before its last byte: with that the client may end, or ask for the next file."""
        if not self.inside:
            return
        self.inside = False
        user = self.headers.get("Authorization", "").rpartition(" ")[2]
        with changed:
            serving[self.host] -= 1
            changed.notify_all()
            with open(LOG, "a", encoding="utf-8") as log:
                print(self.host, self.name, self.first, self.sent, self.status, self.most,
                      self.hosts, f"{self.at:.3f}", base64.b64decode(user).decode(),
                      sep="\t", file=log)

    def do_GET(self):
        global last_asked
        url = urllib.parse.urlsplit(self.path)
        self.name = urllib.parse.unquote(url.path.lstrip("/"))
        self.query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        self.host = re.sub(r":\d+$", "", self.headers["Host"])
        self.first = self.sent = self.status = 0
        self.at = time.monotonic() - began
        self.enter()
        try:
            self.serve()
        finally:
            self.leave()
            last_asked = time.monotonic()

    def serve(self):
        query = self.query
        if "company" in query:
            wait_until(lambda: peak[self.host] >= int(query["company"]))
        if "hosts" in query:
            wait_until(lambda: peak_hosts >= int(query["hosts"]))
        if "turn" in query:
            wait_until(lambda: query["turn"] in stalled)
            time.sleep(0.5)  # the client writes what it was sent
        time.sleep(float(query.get("delay", 0)))
        if count(self.path, "busy") <= int(query.get("busy", 0)):
            return self.answer(503, **({"Retry_After": query["after"]} if "after" in query else {}))
        if "status" in query:
            return self.answer(int(query["status"]))
        if "to" in query:
            return self.answer(302, Location=f"http://{query['to']}:{PORT}/{self.name}")
        try:
            with open(os.path.join(DIR, self.name), "rb") as f:
                data = f.read()
        except OSError:
            return self.answer(404)
        self.send_file(data)

    def send_file(self, data):
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked and "norange" not in self.query:
            self.first = int(asked[1])
            if self.first >= len(data):
                self.first = 0
                return self.answer(416, Content_Range=f"bytes */{len(data)}")
        if "wrong" in self.query or self.first >= int(self.query.get("stale", 1 << 60)):
            data = bytes(255 - b for b in data)
        self.status = 206 if self.first else 200
        self.send_response(self.status)
        if self.first:
            self.send_header("Content-Range", f"bytes {self.first}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - self.first))
        self.end_headers()
        self.sent = self.first
        if "cut" in self.query and count(self.path, "cut") <= int(self.query.get("cuts", 1)):
            return self.send(data[self.first:self.first + int(self.query["cut"])])
        if "stall" in self.query and count(self.path, "stall") == 1:
            self.send(data[self.first:int(self.query["stall"])])
            with changed:
                stalled.add(self.name)
                changed.notify_all()
            while not os.path.exists(LOG + ".go"):
                time.sleep(0.02)
        rest = data[self.sent:]
        self.send(rest[:-1])
        self.sent = len(data)
        self.leave()
        self.wfile.write(rest[-1:])

    def send(self, data):
        self.wfile.write(data)
        self.wfile.flush()
        self.sent += len(data)


server = Server(("127.0.0.1", 0), Handler)
PORT = server.socket.getsockname()[1]
if len(sys.argv) > 3:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
with open(LOG + ".port.new", "w", encoding="ascii") as f:
    f.write(str(PORT))
os.rename(LOG + ".port.new", LOG + ".port")
while time.monotonic() < last_asked + IDLE:
    time.sleep(0.2)
