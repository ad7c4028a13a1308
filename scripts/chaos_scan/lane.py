"""One scanner with its agent: the real programs, started, asked, killed and stopped."""
import http.client
import io
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.parse

import sheet

DEADLINES = {"open": 5, "start": 6, "idle": 5, "cancel": 4}


class Refused(Exception):
    """The agent answered with a problem: its code."""


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Lane:
    def __init__(self, folder, programs, kind):
        self.folder, self.kind = folder, kind
        self.pages = folder / "pages"
        self.temporary = folder / "tmp"
        for path in (self.pages, self.temporary, folder / "profiles", folder / "bin"):
            path.mkdir(parents=True)
        # Beside the agent lies its scan-worker and no read-worker: what is scanned waits, unread.
        for name in ("blankett-agent", "blankett-scan-worker"):
            os.link(programs.resolve() / name, folder / "bin" / name)
        for bundle in programs.glob("*.resources"):
            (folder / "bin" / bundle.name).symlink_to(bundle.resolve())

        self.printer = self._start(programs / "virtual-mfp", "--port", "0", "--address-file", str(folder / "mfp.address"))
        address = self._address(folder / "mfp.address", self.printer)
        self.printer_host = urllib.parse.urlsplit(address).netloc
        profile = {
            "format": "blankett-device/1", "maker": "any",
            "devices": [{
                "name": f"Any {connection}", "version": 1, "match": {}, "connection": [connection], "deadlines": DEADLINES,
                "profiles": {
                    f"sides-{sides}": {"source": "feeder", "sides": sides, "mode": "gray", "resolution": 75, "size": "A6"}
                    for sides in (1, 2)
                }} for connection in ("escl", "sane")]}
        (folder / "profiles/any.json5").write_text(json.dumps(profile))
        (folder / "agent.json5").write_text(json.dumps({
            "format": "blankett-agent/1", "station": "chaos", "data": "agent", "forms": [], "profiles": ["profiles"],
            "readers": 1, "test": True, "discovery": {"usb": False},
            "scanners": [{"name": "MFP", "address": address if kind == "escl" else f"sane:airscan:{address}"}]}))
        self.socket = os.path.relpath(folder / "agent/control.sock")
        self.start_agent()

    # Programs

    def _start(self, *command):
        log = open(self.folder / f"{pathlib.Path(command[0]).name}.log", "ab")
        return subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={**os.environ, "TMPDIR": str(self.temporary)}, start_new_session=True)

    def _address(self, file, process):
        for _ in range(600):
            if file.exists() and file.read_text().endswith("\n"):
                return file.read_text().strip()
            if process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f"{process.args[0]} did not start; see {self.folder}")

    def start_agent(self):
        file = self.folder / "agent/agent.address"
        file.unlink(missing_ok=True)
        self.agent = self._start(self.folder / "bin/blankett-agent", "--config", self.folder / "agent.json5")
        self.kiosk, self.secret = self._address(file, self.agent).split("/#")
        self.cookie = None

    def kill_agent(self):
        self.agent.kill()
        self.agent.wait()

    def workers(self):
        """The processes of the agent's children that scan."""
        found = []
        for task in pathlib.Path(f"/proc/{self.agent.pid}/task").glob("*/children"):
            try:
                for child in task.read_text().split():
                    if pathlib.Path(f"/proc/{child}/comm").read_text().startswith("blankett-scan-w"):
                        found.append(int(child))
            except OSError:
                continue
        return found

    def kill_worker(self):
        for worker in self.workers():
            try:
                os.kill(worker, signal.SIGKILL)
            except ProcessLookupError:
                continue
            return True
        return False

    def left(self):
        """What a batch should have cleared away: jobs in the device."""
        return [f"job {job['id']}" for job in self.printer_state()["jobs"] if job["state"] == "Processing"]

    def stop(self):
        """Ends all; what they leave behind."""
        for process in (self.agent, self.printer):
            process.terminate()
        for process in (self.agent, self.printer):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        time.sleep(0.5)
        # Folders of an agent that was killed are removed by the workers that come a minute later.
        folders = [entry for entry in self.temporary.iterdir() if time.time() - entry.lstat().st_mtime > 150]
        return [f"process {process}" for process in self._processes()] + [f"folder {folder}" for folder in folders]

    def _processes(self):
        """All that runs from this lane's programs, whoever began it."""
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if (process / "exe").readlink().is_relative_to(self.folder):
                    yield process.name
            except OSError:
                continue

    # The device

    def printer_state(self):
        return self._printer("GET")

    def set_printer(self, change):
        return self._printer("POST", change)

    def _printer(self, method, body=None):
        connection = http.client.HTTPConnection(self.printer_host, timeout=30)
        try:
            connection.request(method, "/_ctl", body and json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"virtual-mfp refused {body}: {text}")
            return json.loads(text)
        finally:
            connection.close()

    def paper(self, numbers):
        """Files for these sides, drawn."""
        files = []
        for number in numbers:
            files.append(self.pages / f"{number}.png")
            if not files[-1].exists():
                sheet.draw(number, files[-1])
        return [str(file) for file in files]

    # The agent

    def ask(self, method, path, body=None):
        """The answer of the agent; OSError where it is not there, Refused where it says no."""
        connection = _UnixConnection(self.socket, 60)
        try:
            connection.request(method, path, json.dumps(body or {}) if method == "POST" else None, {"Content-Type": "application/json"})
            return self._json(connection.getresponse())
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    @staticmethod
    def _json(answer):
        text = answer.read()
        if answer.status >= 300:
            try:
                raise Refused(json.loads(text).get("code") or text.decode())
            except ValueError:
                raise Refused(f"{answer.status}") from None
        return json.loads(text) if text else None

    def on_page(self, method, path, body=None):
        """Asks the kiosk page as a browser would; the bytes of the answer."""
        host = urllib.parse.urlsplit(self.kiosk).netloc
        for _ in range(2):
            connection = http.client.HTTPConnection(host, timeout=60)
            headers = {"Origin": self.kiosk, "X-Blankett": "1", "Content-Type": "application/json"}
            try:
                if self.cookie is None:
                    connection.request("POST", "/api/session", json.dumps({"secret": self.secret}), headers)
                    answer = connection.getresponse()
                    answer.read()
                    self.cookie = answer.getheader("Set-Cookie").split(";")[0]
                connection.request(method, path, json.dumps(body or {}) if method == "POST" else None, {**headers, "Cookie": self.cookie})
                answer = connection.getresponse()
                data = answer.read()
                if answer.status < 300:
                    return data
                self.cookie = None
            finally:
                connection.close()
        raise Refused(f"{path}: {answer.status}")

    def delivered(self, batch):
        """The numbers on the pages of a batch, in their order."""
        view = self.ask("GET", f"/batches/{batch}")
        return [sheet.number(io.BytesIO(self.on_page("GET", f"/api/pages/{page['id']}/picture"))) for page in view["pages"]]
