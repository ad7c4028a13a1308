#!/usr/bin/python3
"""Drives the kiosk page in a headless Chromium, from the start link to the record at the bridge.

usage: kiosk_test.py PROGRAMS [--screenshots DIR] [--axe FILE]

PROGRAMS is the folder with the built programs. Runs `blankett demo`, which brings scanner, agent and bridge, and prints
each record as the case system gets it.
"""

import argparse
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time
import unittest
import urllib.error
import urllib.request

from selenium import webdriver
from selenium.common.exceptions import TimeoutException, WebDriverException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEB = ROOT / "Sources/KioskApp/Web"
SAMPLES = ROOT / "forms/exempelstad-bistand/samples"
CHECKS = (ROOT / "Tests/Web/checks.js").read_text()
PATIENCE = int(os.environ.get("BLANKETT_WEB_PATIENCE", "180"))
SIZES = [(1280, 800), (1080, 1920), (390, 844)]
SCHEMES = ["light", "dark"]
# The narrowest that WCAG asks for, and what is left of a desk's screen at 200 %.
TIGHT = [(320, 640), (640, 400)]
LARGE = [(3840, 2160)]
options = argparse.Namespace(programs=".build/debug", screenshots=None, axe=None)


def run(tests, **more):
    """Runs a file's tests with the options that they share; `more`: its own ones, each as argparse wants it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("programs")
    parser.add_argument("--screenshots", help="keeps pictures of each view in this folder")
    parser.add_argument("--axe", help="axe.min.js: its rules are held against each view too")
    for name, how in more.items():
        parser.add_argument(f"--{name}", **how)
    found, rest = parser.parse_known_args()
    # Started by itself, this file is a module beside the one that others import.
    for module in (tests, sys.modules[__name__]):
        module.options = found
    unittest.main(tests, argv=[sys.argv[0]] + rest)


class Demo:
    """The running demo: its kiosk page, its scanner, and the records that have come out of it."""

    def __init__(self, programs):
        self.process = subprocess.Popen(
            [os.path.join(programs, "blankett"), "demo", "--json", "--language", "sv"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.records = []
        self.said = []
        self.address = None
        self.scanner = None
        self.ready = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._collect, daemon=True).start()

    def _listen(self):
        for line in self.process.stderr:
            self.said.append(line)
            page = re.search(r"http://127\.0\.0\.1:\d+/#\S+", line)
            scanner = re.search(r"skanner\s+(http://127\.0\.0\.1:\d+)", line)
            if page:
                self.address = page.group()
            if scanner:
                self.scanner = scanner.group(1)
                self.ready.set()
        self.ready.set()

    def _collect(self):
        for line in self.process.stdout:
            self.records.append(json.loads(line))

    def has_said(self, words):
        return any(words in line for line in self.said)

    def set_scanner(self, **change):
        """What is in the scanner, and what goes wrong with it: the control document of virtual-mfp."""
        body = json.dumps(change).encode()
        request = urllib.request.Request(self.scanner + "/_ctl", body, {"Content-Type": "application/json"})
        urllib.request.urlopen(request).close()

    def kill_bridge(self):
        """Ends the bridge that this demo started, as a power cut would."""
        for status in pathlib.Path("/proc").glob("[0-9]*/status"):
            try:
                parent = int(re.search(r"^PPid:\s+(\d+)", status.read_text(), re.M).group(1))
                program = os.path.basename(os.readlink(status.with_name("exe")))
            except OSError:
                continue
            if parent == self.process.pid and program == "blankett-bridge":
                os.kill(int(status.parent.name), signal.SIGKILL)
                return
        raise RuntimeError("the demo has no bridge")

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def chromium():
    settings = webdriver.ChromeOptions()
    for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1440,1000"]:
        settings.add_argument(argument)
    settings.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=settings)


class BrowserSteps(unittest.TestCase):
    """What a person does in a browser. The tests build on one another, in the order of their names: what follows a failure is not tried."""

    hasFailed = False
    faults = set()

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()
        cls.demo.stop()

    def setUp(self):
        if type(self).hasFailed:
            self.skipTest("an earlier step failed")
        type(self).hasFailed = True

    def every_view_was_in_order(self):
        self.assertEqual(len(self.faults), 0, "\n".join(sorted(self.faults)))
        self.done()

    def no_script_failed(self):
        """None was refused by the browser, none threw."""
        bad = [line["message"] for line in self.browser.get_log("browser")
               if line["level"] == "SEVERE" and "/api/" not in line["message"]]
        self.assertEqual(bad, [])
        self.done()

    def done(self):
        type(self).hasFailed = False

    def find(self, selector, patience=PATIENCE):
        return self.until(lambda: self.browser.find_element(By.CSS_SELECTOR, selector), selector, patience)

    def until(self, condition, what, patience=PATIENCE):
        def holds(_):
            if self.demo.process.poll() is not None:
                self.fail("the demo ended: " + "".join(self.demo.said)[-2000:])
            return condition()
        try:
            return WebDriverWait(self.browser, patience, ignored_exceptions=[WebDriverException]).until(holds)
        except TimeoutException:
            self.picture("failed")
            self.fail(f"waited {patience} s for {what}; the page says: {self.text()}")

    def press(self, selector):
        """The page draws itself anew when something changes: what was found may be gone before it is pressed."""
        def pressed():
            self.browser.find_element(By.CSS_SELECTOR, selector).click()
            return True
        self.until(pressed, selector)

    def text_of(self, selector):
        """Asked in one go: the page may be drawn anew between finding and reading."""
        return self.browser.execute_script("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def is_offered(self, selector):
        return self.browser.execute_script("return document.querySelector(arguments[0])?.disabled === false", selector)

    def enter(self, selector, text):
        def entered():
            entry = self.browser.find_element(By.CSS_SELECTOR, selector)
            entry.clear()
            entry.send_keys(text, Keys.ENTER)
            return True
        self.until(entered, selector)

    def set_value(self, selector, value):
        def entered():
            entry = self.browser.find_element(By.CSS_SELECTOR, selector)
            entry.send_keys(Keys.CONTROL, "a")
            entry.send_keys(value)
            return True
        self.until(entered, selector)

    def select(self, selector, value):
        self.browser.execute_script(
            "const one = document.querySelector(arguments[0]); one.value = arguments[1]; one.dispatchEvent(new Event('change', { bubbles: true }));",
            selector, value)

    def text(self):
        return self.browser.find_element(By.TAG_NAME, "body").text

    def keys(self, *keys):
        ActionChains(self.browser).send_keys(*keys).perform()

    def show_as(self, size, scheme):
        width, height = size
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def show_as_usual(self):
        self.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def picture(self, name):
        if not options.screenshots:
            return
        os.makedirs(options.screenshots, exist_ok=True)
        for size in SIZES + TIGHT + LARGE:
            for scheme in SCHEMES:
                self.show_as(size, scheme)
                time.sleep(0.2)
                self.browser.save_screenshot(os.path.join(options.screenshots, f"{name}-{size[0]}x{size[1]}-{scheme}.png"))
        self.show_as_usual()

    def check(self, name):
        """Looks at what is shown, in each size and in light and dark, with the part of WCAG 2.2 AA that a program can see."""
        for size in SIZES + TIGHT:
            for scheme in SCHEMES:
                self.show_as(size, scheme)
                seen = self.browser.execute_script(CHECKS)
                # What its rules see hardly depends on the size; colours do depend on the scheme.
                if options.axe and size == SIZES[0]:
                    seen += self.axe()
                self.faults.update(f"{name} {size[0]}x{size[1]} {scheme}: {fault}" for fault in seen)
        self.show_as_usual()
        self.picture(name)

    def axe(self):
        if not self.browser.execute_script("return Boolean(window.axe)"):
            self.browser.execute_script(pathlib.Path(options.axe).read_text())
        return self.browser.execute_async_script(
            """
            const done = arguments[0];
            axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
              .then(({ violations }) => done(violations.flatMap((one) => one.nodes.map((node) => `axe ${one.id}: ${node.html.slice(0, 160)}`))))
              .catch((error) => done([`axe: ${error}`]));
            """)

    def settle(self, card):
        """Answers one doubtful field as a clerk with a mouse would: agrees, else picks the first that there is."""
        inputs = card.find_elements(By.CSS_SELECTOR, ".entry input, .entry textarea")
        if inputs and inputs[0].get_attribute("value"):
            inputs[0].send_keys(Keys.ENTER)
        elif card.find_elements(By.CSS_SELECTOR, ".options"):
            if not card.find_elements(By.CSS_SELECTOR, "input:checked"):
                card.find_element(By.CSS_SELECTOR, ".options label").click()
            card.find_element(By.CSS_SELECTOR, "button.primary").click()
        elif card.find_elements(By.CSS_SELECTOR, ".table"):
            card.find_element(By.CSS_SELECTOR, "button.primary").click()
        else:
            card.find_elements(By.CSS_SELECTOR, "button")[-1].click()

    def settle_all(self):
        def settled():
            cards = self.browser.find_elements(By.CSS_SELECTOR, ".needs")
            if not cards:
                return True
            name = cards[0].get_attribute("data-name")
            self.settle(cards[0])
            self.until(lambda: not self.browser.find_elements(By.CSS_SELECTOR, f'.needs[data-name="{name}"]'), f"{name} settled", 30)
            return False
        self.until(settled, "every field settled")

    def correct(self, name, text):
        """Types over a field that is not in doubt."""
        self.press(f'.sure .field[data-name="{name}"] button')
        self.enter(f'.sure .field[data-name="{name}"] .entry input', text)
        self.until(lambda: "rättat" in self.text_of(f'.sure .field[data-name="{name}"]'), "the correction", 30)

    def to_start(self):
        """After a document the next of its stack is shown; this goes to the first page from wherever that is."""
        def is_there():
            if self.browser.find_elements(By.CSS_SELECTOR, ".scan-panel"):
                return True
            self.browser.find_element(By.ID, "back").click()
            return False
        self.until(is_there, "the first page")

    def send_shown(self):
        """Sends the document that is shown, and returns its id once another view has come."""
        document = self.browser.current_url.rsplit("/", 1)[1]
        self.press("#send:not(:disabled)")
        self.until(lambda: document not in self.browser.current_url, "the next view")
        return document


class DemoSteps(BrowserSteps):
    """With the demo behind the browser."""

    @classmethod
    def setUpClass(cls):
        cls.demo = Demo(options.programs)
        cls.demo.ready.wait(PATIENCE)
        if not cls.demo.scanner:
            cls.demo.stop()
            raise RuntimeError("the demo did not start: " + "".join(cls.demo.said)[-2000:])
        cls.origin, cls.secret = cls.demo.address.split("/#")
        try:
            cls.browser = chromium()
            cls.browser.set_script_timeout(PATIENCE)
        except Exception:
            cls.demo.stop()
            raise

    def ready_for_a_clean_form(self):
        """Signed in, a form without doubts in the feeder, the focus on Scan; how many records there were before."""
        self.browser.get(self.demo.address)
        self.find(".scan-panel")
        self.until(lambda: self.demo.has_said("ligger i mataren"), "the demo's first record")
        before = len(self.demo.records)
        self.demo.set_scanner(adf=[str(path) for path in sorted(SAMPLES.glob("4-hand*.jpg"))])
        self.browser.get(self.origin + "/#/people")
        self.browser.get(self.origin + "/#/")
        self.until(lambda: self.browser.execute_script("return document.activeElement.id === 'scan' && !document.activeElement.disabled"), "the focus on Scan")
        return before


class KioskTest(DemoSteps):
    def test_01_asks_for_the_start_link(self):
        self.browser.get(self.origin + "/")
        self.until(lambda: "startlänk" in self.text(), "the sign-in text")
        self.check("sign-in-sv")
        with self.assertRaises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(self.origin + "/api/state")
        self.assertEqual(refusal.exception.code, 401)
        self.done()

    def test_02_signs_in_and_forgets_the_secret(self):
        self.browser.get("about:blank")
        self.browser.get(self.demo.address)
        self.find(".scan-panel")
        self.assertNotIn(self.secret, self.browser.current_url)
        self.assertEqual(self.browser.execute_script("return localStorage.length + sessionStorage.length + document.cookie.length"), 0)
        self.done()

    def test_03_scans_and_shows_progress(self):
        # The demo fills the feeder once it has seen the first record, and says so; before, its own paper lay there.
        self.until(lambda: self.demo.has_said("ligger i mataren"), "the demo's first record")
        self.until(lambda: "papper i mataren" in self.text(), "the page says that there is paper")
        self.check("start-sv")
        self.press("#scan:not(:disabled)")
        self.until(lambda: "#/batch/" in self.browser.current_url, "the batch page")
        self.find(".pages li")
        self.check("progress-sv")
        self.until(lambda: "Klart" in self.text_of("h1"), "the end", 300)
        self.assertIn("10 sidor, 5 dokument", self.text_of("h1"))
        self.check("batch-done-sv")
        self.done()

    def test_04_asks_about_what_is_doubtful(self):
        self.press("#check")
        self.until(lambda: "#/document/" in self.browser.current_url, "the document")
        self.find(".paper")
        self.until(lambda: self.browser.execute_script(
            "return [...document.querySelectorAll('.paper img')].every((one) => one.complete && one.naturalWidth)"), "the pictures")
        self.assertTrue(self.browser.find_elements(By.CSS_SELECTOR, ".mark"))
        # The picture is the one that was made while reading: the form's page at 150 dpi, not the scan seen before.
        for width, height in self.browser.execute_script(
                "return [...document.querySelectorAll('.paper img')].map((one) => [one.naturalWidth, one.naturalHeight])"):
            self.assertLess(abs(width - 210 / 25.4 * 150), 3)
            self.assertLess(abs(height - 297 / 25.4 * 150), 3)
        # The first field in doubt has the focus, and nothing can be sent before it is answered.
        self.assertTrue(self.browser.execute_script("return Boolean(document.activeElement.closest('.needs'))"))
        self.assertFalse(self.is_offered("#send"))
        self.check("document-sv")
        self.done()

    def test_04b_shows_a_field_large_on_its_page(self):
        name = self.browser.execute_script("return document.activeElement.closest('.needs').dataset.name")
        self.keys(Keys.F2)
        self.find("dialog.zoom[open]")

        def is_in_sight():
            return self.browser.execute_script("""
                const [seen, mark] = ["frame", "mark"].map((one) => document.querySelector(`.zoom-${one}`).getBoundingClientRect());
                return mark.width > 20 && mark.left < seen.right && mark.right > seen.left && mark.top >= seen.top - 1 && mark.bottom <= seen.bottom + 1;
                """)
        self.until(is_in_sight, "the field in the frame")
        before = self.browser.execute_script("return document.querySelector('.zoom-mark').getBoundingClientRect().width")
        self.keys("+")
        self.until(lambda: self.browser.execute_script("return document.querySelector('.zoom-mark').getBoundingClientRect().width") > before, "it is larger")
        self.until(is_in_sight, "the field in the frame")
        self.check("zoom-sv")
        self.keys(Keys.ESCAPE)
        self.until(lambda: not self.browser.find_elements(By.CSS_SELECTOR, "dialog"), "the page closes")
        self.assertIn("#/document/", self.browser.current_url)
        self.assertEqual(self.browser.execute_script("return document.activeElement.closest('.needs')?.dataset.name"), name)
        # By touch and mouse the snippet does the same.
        self.press(".needs .snippet")
        self.find("dialog.zoom[open]")
        self.press("#zoom-close")
        self.done()

    def test_04c_tells_the_keys(self):
        self.browser.execute_script("document.querySelector('.needs .entry input, .needs input')?.focus()")
        self.keys("?")
        self.find("dialog.keys[open]")
        self.assertIn("Ctrl", self.text_of("dialog.keys"))
        self.check("keys-sv")
        self.keys(Keys.ESCAPE)
        self.until(lambda: not self.browser.find_elements(By.CSS_SELECTOR, "dialog"), "the sheet closes")
        self.assertIn("#/document/", self.browser.current_url)
        self.done()

    def test_04d_takes_the_last_answer_back(self):
        left = len(self.browser.find_elements(By.CSS_SELECTOR, ".needs"))
        name = self.browser.execute_script("return document.querySelector('.needs').dataset.name")
        self.settle(self.browser.find_element(By.CSS_SELECTOR, ".needs"))
        self.until(lambda: len(self.browser.find_elements(By.CSS_SELECTOR, ".needs")) == left - 1, "one less in doubt")
        ActionChains(self.browser).key_down(Keys.CONTROL).send_keys("z").key_up(Keys.CONTROL).perform()
        self.until(lambda: len(self.browser.find_elements(By.CSS_SELECTOR, ".needs")) == left, "it is in doubt again")
        self.until(lambda: self.browser.execute_script("return document.activeElement.closest('.needs')?.dataset.name") == name, "the focus in it")
        self.done()

    def test_04e_loses_nothing_when_it_is_loaded_anew(self):
        left = len(self.browser.find_elements(By.CSS_SELECTOR, ".needs"))
        self.settle(self.browser.find_element(By.CSS_SELECTOR, ".needs"))
        self.until(lambda: len(self.browser.find_elements(By.CSS_SELECTOR, ".needs")) == left - 1, "one less in doubt")
        self.browser.refresh()
        self.find(".paper")
        self.until(lambda: len(self.browser.find_elements(By.CSS_SELECTOR, ".needs")) == left - 1, "as it was left")
        self.until(lambda: self.browser.execute_script(
            "return Boolean(document.activeElement.closest('.needs')) || document.activeElement.id === 'send'"), "the focus where one goes on")
        self.press("#undo")
        self.until(lambda: len(self.browser.find_elements(By.CSS_SELECTOR, ".needs")) == left, "the answer taken back after all")
        self.done()

    def test_04f_two_tabs_do_not_fight(self):
        here = self.browser.current_window_handle
        address = self.browser.current_url
        # What is typed here and not confirmed survives what another tab decides.
        self.press('.sure .field[data-name="postort"] button')
        entry = self.find("#entry-postort")
        entry.send_keys(Keys.CONTROL, "a")
        entry.send_keys("Annanby")
        self.browser.switch_to.new_window("tab")
        self.browser.get(address)
        left = len(self.until(lambda: self.browser.find_elements(By.CSS_SELECTOR, ".needs"), "the same document"))
        self.settle(self.browser.find_element(By.CSS_SELECTOR, ".needs"))
        self.until(lambda: len(self.browser.find_elements(By.CSS_SELECTOR, ".needs")) == left - 1, "one less in doubt")
        self.browser.close()
        self.browser.switch_to.window(here)
        self.browser.find_element(By.ID, "entry-postort").send_keys(Keys.ENTER)
        self.until(lambda: "Någon annan har just ändrat" in self.text_of("#warning"), "who was here too")
        self.until(lambda: len(self.browser.find_elements(By.CSS_SELECTOR, ".needs")) == left - 1, "what the other decided")
        self.assertEqual(self.browser.find_element(By.ID, "entry-postort").get_attribute("value"), "Annanby", "what was typed is kept")
        self.check("changed-elsewhere-sv")
        self.browser.refresh()
        self.find(".paper")
        self.settle_all()
        self.done()

    def test_05_takes_corrections_of_a_field_and_of_a_cell(self):
        self.correct("postort", "Exempelby")
        self.press('.sure .field[data-name="barn"] button')
        self.enter("#entry-barn-0-fodd", "2015-13-45")
        self.find("#entry-barn-0-fodd[aria-invalid=true]")
        self.check("cell-refused-sv")
        self.enter("#entry-barn-0-fodd", "2015-04-18")
        self.until(lambda: "2015-04-18" in self.text_of('.sure .field[data-name="barn"] .rows'), "the cell's correction", 30)
        self.until(lambda: self.is_offered("#send"), "Send is offered", 30)
        self.check("document-checked-sv")
        self.done()

    def test_06_switches_the_language(self):
        self.press("button[lang=en]")
        self.until(lambda: self.browser.execute_script("return document.documentElement.lang") == "en", "the language")
        self.until(lambda: self.text_of("#send") == "Send", "English words")
        self.check("document-en")
        self.done()

    def test_07_sends_and_the_record_arrives(self):
        document = self.send_shown()
        self.assertIn("#/document/", self.browser.current_url, "the next of the stack is shown")
        self.to_start()
        self.until(lambda: any(record["id"] == document for record in self.demo.records), "the record")
        data = next(record["data"] for record in self.demo.records if record["id"] == document)
        fields = {field["name"]: field for field in data["fields"]}
        self.assertEqual(fields["postort"]["value"], "Exempelby")
        self.assertEqual(fields["barn"]["value"][0]["fodd"], "2015-04-18")
        self.assertEqual(fields["barn"]["status"], "corrected")
        self.assertEqual(data["review"]["state"], "human")
        self.assertTrue(all(field["status"] not in ("uncertain", "unreadable") for field in fields.values()))
        self.check("start-en")
        self.done()

    def test_07b_groups_are_checked_together(self):
        self.press("button[lang=sv]")
        self.press("#to-groups")
        self.find("#group-0")
        self.check("groups-sv")
        self.keys(Keys.ENTER)
        self.find(".group .needs")
        self.until(lambda: self.browser.execute_script("return Boolean(document.activeElement.closest('.needs'))"), "the focus in the first")
        self.until(lambda: self.browser.execute_script("return [...document.querySelectorAll('.group canvas')].every((one) => one.width > 50)"), "the snippets")
        self.check("group-sv")
        before = int(re.search(r"\d+", self.text_of("#group-count")).group())
        # One by one, and then all that can be agreed with.
        card = self.browser.find_element(By.CSS_SELECTOR, ".group .needs")
        key = card.get_attribute("data-key")
        self.settle(card)
        self.until(lambda: not self.browser.find_elements(By.CSS_SELECTOR, f'.needs[data-key="{key}"]'), "one less", 30)
        if self.browser.find_elements(By.ID, "confirm-all"):
            ActionChains(self.browser).key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()
            self.until(lambda: "#/groups" in self.browser.current_url or not self.browser.find_elements(By.ID, "confirm-all"), "all that could be agreed with", 60)
        self.browser.get(self.origin + "/#/groups")
        self.until(lambda: self.text_of("h1") == "Kontrollera tillsammans", "the groups")
        self.assertGreater(before, 1)
        self.browser.get(self.origin + "/#/")
        self.find(".scan-panel")
        self.done()

    def test_08_a_document_is_checked_and_sent_by_keyboard_alone(self):
        waiting = self.browser.execute_script(
            "return [...document.querySelectorAll('.documents a:has(.is-uncertain)')].map((one) => [parseInt(one.querySelector('.chip').innerText), one.hash])")
        document = min(waiting)[1].rsplit("/", 1)[1]
        self.browser.execute_script("document.getElementById('main').focus()")
        for _ in range(30):
            self.keys(Keys.TAB)
            if self.browser.execute_script("return document.activeElement.id") == f"document-{document}":
                break
        self.check("start-focus-en")
        self.keys(Keys.ENTER)
        self.find(".needs")
        # Esc goes back, and what one stood on is open again at a press.
        self.keys(Keys.ESCAPE)
        self.find(f"#document-{document}")
        self.browser.execute_script("document.getElementById(arguments[0]).focus()", f"document-{document}")
        self.keys(Keys.ENTER)

        def focused():
            return self.browser.execute_script(
                "return document.activeElement.closest('.needs')?.dataset.name ?? document.activeElement.id")
        self.until(lambda: focused() not in ("", "main"), "the focus in a field")
        for _ in range(60):
            before = focused()
            if before == "send":
                break
            self.keys(Keys.ENTER)
            self.until(lambda: focused() not in (before, "", "main"), f"the focus leaves {before}", 30)
        self.assertEqual(focused(), "send")
        self.keys(Keys.ENTER)
        self.to_start()
        self.until(lambda: any(record["id"] == document for record in self.demo.records), "the record")
        self.done()

    def test_08c_sends_all_that_are_ready(self):
        self.demo.set_scanner(adf=[str(path) for path in sorted(SAMPLES.glob("6-hand*.jpg"))])
        self.until(lambda: "papper i mataren" in self.text(), "paper in the feeder", 30)
        self.press("#scan:not(:disabled)")
        self.until(lambda: "Klart" in self.text_of("h1"), "the end", 300)
        self.press("#check")
        self.find(".paper")
        self.settle_all()
        self.press("#back")
        self.find("#send-ready")
        before = len(self.demo.records)
        self.press("#send-ready")
        self.until(lambda: not self.browser.find_elements(By.ID, "send-ready"), "nothing is left to send")
        self.until(lambda: len(self.demo.records) > before, "the records")
        self.done()

    def test_08c_doubtful_places_of_a_text(self):
        """Where F3 goes: what the readers differ in; and from there to the next, also while one types."""
        for text, readings, reason, places in [
            ("Anderson", ["Andersson"], "", [[6, 6]]),
            ("Dardar min mor", ["Vardar min mor", "Dårdar min mor", "Våclar win Woc"], "", [[0, 2]]),
            ("Ek 12", ["Ek 17", "Ek 12", ""], "", [[4, 5]]),
            ("en rad", ["en rad\nUU"], "", [[6, 6]]),
            ("hus", ["båt"], "", []),
            ("Angslosa", [], "marks-differ", [[0, 1], [5, 8]]),
            ("Angslosa", [], "low-confidence", []),
            ("", ["x"], "", []),
            ("x" * 501, ["x"], "", []),
        ]:
            found = self.browser.execute_async_script(
                "const [text, readings, reason, done] = arguments;"
                "import('/places.js').then(({ doubtfulPlaces }) => done(doubtfulPlaces(text, readings, reason)), (error) => done(String(error)));",
                text, readings, reason)
            self.assertEqual(found, places, text)
        walked = self.browser.execute_async_script("""
            const [done] = arguments;
            import('/places.js').then(({ walk }) => {
              const input = document.createElement('input');
              document.body.append(input);
              input.value = 'Andersonn Ek';
              const next = walk(input, [[0, 1], [6, 6], [8, 9]]);
              const at = () => [next(), input.selectionStart, input.selectionEnd];
              input.select();
              const seen = [at(), at()];
              input.setRangeText('s', 6, 6, 'end');
              input.dispatchEvent(new Event('input'));
              seen.push(at(), at(), at());
              input.value = '';
              input.dispatchEvent(new Event('input'));
              seen.push(next());
              input.remove();
              done(seen);
            });""")
        self.assertEqual(walked, [[True, 0, 1], [True, 6, 6], [True, 9, 10], [True, 0, 1], [True, 9, 10], False])
        self.done()

    def test_08d_devices_and_quality_are_shown(self):
        self.press("#to-devices")
        self.until(lambda: "Virtual MFP" in self.text_of("main"), "the device")
        self.until(lambda: "Senaste skanning" in self.text_of("main"), "its last scan")
        self.check("devices-sv")
        self.press('[id^="verify-0-form-a4"]')
        self.until(lambda: self.text_of("#report-0"), "the report of a trial")
        self.check("devices-verified-sv")
        self.press("#to-quality")
        self.until(lambda: self.text_of("h1") == "Kvalitet" and "Ansökan" in self.text_of("main"), "the counts")
        self.assertIn("Säkra fält som var fel", self.text_of("main"))
        self.assertNotIn("Exempelby", self.text_of("main"))
        self.assertIn("Kända värden", self.text_of("main"))
        self.check("quality-sv")
        # What comes again in what was sent is known, until somebody says that it is to be forgotten.
        self.press('[id^="forget-"]')
        self.assertEqual(self.text_of('[id^="forget-"]'), "Tryck igen för att glömma dem")
        self.press('[id^="forget-"]')
        self.until(lambda: not self.browser.find_elements(By.CSS_SELECTOR, '[id^="forget-"]'), "nothing is known any more")
        self.press("#back")
        self.find(".scan-panel")
        self.done()

    def test_09_says_that_there_is_no_paper(self):
        self.press("button[lang=sv]")
        self.until(lambda: "mataren är tom" in self.text(), "the empty feeder", 30)
        self.press("#scan:not(:disabled)")
        self.until(lambda: "Det finns inget papper i mataren" in self.text(), "the reason")
        self.check("empty-sv")
        self.browser.get(self.origin + "/#/")
        self.find("#scan")
        self.done()

    def test_10_says_how_to_go_on_after_a_jam(self):
        clean = [str(path) for path in sorted(SAMPLES.glob("4-hand*.jpg"))]
        before = len(self.demo.records)
        self.demo.set_scanner(adf=clean, jam_after=1)
        self.until(lambda: "papper i mataren" in self.text(), "paper in the feeder", 30)
        self.press("#scan:not(:disabled)")
        self.until(lambda: "fastnat" in self.text() and "ark 2" in self.text(), "the jam, and the sheet to go on from")
        self.check("jam-sv")
        self.demo.set_scanner(adf=clean[1:], jam_after=-1)
        self.press("#continue")
        self.until(lambda: "Klart" in self.text_of("h1"), "the end")
        self.assertIn("2 sidor, 1 dokument", self.text_of("h1"))
        # It is clean, but two fields were certain and wrong in an earlier step: they are asked about for a while.
        self.press("#check")
        self.until(lambda: "Har nyligen lästs fel här" in self.text_of(".needs"), "why a field is asked about that was certain")
        self.assertEqual({card.get_attribute("data-name") for card in self.browser.find_elements(By.CSS_SELECTOR, ".needs")}, {"postort", "barn"})
        self.settle_all()
        self.send_shown()
        self.until(lambda: len(self.demo.records) > before, "the record of the stack that jammed")
        self.done()

    def test_11_says_that_the_scanner_is_away_and_notices_when_it_is_back(self):
        self.browser.get(self.origin + "/#/")
        self.demo.set_scanner(faults=[{"match": "GET /eSCL", "drop": True}])
        self.until(lambda: "Skannern svarar inte" in self.text_of(".scan-panel"), "the scanner is away", 60)
        self.assertFalse(self.is_offered("#scan"))
        self.check("scanner-away-sv")
        self.demo.set_scanner(faults=[])
        self.until(lambda: self.is_offered("#scan"), "the scanner is back", 60)
        self.done()

    def test_12_keeps_what_is_sent_while_the_bridge_is_away(self):
        self.demo.kill_bridge()
        self.press(".documents a:has(.is-uncertain)")
        self.find(".needs")
        self.settle_all()
        self.send_shown()
        self.to_start()
        self.until(lambda: "1 dokument sparade här" in self.text_of("#health"), "the bridge is away", 60)
        self.check("bridge-away-sv")
        self.done()

    def test_13_the_first_administrator_makes_everybody_sign_in(self):
        self.press("#to-people")
        self.find("#add-operator")
        self.check("people-none-sv")
        self.browser.find_element(By.ID, "new-name").send_keys("Ada Ek")
        self.browser.find_element(By.ID, "new-pin").send_keys("4711")
        self.press('#add-operator button[type="submit"]')
        self.until(lambda: "Vem är du?" in self.text_of("h1"), "the question who is there")
        self.check("who-sv")
        # The one who is there is chosen with the keyboard alone.
        self.keys(Keys.ENTER)
        self.find("#pin")
        self.check("pin-sv")
        self.keys("0815", Keys.ENTER)
        self.until(lambda: "PIN-koden stämmer inte" in self.text_of("#pin-problem"), "the refusal")
        self.keys("4711", Keys.ENTER)
        self.find(".scan-panel")
        self.until(lambda: "Ada Ek" in self.text_of("#person"), "the name")
        self.press("#to-people")
        self.until(lambda: self.browser.find_element(By.ID, "new-name").is_displayed(), "the list of people")
        self.browser.find_element(By.ID, "new-name").send_keys("Bo")
        self.browser.find_element(By.ID, "new-pin").send_keys("1234")
        self.press('#add-operator button[type="submit"]')
        self.until(lambda: "4 till 12 siffror" in self.text_of("#operators-problem"), "why this is no PIN")
        pin = self.browser.find_element(By.ID, "new-pin")
        pin.clear()
        pin.send_keys("5823")
        self.press('#add-operator button[type="submit"]')
        self.until(lambda: "Bo" in self.text_of("main ul"), "the second person")
        self.check("people-sv")
        self.done()

    def test_14_a_clerk_sees_no_more_than_a_clerk_may(self):
        self.press("#sign-out")
        self.until(lambda: "Vem är du?" in self.text_of("h1"), "the question who is there")
        self.press(".people li:nth-child(2) button")
        self.find("#pin")
        self.keys("5823", Keys.ENTER)
        self.find(".scan-panel")
        self.until(lambda: "Bo" in self.text_of("#person"), "the name")
        for place in ("to-people", "to-devices", "to-quality"):
            self.assertEqual(self.browser.find_elements(By.ID, place), [])
        status = self.browser.execute_async_script(
            "const done = arguments[0]; fetch('/api/operators').then((answer) => done(answer.status));")
        self.assertEqual(status, 403)
        self.browser.refresh()
        self.find(".scan-panel")
        self.until(lambda: "Bo" in self.text_of("#person"), "who is signed in stays it over a reload")
        self.check("start-clerk-sv")
        self.done()

    def test_15_every_view_was_in_order(self):
        self.every_view_was_in_order()

    def test_16_no_script_was_refused_and_none_failed(self):
        self.no_script_failed()


class TokenTest(unittest.TestCase):
    """The colours of the design, computed: text needs 4.5:1 on its ground, edges of controls 3:1."""

    def setUp(self):
        light, dark = re.split(r"@media \(prefers-color-scheme: dark\)", (WEB / "style.css").read_text(), maxsplit=1)
        self.schemes = {
            scheme: dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", text)) for scheme, text in (("light", light), ("dark", dark))}
        self.schemes["dark"] = self.schemes["light"] | self.schemes["dark"]

    def test_the_dark_has_a_colour_of_its_own_for_each(self):
        kept = {name for name, colour in self.schemes["dark"].items() if self.schemes["light"][name] == colour}
        self.assertEqual(kept, {"on-mark"})

    def contrast(self, scheme, one, other):
        def luminance(name):
            value = self.schemes[scheme][name]
            parts = [int(value[at:at + 2], 16) / 255 for at in (1, 3, 5)]
            linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
            return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        light, dark = sorted([luminance(one), luminance(other)], reverse=True)
        return (light + 0.05) / (dark + 0.05)

    def test_text_stands_out(self):
        pairs = [(text, ground) for text in ("text", "quiet", "accent") for ground in ("ground", "surface", "sunken")]
        pairs += [(state, state + "-ground") for state in ("read", "uncertain", "empty", "unreadable", "confirmed")]
        pairs += [("on-accent", "accent"), ("on-accent", "accent-strong"), ("unreadable", "surface"), ("uncertain", "surface"),
                  ("text", "uncertain-ground"), ("text", "unreadable-ground")]
        for scheme in self.schemes:
            for text, ground in pairs:
                with self.subTest(scheme=scheme, text=text, ground=ground):
                    self.assertGreaterEqual(self.contrast(scheme, text, ground), 4.5)

    def test_edges_and_focus_stand_out(self):
        for scheme in self.schemes:
            for edge in ("edge", "focus"):
                for ground in ("ground", "surface", "sunken"):
                    with self.subTest(scheme=scheme, edge=edge, ground=ground):
                        self.assertGreaterEqual(self.contrast(scheme, edge, ground), 3)

    def test_both_languages_say_everything(self):
        for file in sorted(WEB.glob("strings*.js")):
            source = file.read_text()
            pairs = re.findall(r'^  "?([\w.-]+)"?: \[(.*?)\],$', source[:source.index("\n};")], re.S | re.M)
            self.assertGreater(len(pairs), 10, file.name)
            for key, pair in pairs:
                with self.subTest(file=file.name, key=key):
                    self.assertEqual(len(re.findall(r'"(?:[^"\\]|\\.)+"', pair)), 2)

    def test_nothing_moves_for_who_wants_no_motion(self):
        for file in WEB.glob("*.css"):
            still = re.sub(r"@media \(prefers-reduced-motion: no-preference\) \{.*?\n\}", "", file.read_text(), flags=re.S)
            for motion in ("transition", "animation", "scroll-behavior", "@keyframes"):
                self.assertNotIn(motion, still, file.name)

    def test_nothing_comes_from_elsewhere_and_no_markup_is_built(self):
        for file in WEB.iterdir():
            text = file.read_text().replace("http://www.w3.org/2000/svg", "")
            for forbidden in ("http://", "https://", "innerHTML", "insertAdjacentHTML", "document.write", "eval(",
                              "localStorage", "sessionStorage", "indexedDB", 'style="'):
                self.assertNotIn(forbidden, text, file.name)


if __name__ == "__main__":
    run(sys.modules[__name__])
