"""A stand-in for a municipality's support-management, made from its own OpenAPI document.

It answers four operations of the contract: errands are made, filtered and read, attachments listed and sent. What comes in is
held against the contract's schemas; like the original it has no idempotency key, so whoever sends an errand twice gets two.
"""
import email.parser
import email.policy
import hashlib
import http.server
import json
import random
import re
import threading
import time
import urllib.parse
import uuid

import jsonschema
import yaml

FILTER = re.compile(r"externalTags\.key:'([^']*)' and externalTags\.value:'([^']*)'")


class QuietServer(http.server.ThreadingHTTPServer):
    """Clients are killed here: that they are gone is no news."""
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


class Contract:
    """The schemas of the OpenAPI document, with references resolved as they are used."""

    def __init__(self, path):
        self.document = yaml.safe_load(path.read_text())
        self.document = json.loads(json.dumps(self.document, default=str))
        self.resolver = jsonschema.RefResolver("", self.document)

    def problems(self, name, value):
        """What in `value` is not as the schema of that name wants it from a client."""
        schema = self.document["components"]["schemas"][name]
        found = [f"{'/'.join(map(str, error.path))}: {error.message}" for error in
                 jsonschema.Draft202012Validator(schema, resolver=self.resolver).iter_errors(value)]
        found += [f"{key}: is no member" for key in value if key not in schema["properties"]]
        found += [f"{key}: is read-only" for key in value if schema["properties"].get(key, {}).get("readOnly")]
        return found

    def has(self, method, path):
        for pattern, operations in self.document["paths"].items():
            if method.lower() in operations and re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", pattern), path):
                return True
        return False


class SupportManagement:
    """The state, and the server on a free port of the loopback."""

    def __init__(self, contract, dice=None, trouble=0.0):
        self.contract = Contract(contract)
        self.dice, self.trouble = dice or random.Random(0), trouble
        self.lock = threading.Lock()
        self.errands, self.attachments, self.refused = {}, {}, []
        # Is called when an errand was made, before the answer goes.
        self.made = lambda errand: None
        stub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                stub.handle(self, "GET")

            def do_POST(self):
                stub.handle(self, "POST")

            def log_message(self, *_):
                pass

        self.server = QuietServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def handle(self, request, method):
        try:
            self._handle(request, method)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def _handle(self, request, method):
        url = urllib.parse.urlsplit(request.path)
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        parts = url.path.strip("/").split("/")
        if not self.contract.has(method, url.path) or len(parts) < 3 or parts[2] != "errands":
            return self._problem(request, 404, "no such operation")
        if self.dice.random() < self.trouble:
            time.sleep(self.dice.uniform(0, 0.05))
            return self._problem(request, self.dice.choice([500, 503]), "trouble", [("Retry-After", "0")])
        if len(parts) == 3:
            return self._list(request, url) if method == "GET" else self._make(request, body)
        errand = self.errands.get(parts[3])
        if errand is None:
            return self._problem(request, 404, "no such errand")
        if parts[4:] == ["attachments"]:
            return self._attached(request, errand) if method == "GET" else self._attach(request, errand, body)
        if len(parts) == 4 and method == "GET":
            return self._json(request, 200, errand)
        return self._problem(request, 501, "not part of this stand-in")

    def _list(self, request, url):
        query = urllib.parse.parse_qs(url.query)
        wanted = FILTER.fullmatch(query.get("filter", [""])[0])
        if not wanted:
            return self._problem(request, 400, "the filter is not understood")
        with self.lock:
            found = [errand for errand in self.errands.values() if any(
                tag["key"] == wanted[1] and tag["value"] == wanted[2] for tag in errand.get("externalTags", []))]
        size = int(query.get("size", ["20"])[0])
        self._json(request, 200, {"content": found[:size], "totalElements": len(found), "number": 0, "size": size,
                                  "numberOfElements": len(found[:size]), "first": True, "last": len(found) <= size,
                                  "totalPages": -(-len(found) // size), "empty": not found})

    def _make(self, request, body):
        try:
            errand = json.loads(body)
            problems = self.contract.problems("Errand", errand)
        except ValueError:
            problems = ["is no JSON"]
        if problems:
            self.refused += problems
            return self._problem(request, 400, "; ".join(problems))
        with self.lock:
            identity = str(uuid.uuid4())
            errand = {**errand, "id": identity, "errandNumber": f"FORM-{len(self.errands) + 1}", "version": 0}
            self.errands[identity] = errand
            self.attachments[identity] = []
        self.made(errand)
        self._answer(request, 201, b"", [("Location", f"{self.address}{request.path}/{identity}")])

    def _attached(self, request, errand):
        self._json(request, 200, [{key: value for key, value in one.items() if key != "content"}
                                  for one in self.attachments[errand["id"]]])

    def _attach(self, request, errand, body):
        head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
        parts = {part.get_param("name", header="content-disposition"): part for part in
                 email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body).iter_parts()}
        file = parts.get("errandAttachment")
        if file is None or set(parts) - {"errandAttachment", "channel"} or not file.get_filename():
            self.refused.append(f"attachment with parts {sorted(map(str, parts))}")
            return self._problem(request, 400, "errandAttachment is missing")
        content = file.get_payload(decode=True)
        with self.lock:
            self.attachments[errand["id"]].append({
                "id": str(uuid.uuid4()), "fileName": file.get_filename(), "mimeType": file.get_content_type(),
                "hash": hashlib.sha256(content).hexdigest(), "content": content})
        self._answer(request, 201, b"", [("Location", f"{self.address}{request.path}/x")])

    def _json(self, request, status, value):
        self._answer(request, status, json.dumps(value).encode(), [("Content-Type", "application/json")])

    def _problem(self, request, status, detail, headers=()):
        self._answer(request, status, json.dumps({"title": detail, "status": status}).encode(),
                     [("Content-Type", "application/problem+json"), *headers])

    @staticmethod
    def _answer(request, status, body, headers):
        request.send_response(status)
        for name, value in headers:
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
