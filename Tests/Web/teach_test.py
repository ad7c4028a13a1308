#!/usr/bin/python3
"""Drives the pages on which forms are taught in a headless Chromium: from a blank sheet to a form that is read.

usage: teach_test.py PROGRAMS [--screenshots DIR] [--axe FILE]

PROGRAMS is the folder with the built programs. Runs a station of its own without any form, and a virtual MFP.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import sys
import urllib.request

from PIL import Image, ImageDraw
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import kiosk_test
from kiosk_test import PATIENCE, ROOT, SAMPLES, BrowserSteps

OWN = ROOT / "forms/exempelstad-bistand"
PIN = "4718"


class TeachingStation:
    """An agent without a bridge, without forms if none are given, and a scanner beside it."""

    def __init__(self, programs, forms=()):
        self.programs = programs
        self.said = []
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="blankett-teach-"))
        self.mfp = subprocess.Popen(
            [os.path.join(programs, "virtual-mfp"), "--port", "0", "--address-file", self.folder / "mfp.address"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.scanner = self._address("mfp.address")
        (self.folder / "agent.json5").write_text(json.dumps({
            "format": "blankett-agent/1", "station": "teach", "data": "agent", "test": True, "language": "sv", "forms": [str(one) for one in forms],
            "profiles": [str(ROOT / "device-profiles")], "scanners": [{"name": "Virtual MFP", "address": self.scanner}]}))
        self.start()

    def start(self):
        (self.folder / "agent/agent.address").unlink(missing_ok=True)
        with open(self.folder / "agent.log", "a") as log:
            self.process = subprocess.Popen(
                [os.path.join(self.programs, "blankett-agent"), "--config", self.folder / "agent.json5"], stderr=log)
        self.address = self._address("agent/agent.address")
        self.socket = self.folder / "agent/control.sock"

    def _address(self, name):
        for _ in range(300):
            file = self.folder / name
            if file.exists() and file.read_text().strip():
                return file.read_text().strip()
            time.sleep(0.1)
        raise RuntimeError(f"{name} did not come")

    def blankett(self, *arguments, given=""):
        run = subprocess.run(
            [os.path.join(self.programs, "blankett"), *map(str, arguments), "--socket", str(self.socket)], input=given,
            capture_output=True, text=True)
        return run

    def put(self, *paper):
        body = json.dumps({"adf": [str(one) for one in paper]}).encode()
        origin = re.match(r"http://[^/]+", self.scanner).group()
        urllib.request.urlopen(urllib.request.Request(
            origin + "/_ctl", body, {"Content-Type": "application/json"})).close()

    def restart(self):
        self.process.terminate()
        self.process.wait(60)
        self.start()

    def stop(self):
        for process in (self.process, self.mfp):
            process.terminate()
            process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)


class TeachingSteps(BrowserSteps):
    """What a technician does in a browser, at a station of its own."""

    @classmethod
    def setUpClass(cls):
        cls.demo = TeachingStation(kiosk_test.options.programs)
        try:
            # PDF without fields of its own, as a printing office sends it.
            cls.pdf = cls.demo.folder / "ansokan.pdf"
            Image.open(OWN / "page-1.png").convert("L").save(cls.pdf, resolution=300)
            cls.browser = kiosk_test.chromium()
            cls.browser.set_script_timeout(PATIENCE)
        except Exception:
            cls.demo.stop()
            raise

    def ask(self, path):
        """What the station says, asked with the page's own session."""
        return self.browser.execute_async_script(
            "const done = arguments[1]; fetch(arguments[0]).then((answer) => answer.json()).then(done);", path)

    def form(self):
        """The form of the draft that is open, once it is saved."""
        self.until(lambda: self.text_of("#teach-saved") == "Sparat", "saved", 30)
        return self.ask("/api/teach/drafts/" + self.draft())["form"]

    def draft(self):
        return self.browser.current_url.split("/#/teach/")[1].split("/")[0]

    def choose_field(self, name):
        key = self.browser.execute_script(
            "return [...document.querySelectorAll('.teach-fields button')].find((one) => one.querySelector('.title').textContent.startsWith(arguments[0]))?.id", name)
        self.assertIsNotNone(key, f"{name} is in the list")
        self.press("#" + key)
        self.find("#field-label-sv")

    def wait_for_proposal(self):
        self.until(lambda: "/#/teach/" in self.browser.current_url, "the draft")
        self.find(".teach-fields, .notice.problem", 300)

    def seen_page(self):
        self.until(lambda: self.browser.execute_script(
            "const one = document.querySelector('.teach-sheet img'); return one.complete && one.naturalWidth > 0"), "the sheet")

    def drag(self, selector, *steps):
        """By place, not by element: the sheet is drawn anew when something changes."""
        x, y = self.until(lambda: self.browser.execute_script(
            """
            const one = document.querySelector(arguments[0]);
            one.scrollIntoView({ block: "center" });
            const { left, top, width, height } = one.getBoundingClientRect();
            return [left + width / 2, top + height / 2];
            """, selector), selector)
        actions = ActionBuilder(self.browser)
        pointer = actions.pointer_action
        pointer.move_to_location(int(x), int(y))
        pointer.pointer_down()
        for dx, dy in steps:
            pointer.move_to_location(int(x + dx), int(y + dy))
        pointer.pointer_up()
        actions.perform()

    def sign_in(self, name):
        self.until(lambda: "Vem är du?" in self.text_of("h1"), "the question who is there")
        self.browser.execute_script(
            "[...document.querySelectorAll('.people button')].find((one) => one.textContent.includes(arguments[0])).click()", name)
        self.find("#pin")
        self.keys(PIN, Keys.ENTER)
        self.until(lambda: name in self.text_of("#person"), "the name")
        self.find(".scan-panel")


