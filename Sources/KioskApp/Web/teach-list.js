// All forms: those in force, those in the making, and how a new one begins.
import { get, post } from "./api.js";
import { fail } from "./app.js";
import { announce, chip, element, show } from "./dom.js";
import { code, counted, localized, t } from "./strings.js";
import { chosenPages, contents, fileChoice, pageChoice } from "./teach-files.js";

export const looks = { passed: "read", "below-target": "uncertain", "not-certified": "empty" };

let said;
/** What was just taken into force, to be said once on the list. */
export const sayLive = (form) => { said = form; };

export function listView() {
  let data;
  let from;
  const problem = element("p", { class: "problem-text", id: "teach-problem", role: "alert" });

  async function load() {
    const [forms, drafts, pages] = await Promise.all([get("/api/forms"), get("/api/teach/drafts"), get("/api/teach/pages")]);
    data = { forms, drafts, pages };
  }

  async function begin(event) {
    event.preventDefault();
    const form = event.currentTarget;
    const button = form.querySelector("button[type=submit]");
    problem.textContent = "";
    button.disabled = true;
    try {
      const pages = chosenPages(form.querySelector("#teach-pages-at-hand"));
      const files = form.querySelector("#teach-file").files;
      const wish = { name: form.querySelector("#teach-name")?.value.trim() ?? "" };
      if (files.length > 0) wish.files = await contents(files);
      else wish.pages = pages;
      if (from) wish.from = { id: from.id, version: from.version };
      const { id } = await post("/api/teach/drafts", wish);
      location.hash = `#/teach/${id}`;
    } catch (error) {
      button.disabled = false;
      if (!error.code || error.status === 401) return fail(error);
      problem.textContent = code("error", error.code);
    }
  }

  function newForm() {
    return element(
      "form",
      { class: "card stack", id: "teach-new", onsubmit: begin },
      element("h2", {}, from ? t("teach.newVersionOf", localized(from.name)) : t("teach.new")),
      element(
        "div",
        { class: "choices" },
        fileChoice("teach-file", t("teach.blankFile"), t("teach.blankHint")),
        !from && element("label", { for: "teach-name", class: "teach-label" }, t("teach.nameOfForm"), element("span", { class: "hint" }, t("teach.nameHint")),
          element("input", { type: "text", id: "teach-name", maxlength: "200", autocomplete: "off" })),
      ),
      element(
        "div",
        { class: "stack tight" },
        element("h3", {}, t("teach.orScanned")),
        data.pages.length > 0 ? element("p", { class: "hint" }, t("teach.scannedHint")) : element("p", { class: "hint" }, t("teach.noScanned")),
        data.pages.length > 0 && pageChoice(data.pages, "teach-pages-at-hand"),
      ),
      problem,
      element("div", { class: "actions" },
        element("button", { type: "submit", class: "primary", id: "teach-begin" }, t("teach.begin")),
        from && element("button", { type: "button", onclick: () => { from = undefined; render(); } }, t("teach.cancelVersion"))),
    );
  }

  const draftState = (draft) =>
    draft.stage === "proposing" ? chip("confirmed", t("teach.proposing"))
      : draft.stage === "failed" ? chip("unreadable", t("teach.failedTitle"))
        : chip(looks[draft.standing], t(`teach.standing.${draft.standing}`));

  function render() {
    const { forms, drafts } = data;
    const newest = new Map(forms.map((form) => [form.id, Math.max(form.version, ...forms.filter(({ id }) => id === form.id).map(({ version }) => version))]));
    show(
      element(
        "div",
        { class: "stack teach" },
        element("div", { class: "stack tight" }, element("h1", {}, t("teach")), element("p", { class: "quiet" }, t("teach.lead"))),
        said && element("div", { class: "card notice", id: "teach-is-live" }, element("p", {}, t("teach.isLive", localized(said.name), said.version))),
        drafts.length > 0 && element(
          "section",
          { class: "card stack tight" },
          element("h2", {}, t("teach.drafts")),
          element("ul", { class: "documents", id: "teach-drafts" }, drafts.map((draft) =>
            element("li", {}, element("a", { href: `#/teach/${draft.id}`, id: `draft-${draft.id}` },
              element("span", { class: "title" }, localized(draft.name) || draft.formID || t("teach.unnamed")),
              draftState(draft),
              element("span", { class: "when" }, draft.fields > 0 ? t("teach.counts", draft.fields, counted("pages", draft.pages)) : ""))))),
        ),
        element(
          "section",
          { class: "card stack tight" },
          element("h2", {}, t("teach.inForce")),
          forms.length === 0 ? element("p", { class: "quiet" }, t("teach.noForms"))
            : element("ul", { class: "teach-forms", id: "teach-forms" }, forms.map((form) =>
              element("li", {},
                element("div", {},
                  element("span", { class: "title" }, localized(form.name)),
                  element("span", { class: "hint" }, `${form.id} · ${t("teach.versionN", form.version)} · ${t("teach.counts", form.fields, counted("pages", form.pages))} · ${t(`teach.origin.${form.origin}`)}`)),
                chip(looks[form.standing], t(`teach.standing.${form.standing}`)),
                newest.get(form.id) === form.version && element("button", {
                  type: "button", "aria-label": `${t("teach.newVersion")}: ${localized(form.name)}`,
                  onclick: () => { from = form; render(); document.getElementById("teach-file").focus(); },
                }, t("teach.newVersion"))))),
        ),
        newForm(),
      ),
    );
  }

  return {
    async update(state, isCurrent, isNew) {
      const before = JSON.stringify(data);
      await load();
      if (!isCurrent()) return;
      document.title = `${t("teach")} – Blankett`;
      if (!isNew && before === JSON.stringify(data)) return;
      // Who is choosing a file keeps it: only the lists are drawn anew then.
      const file = document.getElementById("teach-file");
      const kept = file?.files.length > 0 || document.getElementById("teach-name")?.value || chosenPages(document.getElementById("teach-new")).length > 0;
      if (!isNew && kept) return;
      render();
      if (said) announce(t("teach.isLive", localized(said.name), said.version));
    },
    leave() { said = undefined; },
  };
}
