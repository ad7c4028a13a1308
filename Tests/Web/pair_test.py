#!/usr/bin/python3
"""Two clerks at one station: a field that two must agree with, and a paper that a clerk says to be of a known version.

usage: pair_test.py PROGRAMS [--screenshots DIR] [--axe FILE]

Runs a station of its own with a form of which one field asks for two people, and a virtual MFP.
"""

import pathlib
import shutil
import tempfile
import sys

from PIL import Image, ImageDraw, ImageFont
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import kiosk_test
import teach_test
from kiosk_test import SAMPLES

FIELD = "sokt-belopp"


class PairTest(teach_test.TeachingSteps):
    @classmethod
    def setUpClass(cls):
        cls.forms = pathlib.Path(tempfile.mkdtemp(prefix="blankett-pair-"))
        package = cls.forms / "exempelstad-bistand"
        shutil.copytree(teach_test.OWN, package)
        form = package / "form.json5"
        text = form.read_text()
        asked = text.replace(f'{{ name: "{FIELD}",', f'{{ name: "{FIELD}", review: "two-people",', 1)
        assert asked != text
        form.write_text(asked)
        cls.demo = teach_test.TeachingStation(kiosk_test.options.programs, forms=[package])
        try:
            cls.browser = kiosk_test.chromium()
            cls.browser.set_script_timeout(kiosk_test.PATIENCE)
        except Exception:
            cls.demo.stop()
            raise

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        shutil.rmtree(cls.forms, ignore_errors=True)

    def check(self, name):
        super().check(name)
        # Somebody is there: who is not would be signed out after three minutes.
        self.browser.execute_script("dispatchEvent(new Event('pointerdown'))")

    def to_document(self):
        self.browser.get(self.origin + "/#/")
        self.find(".documents a")
        self.press(".documents a")
        self.find(".paper")

    def scan(self, *paper):
        self.demo.put(*paper)
        self.browser.get(self.origin + "/#/")
        self.until(lambda: "papper i mataren" in self.text(), "paper in the feeder", 60)
        self.press("#scan:not(:disabled)")
        self.until(lambda: "Klart" in self.text_of("h1"), "the end", 300)

    @property
    def origin(self):
        return self.demo.address.split("/#")[0]

    def focused(self):
        return self.browser.execute_script(
            "const one = document.activeElement; return one?.closest('.needs')?.dataset.name ?? one?.id ?? ''")

    def test_01_one_agrees_and_waits_for_a_colleague(self):
        for name, role in (("Ada Ek", "administrator"), ("Bo Ek", "clerk"), ("Eva Ek", "clerk")):
            added = self.demo.blankett("operators", "add", name, "--role", role, given=teach_test.PIN + "\n")
            self.assertEqual(added.returncode, 0, added.stderr)
        self.browser.get(self.demo.address)
        self.sign_in("Bo Ek")
        self.scan(*sorted(SAMPLES.glob("1-typed-page-*.jpg")))
        self.press("#check")
        self.find(".needs")
        # By keyboard alone: Enter agrees, until nothing is left for this one.
        for _ in range(60):
            if not self.browser.find_elements(By.CSS_SELECTOR, ".needs"):
                break
            name = self.until(lambda: self.focused() if self.browser.execute_script("return Boolean(document.activeElement.closest('.needs'))") else None, "the focus in a field")
            self.keys(Keys.ENTER)
            self.until(lambda: not self.browser.find_elements(By.CSS_SELECTOR, f'.needs[data-name="{name}"]'), f"{name} settled", 30)
        self.until(lambda: "Väntar på en kollega" in self.text_of(".shared"), "the field that waits for somebody else")
        self.assertEqual(self.browser.execute_script("return [...document.querySelectorAll('.shared .field')].map((one) => one.dataset.name)"), [FIELD])
        self.assertFalse(self.is_offered("#send"))
        self.check("pair-waits-sv")
        # Once more by the same person is no second person.
        status = self.browser.execute_async_script("""
            const [field, done] = arguments;
            fetch(`/api/documents/${location.hash.split("/")[2]}/fields/${field}`, { method: "POST", headers: { "Content-Type": "application/json", "X-Blankett": "1" },
              body: JSON.stringify({ action: "confirm" }) }).then((answer) => done(answer.status));
            """, FIELD)
        self.assertEqual(status, 204)
        self.until(lambda: not self.is_offered("#send"), "it still cannot be sent")
        self.done()

    def test_02_the_colleague_agrees_and_sends(self):
        self.press("#sign-out")
        self.sign_in("Eva Ek")
        self.to_document()
        self.until(lambda: self.focused() == FIELD, "the focus in the field that is left")
        self.assertIn("En har bekräftat. Stämmer det?", self.text_of(f'.needs[data-name="{FIELD}"]'))
        self.assertEqual(len(self.browser.find_elements(By.CSS_SELECTOR, ".needs")), 1)
        self.check("pair-second-sv")
        self.press("button[lang=en]")
        self.until(lambda: "One has confirmed. Is it right?" in self.text_of(".needs"), "English")
        self.check("pair-second-en")
        self.press("button[lang=sv]")
        self.until(lambda: "Stämmer det?" in self.text_of(".needs"), "Swedish")
        self.browser.execute_script("document.querySelector('.needs input').focus()")
        self.keys(Keys.ENTER)
        self.until(lambda: self.focused() == "send" and self.is_offered("#send"), "the focus on Send")
        document = self.browser.current_url
        self.keys(Keys.ENTER)
        self.until(lambda: self.browser.current_url != document, "the next view")
        self.done()

    def test_03_another_value_of_the_colleague_asks_the_first_again(self):
        self.scan(*sorted(SAMPLES.glob("2-typed-page-*.jpg")))
        self.press("#check")
        self.find(".needs")
        self.settle_all()
        self.until(lambda: FIELD in self.browser.execute_script("return [...document.querySelectorAll('.shared .field')].map((one) => one.dataset.name)"), "it waits")
        self.press("#sign-out")
        self.sign_in("Bo Ek")
        self.to_document()
        self.enter(f"#entry-{FIELD}", "4321")
        self.until(lambda: "Väntar på en kollega" in self.text_of(".shared"), "the new value waits for the first")
        self.assertFalse(self.is_offered("#send"))
        self.press("#sign-out")
        self.sign_in("Eva Ek")
        self.to_document()
        self.until(lambda: self.focused() == FIELD, "the first is asked about the new value")
        self.assertEqual(self.browser.find_element(By.ID, f"entry-{FIELD}").get_attribute("value"), "4321")
        self.keys(Keys.ENTER)
        self.until(lambda: self.is_offered("#send"), "two agree")
        self.press("#send")
        self.until(lambda: "#/document/" not in self.browser.current_url, "the next view")
        self.done()

    def test_04_a_paper_of_an_unknown_version_is_read_as_a_known_one(self):
        papers = []
        for number in (1, 2):
            page = Image.open(teach_test.OWN / f"page-{number}.png").convert("L")
            scale = page.width / 210
            drawing = ImageDraw.Draw(page)
            # Another number where the form's own stands.
            font = ImageFont.truetype("/usr/share/fonts/truetype/liberation2/LiberationSans-Bold.ttf", int(3.4 * scale))
            drawing.rectangle([150 * scale, 11 * scale, 174.5 * scale, 15.6 * scale], fill=255)
            drawing.text((174 * scale, 14.4 * scale), "EXS 1042-9", fill=20, font=font, anchor="rs")
            drawing.rectangle([155 * scale, 285 * scale, 193 * scale, 290 * scale], fill=255)
            # The code says which edition it is, too.
            drawing.rectangle([175 * scale, 10 * scale, 193 * scale, 28 * scale], fill=255)
            papers.append(self.demo.folder / f"utgava-{number}.png")
            page.save(papers[-1], dpi=(scale * 25.4, scale * 25.4))
        self.scan(*papers)
        self.assertIn("Okänd utgåva", self.text())
        self.browser.get(self.origin + "/#/")
        self.until(lambda: "Okänd utgåva" in self.text_of(".documents"), "it in the list")
        self.press(".documents a")
        self.find("#assign-form")
        self.assertIn("Ansökan om ekonomiskt bistånd, version 1", self.text_of("#assign-form"))
        self.check("assign-sv")
        self.press("button[lang=en]")
        self.until(lambda: "Do you know which form it is?" in self.text_of("#assignment"), "English")
        self.check("assign-en")
        self.press("button[lang=sv]")
        self.until(lambda: "Vet du" in self.text_of("#assignment"), "Swedish")
        # With the keyboard.
        self.find("#assign-form")
        self.browser.execute_script("document.getElementById('assign-form').focus()")
        self.keys(Keys.TAB, Keys.ENTER)
        self.until(lambda: self.browser.find_elements(By.CSS_SELECTOR, ".needs"), "what was read, to be looked at", 180)
        self.assertIn("Ansökan om ekonomiskt bistånd", self.text_of("h1"))
        self.assertIn("Någon har sagt", self.text_of("#doubts"))
        self.check("assigned-sv")
        self.done()

    def test_05_a_paper_that_does_not_fit_is_said_so(self):
        self.press("#assignment summary")
        self.find("#assign-form")
        self.check("assign-other-sv")
        self.browser.get(self.origin + "/#/")
        with tempfile.NamedTemporaryFile(suffix=".png") as file:
            page = Image.new("L", (1654, 2339), 255)
            drawing = ImageDraw.Draw(page)
            for line in range(40):
                drawing.text((200, 200 + 45 * line), "Det här är ett brev och ingen blankett alls " * 2, fill=0)
            page.save(file.name, dpi=(200, 200))
            self.scan(file.name)
        self.browser.get(self.origin + "/#/")
        self.until(lambda: "Okänd blankett" in self.text_of(".documents"), "it in the list")
        self.browser.execute_script(
            "[...document.querySelectorAll('.documents a')].find((one) => one.textContent.includes('Okänd blankett')).click()")
        self.find("#assign-form")
        self.press("#assign")
        self.until(lambda: "går inte att lägga på den blankett" in self.text(), "why not", 180)
        self.check("assign-not-fitting-sv")
        self.done()

    def test_20_every_view_was_in_order(self):
        self.every_view_was_in_order()

    def test_21_no_script_was_refused_and_none_failed(self):
        self.no_script_failed()


if __name__ == "__main__":
    kiosk_test.run(sys.modules[__name__])
