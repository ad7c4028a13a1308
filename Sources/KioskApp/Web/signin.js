// Who is there: a name is chosen, a PIN typed. Nothing of it is kept in the browser.
import { get, post } from "./api.js";
import { announce, element, show } from "./dom.js";
import { code, t } from "./strings.js";

/** The people of this station, then the PIN of the one that was chosen; `done` is called when somebody is in. */
export async function showSignIn(done) {
  const people = await get("/api/people");
  choosePerson(people, done);
}

function choosePerson(people, done) {
  document.title = `${t("whoAreYou")} – Blankett`;
  show(
    element(
      "section",
      { class: "card stack sign-in" },
      element("h1", {}, t("whoAreYou")),
      element(
        "ul",
        { class: "people" },
        people.map((person) =>
          element(
            "li",
            {},
            element(
              "button",
              { type: "button", class: "wide", disabled: !person.hasPIN, onclick: () => askPIN(person, people, done) },
              person.name,
              !person.hasPIN && element("span", { class: "quiet" }, t("byAccount")),
            ),
          ),
        ),
      ),
    ),
  );
  document.querySelector(".people button:not(:disabled)")?.focus();
}

function askPIN(person, people, done) {
  const problem = element("p", { class: "problem-text", id: "pin-problem", role: "alert" });
  const pin = element("input", {
    id: "pin", type: "password", inputmode: "numeric", autocomplete: "off", maxlength: "12", required: true,
    "aria-describedby": "pin-problem",
  });
  const enter = element("button", { type: "submit", class: "primary" }, t("signIn"));
  async function submit(event) {
    event.preventDefault();
    enter.disabled = true;
    try {
      await post("/api/sign-in", { id: person.id, pin: pin.value });
      announce(t("signedIn", person.name));
      done();
    } catch (error) {
      problem.textContent = code("error", error.code ?? "other");
      pin.value = "";
      pin.focus();
    } finally {
      enter.disabled = false;
    }
  }
  show(
    element(
      "section",
      { class: "card stack sign-in" },
      element("h1", {}, person.name),
      element(
        "form",
        { class: "stack", onsubmit: submit },
        element("label", { for: "pin" }, t("pin")),
        pin,
        problem,
        element("div", { class: "actions" }, enter, element("button", { type: "button", onclick: () => choosePerson(people, done) }, t("somebodyElse"))),
      ),
    ),
  );
  pin.focus();
}