class TeachTest(TeachingSteps):
    def test_01_a_technician_signs_in(self):
        admin = self.demo.blankett("operators", "add", "Ada Ek", "--role", "administrator", given=PIN + "\n")
        self.assertEqual(admin.returncode, 0, admin.stderr)
        technician = self.demo.blankett("operators", "add", "Tove Ek", "--role", "technician", given=PIN + "\n")
        self.assertEqual(technician.returncode, 0, technician.stderr)
        clerk = self.demo.blankett("operators", "add", "Bo Ek", "--role", "clerk", given=PIN + "\n")
        self.assertEqual(clerk.returncode, 0, clerk.stderr)
        # A clerk neither sees the way to the forms, nor gets there.
        self.browser.get(self.demo.address)
        self.sign_in("Bo Ek")
        self.assertEqual(self.browser.find_elements(By.ID, "to-teach"), [])
        for path in ("/api/forms", "/api/teach/drafts", "/api/teach/pages"):
            self.assertEqual(self.browser.execute_async_script(
                "const done = arguments[1]; fetch(arguments[0]).then((answer) => done(answer.status));", path), 403)
        self.press("#sign-out")
        self.sign_in("Tove Ek")
        self.press("#to-teach")
        self.find("#teach-new")
        self.check("teach-empty-sv")
        self.done()

    def test_02_a_blank_is_scanned_and_its_fields_are_found(self):
        self.demo.put(OWN / "page-2.png")
        self.browser.get(self.demo.address.split("/#")[0] + "/#/")
        self.until(lambda: "papper i mataren" in self.text(), "paper in the feeder")
        self.press("#scan:not(:disabled)")
        self.until(lambda: len(self.ask("/api/teach/pages")) == 1, "the page")
        self.browser.get(self.demo.address.split("/#")[0] + "/#/teach")
        self.press("#teach-pages-at-hand input")
        self.browser.find_element(By.ID, "teach-name").send_keys("Sida <b>två</b>")
        self.check("teach-scanned-sv")
        self.press("#teach-begin")
        self.until(lambda: "Letar efter fält" in self.text_of("h1") or self.browser.find_elements(By.CSS_SELECTOR, ".teach-fields"), "the wait", 30)
        if "Letar" in self.text_of("h1"):
            self.check("teach-proposing-sv")
        self.wait_for_proposal()
        self.seen_page()
        # What looks like markup is words.
        self.assertIn("Sida <b>två</b>", self.text_of("h1"))
        self.assertGreater(len(self.form()["fields"]), 5)
        self.check("teach-fields-scanned-sv")
        self.done()

    def test_03_a_blank_comes_as_a_file(self):
        self.press("#to-forms")
        self.find("#teach-drafts")
        self.browser.find_element(By.ID, "teach-file").send_keys(str(self.pdf))
        self.browser.find_element(By.ID, "teach-name").send_keys("Ansökan, sidan ett")
        self.press("#teach-begin")
        self.wait_for_proposal()
        self.seen_page()
        fields = self.form()["fields"]
        self.assertTrue(any(field.get("type") == "personnummer" and field["kind"] == "comb" for field in fields), fields)
        self.check("teach-fields-sv")
        self.done()

    def test_04_a_field_is_moved_sized_copied_and_all_is_undone(self):
        before = self.form()
        self.choose_field("Personnummer")
        self.check("teach-field-sv")
        field = next(one for one in before["fields"] if one.get("type") == "personnummer")

        def now(name=field["name"]):
            return next((one for one in self.form()["fields"] if one["name"] == name), None)
        # By keyboard: from the details to the sheet, and back.
        self.browser.execute_script("document.getElementById('teach-page').focus()")
        self.keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_DOWN)
        moved = now()["box"]
        self.assertAlmostEqual(moved[0], field["box"][0] + 1, places=1)
        self.assertAlmostEqual(moved[1], field["box"][1] + 0.5, places=1)
        ActionChains(self.browser).key_down(Keys.SHIFT).send_keys(Keys.ARROW_RIGHT).key_up(Keys.SHIFT).perform()
        self.assertAlmostEqual(now()["box"][2], field["box"][2] + 0.5, places=1)
        # In numbers.
        self.set_value("#field-x", "30")
        self.assertAlmostEqual(now()["box"][0], 30, places=1)
        # With the mouse.
        self.drag(".teach-field.is-chosen .teach-box", (25, 15), (30, 20))
        dragged = now()["box"]
        self.assertGreater(dragged[0], 32)
        self.assertGreater(dragged[1], moved[1] + 1)
        self.drag('.teach-grip-hit[data-side="se"]', (6, 4), (12, 9))
        self.assertGreater(now()["box"][3], dragged[3])
        # A copy, a cut, and a merger.
        self.press("#field-duplicate")
        self.assertEqual(len(self.form()["fields"]), len(before["fields"]) + 1)
        self.press("#field-split")
        self.assertEqual(len(self.form()["fields"]), len(before["fields"]) + 2)
        self.assertEqual(len(self.browser.find_elements(By.CSS_SELECTOR, ".teach-fields li.is-chosen")), 2)
        self.check("teach-several-sv")
        self.press("#field-merge")
        self.assertEqual(len(self.form()["fields"]), len(before["fields"]) + 1)
        # All the way back.
        while self.is_offered("#teach-undo"):
            self.press("#teach-undo:not(:disabled)")
        self.assertEqual(self.form()["fields"], before["fields"])
        self.assertTrue(self.is_offered("#teach-redo"))
        self.done()

    def test_05_a_field_is_drawn_named_and_removed(self):
        count = len(self.form()["fields"])
        self.press("#teach-draw")
        self.drag(".teach-page", (60, 10), (120, 20))
        self.find("#field-label-sv")
        self.set_value("#field-label-sv", "Ort & <i>datum</i>")
        field = self.form()["fields"][-1]
        self.assertEqual((len(self.form()["fields"]), field["name"]), (count + 1, "ort-i-datum-i"))
        self.select("#field-writing", "print")
        self.assertEqual(self.form()["fields"][-1]["writing"], "print")
        self.select("#field-kind", "choice")
        self.press("#option-add")
        self.assertEqual(len(self.form()["fields"][-1]["options"]), 2)
        self.check("teach-choice-sv")
        self.select("#field-kind", "table")
        self.assertEqual(len(self.form()["fields"][-1]["columns"]), 2)
        self.check("teach-table-sv")
        self.press("#field-delete")
        self.assertEqual(len(self.form()["fields"]), count)
        self.done()

    def test_06_one_like_this_finds_all_on_the_sheet(self):
        before = self.form()["fields"]
        self.choose_field("Efternamn")
        self.press("#field-alike")
        alike = [one["name"] for one in before if one["kind"] == "text" and abs(one["box"][3] - 7.5) < 0.6]
        chosen = self.browser.execute_script("return document.querySelectorAll('.teach-fields li.is-chosen').length")
        self.assertGreaterEqual(chosen, 4, alike)
        # As if the proposal had seen one box only: it is drawn by hand, and the sheet tells of the others.
        boxes = sorted((tuple(option["box"]) for one in before if one["kind"] == "choice" for option in one["options"]), key=lambda box: (box[1], box[0]))
        self.assertGreater(len(boxes), 8)
        marks = [one["label"] for one in before if one["kind"] in ("choice", "checkbox")]
        for label in marks:
            self.choose_field(label)
            self.press("#field-delete")
        self.assertFalse([one for one in self.form()["fields"] if one["kind"] in ("choice", "checkbox")])
        self.press("#teach-add")
        self.select("#field-kind", "checkbox")
        for side, value in zip("xywh", boxes[0]):
            self.set_value(f"#field-{side}", f"{value:.1f}")
        self.press("#field-find-alike")
        self.until(lambda: len(self.browser.find_elements(By.CSS_SELECTOR, ".teach-fields li.is-chosen")) >= len(boxes) - 1, "all like it", 60)
        found = [one for one in self.form()["fields"] if one["kind"] == "checkbox"]
        for box in boxes:
            self.assertTrue(any(all(abs(a - b) < 0.6 for a, b in zip(one["box"], box)) for one in found), box)
        self.assertEqual(len(found), len(boxes))
        # They are called what is printed beside them.
        self.assertIn("Telefon", [(one.get("label") or {}).get("sv") for one in found])
        self.check("teach-alike-sv")
        # Once more there is nothing new, and the page says so; what stands on white paper has no like.
        self.choose_field("Telefon")
        self.press("#field-find-alike")
        self.until(lambda: "har redan ett fält" in self.text_of("#warning"), "all have a field", 60)
        self.press("#teach-add")
        for side, value in zip("xywh", (60, 3, 40, 5)):
            self.set_value(f"#field-{side}", str(value))
        self.press("#field-find-alike")
        self.until(lambda: "inget tryckt" in self.text_of("#warning"), "nothing printed", 60)
        while self.is_offered("#teach-undo"):
            self.press("#teach-undo:not(:disabled)")
        self.done()

    def test_07_two_windows_do_not_fight(self):
        draft = self.draft()
        other = json.dumps(self.form())
        revision = self.ask("/api/teach/drafts/" + draft)["draft"]["revision"]
        status = self.browser.execute_async_script("""
            const done = arguments[3];
            const form = JSON.parse(arguments[1]);
            form.name = { sv: "Det andra fönstret" };
            window.dispatchEvent(new Event("blur"));
            fetch(`/api/teach/drafts/${arguments[0]}/form`, { method: "POST", headers: { "Content-Type": "application/json", "X-Blankett": "1" },
              body: JSON.stringify({ revision: arguments[2], form }) }).then((answer) => done(answer.status));
            """, draft, other, revision)
        self.assertEqual(status, 200)
        # Nothing was done here: the other's work is shown.
        self.until(lambda: "Det andra fönstret" in self.text_of("h1"), "the other window's name", 30)
        # Both have done something: nobody's is lost without a word.
        revision = self.ask("/api/teach/drafts/" + draft)["draft"]["revision"]
        self.browser.execute_script("""
            const input = document.getElementById("form-name-sv");
            fetch(`/api/teach/drafts/${arguments[0]}/form`, { method: "POST", headers: { "Content-Type": "application/json", "X-Blankett": "1" },
              body: JSON.stringify({ revision: arguments[2], form: JSON.parse(arguments[1]) }) });
            input.value = "Det här fönstret";
            input.dispatchEvent(new Event("input", { bubbles: true }));
            """, draft, other, revision)
        self.find("#teach-conflict", 30)
        self.check("teach-conflict-sv")
        self.press("#keep-mine")
        self.until(lambda: not self.browser.find_elements(By.ID, "teach-conflict"), "the choice", 30)
        self.assertEqual(self.form()["name"]["sv"], "Det här fönstret")
        # A reload, and a restart of the agent, lose nothing.
        self.browser.refresh()
        self.find(".teach-fields")
        self.assertEqual(self.text_of("h1"), "Det här fönstret")
        self.done()

    def test_08_fields_are_connected_to_the_case_system(self):
        self.press("#step-connect")
        self.find("#schema-file").send_keys(str(OWN / "form.json5"))
        self.until(lambda: "inget JSON Schema" in self.text_of("#schema-problem"), "why this is no schema", 30)
        self.check("teach-connect-empty-sv")
        self.find("#schema-file").send_keys(str(OWN / "output.schema.json"))
        self.until(lambda: "platser i schemat" in self.text_of("#schema-state"), "the places", 30)
        self.check("teach-connect-sv")
        self.press("#take-all")
        targets = {field["name"]: field.get("target") for field in self.form()["fields"]}
        for name, target in {"personnummer": "/applicant/legalId", "efternamn": "/applicant/familyName", "fornamn": "/applicant/givenName",
                             "postnummer": "/applicant/address/postalCode", "e-post": "/applicant/email"}.items():
            self.assertEqual(next((given for own, given in targets.items() if own.startswith(name)), None), target, targets)
        self.assertEqual(self.ask("/api/teach/drafts/" + self.draft())["schema"], json.loads((OWN / "output.schema.json").read_text()))
        self.check("teach-connected-sv")
        # What has no place there would be refused: this town takes everything else as it is called.
        self.press("#schema-remove")
        self.until(lambda: "Inget schema" in self.text_of("#schema-state"), "no schema", 30)
        self.done()

    def test_09_a_filled_copy_is_tried(self):
        self.press("#step-try")
        self.find("#try-file").send_keys(str(SAMPLES / "1-typed-page-1.jpg"))
        self.press("#try-now")
        self.until(lambda: self.text_of("#try-summary").startswith("Läst:"), "what was read", 300)
        truth = json.loads((SAMPLES / "1-typed.truth.json").read_text())
        self.assertIn(next(iter(re.findall(r'"efternamn":\s*(?:{[^}]*"value":\s*)?"([^"]+)"', json.dumps(truth, ensure_ascii=False)))), self.text())
        # One that nobody has drawn on is 300 x 150.
        self.until(lambda: self.browser.execute_script(
            "return [...document.querySelectorAll('.teach-readings canvas')].some(({ width, height }) => width !== 300 && height !== 150)"),
            "a snippet", 30)
        self.check("teach-tried-sv")
        self.press("button[lang=en]")
        self.until(lambda: self.text_of("#step-try").startswith("3. Try"), "English")
        self.check("teach-try-en")
        self.press("button[lang=sv]")
        self.done()

    def test_10_what_is_wrong_must_be_mended(self):
        self.press("#step-fields")
        self.find(".teach-fields")
        faulty = self.browser.find_elements(By.CSS_SELECTOR, ".teach-fields .problem-text")
        for _ in range(len(faulty)):
            left = self.browser.find_elements(By.CSS_SELECTOR, ".teach-fields li:has(.problem-text) button")
            if not left:
                break
            left[0].click()
            self.press("#field-delete")
        self.press("#field-close") if self.browser.find_elements(By.ID, "field-close") else None
        self.set_value("#form-id", "Inget Id")
        self.until(lambda: "1 sak att rätta" in self.text_of("#teach-list"), "what is wrong", 30)
        self.check("teach-problem-sv")
        self.set_value("#form-id", "sidan-ett")
        self.select("#form-target", "100")
        self.assertEqual(self.form()["id"], "sidan-ett")
        self.until(lambda: not self.browser.find_elements(By.CSS_SELECTOR, ".teach-count"), "all is mended", 30)
        self.done()

    def test_11_the_form_is_proved_and_goes_live(self):
        self.press("#step-live")
        self.find("#go-live")
        # Not proved: not without a reason.
        self.press("#go-live:not(:disabled)")
        self.until(lambda: "varför" in self.text_of("#live-problem"), "the reason that is needed", 30)
        self.check("teach-live-sv")
        self.select("#prove-copies", "2")
        self.press("#prove:not(:disabled)")
        self.find("#prove-progress", 30)
        self.check("teach-proving-sv")

        def is_proved():
            # Somebody is there: who is not would be signed out after three minutes.
            self.browser.execute_script("dispatchEvent(new Event('pointerdown'))")
            return self.browser.find_elements(By.ID, "certificate")
        self.until(is_proved, "the certificate", 600)
        self.check("teach-certificate-sv")
        self.press("button[lang=en]")
        self.until(lambda: "copies" in self.text_of("#certificate"), "English")
        self.check("teach-certificate-en")
        self.press("button[lang=sv]")
        reason = self.browser.find_elements(By.ID, "live-reason")
        if reason:
            self.set_value("#live-reason", "Bara ett prov")
        self.press("#go-live:not(:disabled)")
        self.find("#teach-is-live", 60)
        self.assertIn("Det här fönstret, version 1, är i bruk", self.text_of("#teach-is-live"))
        self.check("teach-live-done-sv")
        self.assertEqual([(form["id"], form["version"], form["origin"]) for form in self.ask("/api/forms")], [("sidan-ett", 1, "station")])
        self.done()

    def test_12_a_filled_page_is_scanned_and_read(self):
        self.demo.put(SAMPLES / "1-typed-page-1.jpg")
        self.browser.get(self.demo.address.split("/#")[0] + "/#/")
        self.until(lambda: "papper i mataren" in self.text(), "paper in the feeder", 60)
        self.press("#scan:not(:disabled)")

        def read():
            return next((one for one in self.ask("/api/state")["documents"] if one.get("form", {}).get("sv") == "Det här fönstret"), None)
        document = self.until(read, "the document", 300)
        self.assertIn(document["outcome"], ("read", "needs-review"))
        fields = {one["reading"]["name"]: one["reading"] for one in self.ask("/api/documents/" + document["id"])["fields"]}
        self.assertGreater(len(fields), 10)
        number = next(one for name, one in fields.items() if name.startswith("personnummer"))
        self.assertIn(number["status"], ("read", "uncertain"))
        self.done()

    def test_13_the_form_and_the_other_draft_are_there_after_a_restart(self):
        self.demo.restart()
        self.browser.get("about:blank")
        self.browser.get(self.demo.address)
        self.sign_in("Tove Ek")
        self.press("#to-teach")
        self.find("#teach-forms")
        self.assertIn("Det här fönstret", self.text_of("#teach-forms"))
        self.assertIn("två", self.text_of("#teach-drafts"))
        self.done()

    def test_14_a_new_version_keeps_what_was_known(self):
        # A row is added to the paper: all below it stands 9 mm further down.
        old = Image.open(OWN / "page-1.png").convert("L")
        width, height = old.size
        scale = width / 210
        new = Image.new("L", old.size, 255)
        cut, shift = int(121 * scale), int(9 * scale)
        new.paste(old.crop((0, 0, width, cut)), (0, 0))
        new.paste(old.crop((0, cut, width, height - shift)), (0, cut + shift))
        drawing = ImageDraw.Draw(new)
        drawing.rectangle([18 * scale, 123 * scale, 90 * scale, 130 * scale], outline=0, width=3)
        blank = self.demo.folder / "utgava-2.png"
        new.save(blank, dpi=(scale * 25.4, scale * 25.4))
        self.press("#teach-forms button")
        self.find("#teach-file").send_keys(str(blank))
        self.press("#teach-begin")
        self.wait_for_proposal()
        self.seen_page()
        self.find("#teach-changes")
        self.check("teach-version-sv")
        view = self.ask("/api/teach/drafts/" + self.draft())
        form, changes = view["form"], {one["name"]: one for one in view["draft"]["changes"]}
        self.assertEqual((form["id"], form["version"], form["name"]["sv"]), ("sidan-ett", 2, "Det här fönstret"))
        before = next(one for one in form["fields"] if one["name"].startswith("personnummer"))
        self.assertEqual(changes[before["name"]]["change"], "same")
        self.assertEqual(before["target"], "/applicant/legalId")
        moved = next(one for name, one in changes.items() if name.startswith("medsokandes-namn"))
        self.assertEqual(moved["change"], "moved")
        self.assertAlmostEqual(moved["by"][1], 9, delta=0.6)
        self.press("#step-live")
        self.set_value("#live-reason", "Ny utgåva av papperet")
        self.until(lambda: not self.browser.find_elements(By.CSS_SELECTOR, ".teach-count"), "nothing to mend", 30)
        self.press("#go-live:not(:disabled)")
        self.find("#teach-is-live", 60)
        # The old paper is still read with the old version.
        self.assertEqual([one["version"] for one in self.ask("/api/forms")], [1, 2])
        self.done()

    def test_15_a_form_goes_into_force_from_the_command_line(self):
        package = self.demo.folder / "package"
        shutil.copytree(OWN, package)
        refused = self.demo.blankett("forms", "load", package)
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.assertIn("reason", refused.stderr)
        loaded = self.demo.blankett("forms", "load", package, "--reason", "known from elsewhere")
        self.assertEqual(loaded.returncode, 0, loaded.stderr)
        # The page sees it without a reload.
        self.until(lambda: "Ansökan om ekonomiskt bistånd" in self.text_of("#teach-forms"), "the form on the page", 60)
        self.check("teach-forms-sv")
        self.done()

    def test_21_every_view_was_in_order(self):
        self.every_view_was_in_order()

    def test_22_no_script_was_refused_and_none_failed(self):
        self.no_script_failed()


if __name__ == "__main__":
    kiosk_test.run(sys.modules[__name__])
