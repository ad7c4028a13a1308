// For an administrator: who works at this station, and what each may do.
import { get, post } from "./api.js";
import { fail } from "./app.js";
import { announce, element, pressTwice, show } from "./dom.js";
import { code, t } from "./strings.js";

const roles = ["clerk", "technician", "administrator"];

export function operatorsView() {
  const problem = element("p", { class: "problem-text", id: "operators-problem", role: "alert" });
  let people = [];

  async function change(action, said) {
    problem.textContent = "";
    try {
      await action();
      announce(said);
      people = await get("/api/operators");
      render();
    } catch (error) {
      if (error.status === 401 || !error.status) return fail(error);
      problem.textContent = code("error", error.code ?? "other");
    }
  }

  function roleChoice(id, selected, onchange) {
    return element(
      "select",
      { id, onchange },
      roles.map((role) => element("option", { value: role, selected: role === selected }, t(`role.${role}`))),
    );
  }

  function row(person) {
    const pin = element("input", {
      id: `pin-${person.id}`, type: "password", inputmode: "numeric", autocomplete: "new-password", maxlength: "12", required: true,
    });
    return element(
      "li",
      { class: "card stack tight" },
      element("h2", {}, person.name),
      element("p", { class: "quiet" }, [person.id, person.account && t("accountIs", person.account)].filter(Boolean).join(" · ")),
      element(
        "div",
        { class: "choices" },
        element(
          "label",
          { for: `role-${person.id}` },
          t("role"),
          roleChoice(`role-${person.id}`, person.role, (event) => {
            change(() => post(`/api/operators/${person.id}`, { role: event.target.value }), t("saved"));
          }),
        ),
        element(
          "form",
          {
            class: "inline",
            onsubmit: (event) => {
              event.preventDefault();
              change(() => post(`/api/operators/${person.id}`, { pin: pin.value }), t("saved"));
            },
          },
          element("label", { for: pin.id }, t("newPIN"), pin),
          element("button", { type: "submit" }, t("save")),
        ),
        removal(person),
      ),
    );
  }

  const removal = (person) =>
    pressTwice(t("removePerson"), t("removeReally", person.name), () => {
      change(() => post(`/api/operators/${person.id}/remove`), t("removedPerson", person.name));
    });

  function addForm() {
    const field = (id, label, input, hint) => [element("label", { for: id }, label, hint && element("span", { class: "hint" }, hint), input)];
    const name = element("input", { id: "new-name", type: "text", autocomplete: "off", maxlength: "60", required: true });
    const pin = element("input", { id: "new-pin", type: "password", inputmode: "numeric", autocomplete: "new-password", maxlength: "12" });
    const account = element("input", { id: "new-account", type: "text", autocomplete: "off", maxlength: "32" });
    const role = roleChoice("new-role", people.length === 0 ? "administrator" : "clerk");
    return element(
      "form",
      {
        class: "card stack tight",
        id: "add-operator",
        onsubmit: (event) => {
          event.preventDefault();
          const wish = { name: name.value.trim(), role: role.value };
          if (pin.value) wish.pin = pin.value;
          if (account.value.trim()) wish.account = account.value.trim();
          change(() => post("/api/operators", wish), t("addedPerson", wish.name));
        },
      },
      element("h2", {}, t("addPerson")),
      people.length === 0 && element("p", { class: "quiet" }, t("firstPerson")),
      element(
        "div",
        { class: "choices" },
        field("new-name", t("name"), name),
        field("new-role", t("role"), role),
        field("new-pin", t("pin"), pin, t("pinHint")),
        field("new-account", t("account"), account, t("accountHint")),
      ),
      element("div", { class: "actions" }, element("button", { type: "submit", class: "primary" }, t("addPerson"))),
    );
  }

  function render() {
    show(
      element(
        "div",
        { class: "stack" },
        element("h1", {}, t("people")),
        problem,
        people.length > 0 && element("ul", { class: "stack" }, people.map(row)),
        addForm(),
      ),
    );
  }

  return {
    async update(state, isCurrent, isNew) {
      if (!isNew) return;
      people = await get("/api/operators");
      if (!isCurrent()) return;
      document.title = `${t("people")} – Blankett`;
      render();
    },
  };
}
