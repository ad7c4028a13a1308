#!/usr/bin/python3
"""The kiosk page under attack and under load: strangers, hostile text, and a queue of 500 documents, in a headless Chromium.

usage: queue_test.py PROGRAMS [--documents N] [--figures FILE] [--screenshots DIR] [--axe FILE]

Runs `blankett demo`. Figures are measured in the browser and printed; with --figures they are written as JSON too.
"""

import argparse
import http.client
import http.server
import json
import os
import pathlib
import statistics
import sys
import tempfile
import threading
import time
import urllib.parse

from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import kiosk_test as kiosk

HOSTILE = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>javascript:alert(1)'
options = argparse.Namespace(programs=".build/debug", documents=500, figures=None)
figures = {}

# Notes when the first document of the list, and when the first thing at all, is on the screen.
FIRST_PAINT = """
new MutationObserver((_, observer) => {
  if (!document.querySelector(".documents a")) return;
  observer.disconnect();
  requestAnimationFrame(() => requestAnimationFrame(() => { window.listPainted = performance.now(); }));
}).observe(document, { childList: true, subtree: true });
"""

# From the press of a key to the frame that shows it, in milliseconds.
PRESSES = """
window.presses = [];
addEventListener("keydown", (event) => {
  const start = event.timeStamp;
  requestAnimationFrame(() => setTimeout(() => window.presses.push(performance.now() - start)));
}, { capture: true });
"""


