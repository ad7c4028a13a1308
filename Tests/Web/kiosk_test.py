#!/usr/bin/python3
"""Drives the kiosk page in a headless Chromium, from the start link to the record at the bridge.

usage: kiosk_test.py PROGRAMS [--screenshots DIR]

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
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

WEB = pathlib.Path(__file__).resolve().parents[2] / "Sources/KioskApp/Web"
PATIENCE = 120
options = argparse.Namespace(programs=".build/debug", screenshots=None)


class Demo:
    """The running demo: its kiosk address, and the records that have come out of it."""

    def __init__(self, programs):
        self.process = subprocess.Popen(
            [os.path.join(programs, "blankett"), "demo", "--json", "--language", "sv"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.records = []
        self.said = []
        self.address = None
        self.ready = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._collect, daemon=True).start()

    def _listen(self):
        for line in self.process.stderr:
            self.said.append(line)
            found = re.search(r"http://127\.0\.0\.1:\d+/#\S+", line)
            if found:
                self.address = found.group()
                self.ready.set()
        self.ready.set()

    def _collect(self):
        for line in self.process.stdout:
            self.records.append(json.loads(line))

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


class KioskTest(unittest.TestCase):
    """The tests build on one another, in the order of their names."""

    @classmethod
    def setUpClass(cls):
        cls.demo = Demo(options.programs)
        cls.demo.ready.wait(PATIENCE)
        if not cls.demo.address:
            cls.demo.stop()
            raise RuntimeError("the demo did not start: " + "".join(cls.demo.said)[-2000:])
        cls.origin, cls.secret = cls.demo.address.split("/#")
        cls.browser = chromium()

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()
        cls.demo.stop()

    def find(self, selector, patience=PATIENCE):
        return WebDriverWait(self.browser, patience).until(lambda b: b.find_element(By.CSS_SELECTOR, selector), selector)

    def until(self, condition, what, patience=PATIENCE):
        WebDriverWait(self.browser, patience, ignored_exceptions=[Exception]).until(lambda _: condition(), what)

    def press(self, selector):
        """The page draws itself anew when something changes: what was found may be gone before it is pressed."""
        def pressed():
            self.browser.find_element(By.CSS_SELECTOR, selector).click()
            return True
        self.until(pressed, selector)

    def text(self):
        return self.browser.find_element(By.TAG_NAME, "main").text

    def picture(self, name):
        if options.screenshots:
            os.makedirs(options.screenshots, exist_ok=True)
            self.browser.save_screenshot(os.path.join(options.screenshots, name + ".png"))

    def check_accessibility(self):
        """The part of WCAG 2.2 AA that a program can see."""
        faults = self.browser.execute_script(
            """
            const faults = [];
            const shown = (one) => one.getClientRects().length > 0;
            const name = (one) => (one.getAttribute("aria-label") || one.labels?.[0]?.textContent || one.textContent || one.alt || "").trim();
            for (const one of document.querySelectorAll("button, a[href], input, select, textarea, [role=img]"))
              if (shown(one) && !name(one)) faults.push("no name: " + one.outerHTML.slice(0, 120));
            for (const one of document.querySelectorAll("img:not([alt])")) faults.push("no alt: " + one.src);
            for (const one of document.querySelectorAll("button:not(.mark), a.button, input[type=text], select, textarea"))
              if (shown(one) && one.getBoundingClientRect().height < 24) faults.push("too small: " + one.outerHTML.slice(0, 120));
            const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
            for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push("id twice: " + id);
            if (!["sv", "en"].includes(document.documentElement.lang)) faults.push("no language");
            if (!document.title) faults.push("no title");
            if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
            if (!document.querySelector("[aria-live]")) faults.push("no live region");
            return faults;
            """)
        self.assertEqual(faults, [])

    def test_1_asks_for_the_start_link(self):
        self.browser.get(self.origin + "/")
        self.until(lambda: "startlänk" in self.text(), "the sign-in text")
        self.check_accessibility()
        with self.assertRaises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(self.origin + "/api/state")
        self.assertEqual(refusal.exception.code, 401)

    def test_2_signs_in_and_forgets_the_secret(self):
        self.browser.get("about:blank")
        self.browser.get(self.demo.address)
        self.find(".scan-panel")
        self.assertNotIn(self.secret, self.browser.current_url)
        self.assertEqual(self.browser.execute_script("return localStorage.length + sessionStorage.length + document.cookie.length"), 0)
        self.check_accessibility()
        self.picture("start-sv")

    def test_3_scans_and_shows_progress(self):
        # The demo fills the feeder once it has seen the first record, and says so.
        self.until(lambda: any("ligger i mataren" in line for line in self.demo.said), "paper in the feeder")
        self.until(lambda: "papper i mataren" in self.text(), "the page says so too")
        self.press("#scan:not(:disabled)")
        self.until(lambda: "#/batch/" in self.browser.current_url, "the batch page")
        self.find(".pages li")
        self.check_accessibility()
        self.picture("progress-sv")
        self.until(lambda: "Klart" in self.find("h1").text, "the end", 300)
        self.picture("batch-done-sv")

    def test_4_asks_about_what_is_doubtful_and_takes_a_correction(self):
        self.press(".documents a:has(.is-uncertain)")
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
        self.check_accessibility()
        self.picture("document-sv")
        seen = 0
        while self.browser.find_elements(By.CSS_SELECTOR, ".needs"):
            card = self.browser.find_element(By.CSS_SELECTOR, ".needs")
            name = card.get_attribute("data-name")
            inputs = card.find_elements(By.CSS_SELECTOR, "input[type=text], textarea")
            if inputs and inputs[0].get_attribute("value"):
                inputs[0].send_keys(Keys.ENTER)
            elif not card.find_elements(By.CSS_SELECTOR, "fieldset"):
                card.find_elements(By.CSS_SELECTOR, "button")[-1].click()
            else:
                marked = card.find_elements(By.CSS_SELECTOR, "input:checked")
                if not marked:
                    card.find_element(By.CSS_SELECTOR, ".options label").click()
                card.find_element(By.CSS_SELECTOR, "button.primary").click()
            self.until(lambda: not self.browser.find_elements(By.CSS_SELECTOR, f'.needs[data-name="{name}"]'), f"{name} settled", 20)
            seen += 1
            self.assertLess(seen, 200)
        self.press('.sure .field[data-name="postort"] button')
        entry = self.find('.sure .field[data-name="postort"] input')
        entry.clear()
        entry.send_keys("Exempelby", Keys.ENTER)
        self.until(lambda: "rättat" in self.find('.sure .field[data-name="postort"]').text, "the correction", 20)
        self.until(lambda: self.find("#send").is_enabled(), "Send is offered", 20)
        self.picture("document-checked-sv")

    def test_5_switches_the_language(self):
        self.press("button[lang=en]")
        self.until(lambda: self.find("html").get_attribute("lang") == "en", "the language")
        self.until(lambda: self.find("#send").text == "Send", "English words")
        self.check_accessibility()
        self.picture("document-en")

    def test_6_sends_and_the_record_arrives(self):
        before = len(self.demo.records)
        document = self.browser.current_url.rsplit("/", 1)[1]
        self.press("#send:not(:disabled)")
        self.find(".scan-panel")
        self.until(lambda: len(self.demo.records) > before, "a record")
        record = self.demo.records[-1]
        self.assertEqual(record["id"], document)
        places = [field["value"] for field in record["data"]["fields"] if field["name"] == "postort"]
        self.assertEqual(places, ["Exempelby"])
        self.assertEqual(record["data"]["review"]["state"], "human")
        self.assertTrue(all(field["status"] not in ("uncertain", "unreadable") for field in record["data"]["fields"]))
        self.picture("start-en")

    def test_7_esc_goes_back_on_a_tall_touch_screen_too(self):
        self.browser.set_window_size(1080, 1920)
        self.press(".documents a:has(.is-uncertain)")
        self.find(".needs")
        self.check_accessibility()
        self.picture("document-tall-en")
        self.browser.find_element(By.TAG_NAME, "body").send_keys(Keys.ESCAPE)
        self.find(".scan-panel")
        self.picture("start-tall-en")

    def test_8_no_script_was_refused_and_none_failed(self):
        bad = [line["message"] for line in self.browser.get_log("browser")
               if line["level"] == "SEVERE" and "/api/" not in line["message"]]
        self.assertEqual(bad, [])


class TokenTest(unittest.TestCase):
    """The colours of the design, computed: text needs 4.5:1 on its ground, edges of controls 3:1."""

    def setUp(self):
        self.colours = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", (WEB / "style.css").read_text()))

    def contrast(self, one, other):
        def luminance(name):
            value = self.colours[name]
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
        for text, ground in pairs:
            with self.subTest(text=text, ground=ground):
                self.assertGreaterEqual(self.contrast(text, ground), 4.5)

    def test_edges_and_focus_stand_out(self):
        for edge in ("edge", "focus"):
            for ground in ("ground", "surface", "sunken"):
                with self.subTest(edge=edge, ground=ground):
                    self.assertGreaterEqual(self.contrast(edge, ground), 3)

    def test_both_languages_say_everything(self):
        source = (WEB / "strings.js").read_text()
        table = source[source.index("const texts"):source.index("\n};")]
        for key, pair in re.findall(r'^  "?([\w.-]+)"?: \[(.*?)\],$', table, re.S | re.M):
            with self.subTest(key=key):
                self.assertEqual(len(re.findall(r'"(?:[^"\\]|\\.)+"', pair)), 2)

    def test_nothing_comes_from_elsewhere_and_no_markup_is_built(self):
        for file in WEB.iterdir():
            text = file.read_text().replace("http://www.w3.org/2000/svg", "")
            for forbidden in ("http://", "https://", "innerHTML", "insertAdjacentHTML", "document.write", "eval(",
                              "localStorage", "sessionStorage", "indexedDB", 'style="'):
                self.assertNotIn(forbidden, text, file.name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("programs")
    parser.add_argument("--screenshots")
    options, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0]] + rest)