class Stranger(http.server.BaseHTTPRequestHandler):
    """Another site on this computer, which tries to use the page."""

    target = ""

    def do_GET(self):
        page = f"""<!doctype html><title>stranger</title><iframe src="{self.target}/"></iframe>
            <form action="{self.target}/api/scans" method="post" enctype="text/plain"><input name='{{"a":"' value='"}}'></form>"""
        body = page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class QueueTest(kiosk.DemoSteps):
    def ask(self, method="GET", path="/api/state", body=None, **headers):
        """A request as any program on this computer can make it; returns status and headers."""
        place = urllib.parse.urlsplit(self.origin)
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=20)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        given = {"Host": place.netloc} | {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            given["Content-Length"] = str(len(body))
        for name, value in given.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(body.encode() if body is not None else None)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def test_01_a_clean_form_needs_one_press(self):
        before = self.ready_for_a_clean_form()
        self.keys(Keys.ENTER)
        self.until(lambda: len(self.demo.records) > before, "the record")
        figures["pressesForACleanForm"] = 1
        self.done()

    def test_02_strangers_are_refused(self):
        place = urllib.parse.urlsplit(self.origin)
        good = {"Origin": self.origin, "X_Blankett": "1", "Content_Type": "application/json"}
        rows = [
            (dict(Host=f"evil.example:{place.port}"), 421, "a name that was made to lead here"),
            (dict(Host=f"127.0.0.1.nip.example:{place.port}"), 421, "one that looks like an address"),
            (dict(Host=None), (400, 421), "no name"),
            (dict(), 401, "no secret"),
            (dict(Cookie=f"blankett-{place.port}=guess"), 401, "a guessed session"),
            (dict(Origin="http://evil.example"), 403, "another page"),
            (dict(Sec_Fetch_Site="cross-site"), 403, "across sites"),
            (dict(method="POST", path="/api/scans", body="a=b", Origin=self.origin, Content_Type="application/x-www-form-urlencoded"), 403, "a form"),
            (dict(method="POST", path="/api/session", body='{"secret":"guess"}', **good), 403, "a guessed secret"),
            (dict(path="/..%2f..%2fetc/passwd"), (400, 404), "a way out of the folder"),
            (dict(path="/api/pages/..%2f..%2fjournal.sqlite/picture"), (400, 401, 404), "a way to the journal"),
            (dict(method="TRACE"), (400, 401, 403, 405, 501), "a method that nobody needs"),
        ]
        for request, wanted, note in rows:
            with self.subTest(note):
                status = self.ask(**request).status
                self.assertIn(status, wanted if isinstance(wanted, tuple) else (wanted,))
        self.done()

    def test_03_another_site_can_neither_frame_nor_post(self):
        Stranger.target = self.origin
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        here = self.browser.current_window_handle
        batches = self.demo_state()["station"]["batches"]
        self.browser.switch_to.new_window("tab")
        # The browser has the session's cookie; what it must not do is let another site use it.
        self.browser.get(f"http://localhost:{server.server_port}/")
        self.find("iframe")
        self.browser.switch_to.frame(0)
        self.assertEqual(self.browser.find_elements(By.ID, "main"), [], "the page in a frame")
        self.browser.switch_to.default_content()
        self.browser.execute_script("document.forms[0].submit()")
        self.until(lambda: self.browser.title != "stranger", "the answer to the form")
        self.assertNotIn("journal", self.text())
        self.browser.close()
        self.browser.switch_to.window(here)
        self.assertEqual(self.demo_state()["station"]["batches"], batches)
        server.shutdown()
        self.done()

    def test_04_a_thousand_connections_keep_nobody_out(self):
        place = urllib.parse.urlsplit(self.origin)
        held = []
        for _ in range(1000):
            connection = http.client.HTTPConnection(place.hostname, place.port, timeout=20)
            try:
                connection.connect()
            except OSError:
                break
            held.append(connection)
        try:
            self.assertEqual(len(held), 1000)
            start = time.monotonic()
            self.assertEqual(self.ask().status, 401, "a new connection is answered all the same")
            figures["secondsBesideAThousandConnections"] = round(time.monotonic() - start, 2)
            self.assertTrue(self.demo_state()["revision"] >= 0, "and so is the clerk")
        finally:
            for connection in held:
                connection.close()
        for _ in range(100):
            self.assertEqual(self.ask(method="POST", path="/api/session", body='{"secret":"guess"}', Origin=self.origin, X_Blankett="1", Content_Type="application/json").status, 403)
        self.assertTrue(self.demo_state()["revision"] >= 0, "the clerk is still let in")
        self.done()

    def demo_state(self):
        return self.browser.execute_async_script(
            "const done = arguments[0]; fetch('/api/state?documents=1000').then((answer) => answer.json()).then(done, (error) => done(String(error)));")

    def test_05_hostile_text_is_text(self):
        # A form with doubtful fields, of which one gets what no field should have.
        self.demo.set_scanner(adf=[str(path) for path in sorted(kiosk.SAMPLES.glob("6-hand*.jpg"))])
        self.browser.get(self.origin + "/#/")
        self.until(lambda: "papper i mataren" in self.text(), "paper in the feeder", 30)
        self.press("#scan:not(:disabled)")
        self.until(lambda: "Klart" in self.text_of("h1"), "the end", 300)
        self.press("#check")
        self.find(".paper")
        if self.browser.find_elements(By.CSS_SELECTOR, '.sure .field[data-name="gatuadress"]'):
            self.press('.sure .field[data-name="gatuadress"] button')
        self.enter("#entry-gatuadress", HOSTILE)
        self.until(lambda: "rättat" in self.text_of('.sure .field[data-name="gatuadress"]'), "the correction", 30)
        self.assertIn("onerror", self.text_of('.sure .field[data-name="gatuadress"]'))
        self.browser.refresh()
        self.find(".paper")
        self.assertIn("onerror", self.text_of('.sure .field[data-name="gatuadress"]'))
        self.assertIsNone(self.browser.execute_script("return window.hit ?? null"))
        self.assertEqual(self.browser.execute_script("return document.querySelectorAll('main a[href^=javascript], main script').length"), 0)
        QueueTest.document = self.browser.current_url
        self.done()

    def test_06_a_long_queue_is_no_slower(self):
        with tempfile.NamedTemporaryFile(suffix=".jpg", delete=False) as file:
            Image.new("L", (1240, 1754), 255).save(file.name, quality=80)
        sheets = options.documents
        self.demo.set_scanner(adf=[file.name] * sheets)
        self.browser.get(self.origin + "/#/")
        self.until(lambda: "papper i mataren" in self.text(), "paper in the feeder", 30)
        self.press("#scan:not(:disabled)")
        self.browser.get(self.origin + "/#/people")
        self.until(lambda: self.demo_state().get("open", 0) > sheets, f"{sheets} documents", 900)
        os.unlink(file.name)
        self.browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": FIRST_PAINT + PRESSES})
        first, lists = [], []
        for _ in range(7):
            self.browser.get("about:blank")
            self.browser.get(self.origin + "/#/")
            lists.append(self.until(lambda: self.browser.execute_script("return window.listPainted"), "the list"))
            first.append(self.browser.execute_script("return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"))
        figures["queue"] = self.demo_state()["open"]
        figures["firstPaintMilliseconds"] = round(statistics.median(first))
        figures["listMilliseconds"] = round(statistics.median(lists))
        self.check("queue-sv")
        # Through the list with Tab.
        for _ in range(30):
            self.keys(Keys.TAB)
        figures["tabMilliseconds"] = self.median_of_presses()
        self.browser.get(QueueTest.document)
        self.find(".needs")
        self.until(lambda: self.browser.execute_script("return Boolean(document.activeElement.closest('.needs'))"), "the focus in a field")
        self.median_of_presses()
        for _ in range(20):
            self.keys(Keys.TAB)
        figures["tabInDocumentMilliseconds"] = self.median_of_presses()
        self.browser.get(QueueTest.document)
        self.browser.refresh()
        self.find(".needs")
        waits = []
        for _ in range(5):
            cards = self.browser.find_elements(By.CSS_SELECTOR, ".needs")
            if not cards or not self.browser.find_elements(By.CSS_SELECTOR, ".needs .entry input"):
                break
            waits.append(self.browser.execute_async_script("""
                const done = arguments[0];
                const input = document.querySelector(".needs .entry input");
                if (!input.value) input.value = "1";
                input.focus();
                const card = input.closest(".needs");
                const start = performance.now();
                input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
                const look = () => {
                  if (!card.isConnected || !card.querySelector(".wrong").hidden) done(performance.now() - start);
                  else if (performance.now() - start > 10000) done(null);
                  else setTimeout(look, 1);
                };
                look();
                """))
        figures["enterMilliseconds"] = round(statistics.median([one for one in waits if one is not None]), 1) if waits else None
        self.done()

    def median_of_presses(self):
        presses = self.browser.execute_script("return window.presses.splice(0)")
        return round(statistics.median(presses), 1) if presses else None

    def test_07_the_figures_hold(self):
        print("\n" + json.dumps(figures, indent=2))
        if options.figures:
            pathlib.Path(options.figures).write_text(json.dumps(figures, indent=2) + "\n")
        self.assertEqual(len(self.faults), 0, "\n".join(sorted(self.faults)))
        # Of a machine that has more to do than it can, times tell nothing.
        if os.getloadavg()[0] > 2 * os.cpu_count():
            self.done()
            self.skipTest(f"the machine is busy (load {os.getloadavg()[0]:.0f}): the times are not held against their limits")
        self.assertLessEqual(figures["firstPaintMilliseconds"], 300)
        self.assertLessEqual(figures["tabMilliseconds"], 50)
        self.assertLessEqual(figures["tabInDocumentMilliseconds"], 50)
        self.done()


if __name__ == "__main__":
    kiosk.run(
        sys.modules[__name__], documents=dict(type=int, default=500, help="how long the queue is"),
        figures=dict(help="writes the figures there too, as JSON"))
