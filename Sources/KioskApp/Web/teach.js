// Teaching forms: the list of all, or one draft in its steps.
import { post } from "./api.js";
import { fail } from "./app.js";
import { announce, element, pressTwice, show } from "./dom.js";
import { code, counted, t } from "./strings.js";
import { nameOf } from "./teach-canvas.js";
import { connectStep } from "./teach-connect.js";
import { draftOf } from "./teach-draft.js";
import { faultsOf, fieldsStep } from "./teach-fields.js";
import { listView } from "./teach-list.js";
import { liveStep } from "./teach-live.js";
import { tryStep } from "./teach-try.js";

const steps = { fields: fieldsStep, connect: connectStep, try: tryStep, live: liveStep };

export const teachView = (id, step) => (id ? draftView(id, step in steps ? step : "fields") : listView());

function draftView(id, step) {
  const draft = draftOf(id);
  let shown;
  let isOpen = true;
  let isFirst = true;

  const status = element("span", { class: "hint", id: "teach-saved", role: "status" });
  const conflict = element("div", { class: "teach-conflict" });
  const heading = element("h1", {});
  const nav = element("nav", { class: "teach-steps", "aria-label": t("teach.steps") });

  function stepLink(name) {
    const count = name === "fields" ? [...faultsOf(draft).values()].flat().length : 0;
    return element("a", { class: "button", href: `#/teach/${id}/${name}`, id: `step-${name}`, "aria-current": name === step ? "step" : undefined },
      t(`teach.step.${name}`), count > 0 && element("span", { class: "teach-count", "aria-label": counted("teach.problems", count) }, String(count)));
  }

  function head() {
    if (!draft.model) return;
    const name = nameOf({ label: draft.model.form.name, name: draft.model.form.id });
    if (heading.textContent !== name) heading.textContent = name;
    status.textContent = t(`teach.${{ saved: "saved", saving: "saving", unsaved: "unsaved", conflict: "unsaved" }[draft.state]}`);
    const focused = document.activeElement?.id;
    nav.replaceChildren(...Object.keys(steps).map(stepLink));
    if (focused?.startsWith("step-")) document.getElementById(focused)?.focus();
    conflict.replaceChildren(...[draft.hasConflict && element("div", { class: "card notice warning", role: "alert", id: "teach-conflict" }, element("div", {},
      element("h2", {}, t("teach.conflictTitle")), element("p", {}, t("teach.conflictLead")),
      element("div", { class: "actions" },
        element("button", { type: "button", id: "take-theirs", onclick: () => draft.takeTheirs() }, t("teach.takeTheirs")),
        element("button", { type: "button", id: "keep-mine", onclick: () => draft.keepMine() }, t("teach.keepMine")))))].filter(Boolean));
  }

  const removal = () =>
    pressTwice(t("teach.remove"), t("teach.removeReally"), async () => {
      try {
        await post(`${draft.address}/remove`);
        draft.isGone = true;
        announce(t("teach.removed"));
        location.hash = "#/teach";
      } catch (error) {
        fail(error);
      }
    }, { id: "teach-remove" });

  const back = () => element("a", { class: "button plain", href: "#/teach", id: "to-forms" }, `← ${t("teach.all")}`);

  function render() {
    shown?.close();
    shown = undefined;
    const { view } = draft;
    document.title = `${t("teach")} – Blankett`;
    if (draft.isGone) {
      show(element("section", { class: "card stack" }, element("h1", {}, t("teach.goneTitle")), element("p", {}, t("teach.goneLead")), element("div", {}, back())));
      return;
    }
    if (view.draft.stage !== "ready") {
      const hasFailed = view.draft.stage === "failed";
      show(element("section", { class: "card stack" },
        element("h1", {}, t(hasFailed ? "teach.failedTitle" : "teach.proposing")),
        element("p", {}, hasFailed ? code("error", view.draft.failure ?? "other") : t("teach.proposingLead")),
        element("div", { class: "actions" }, back(), removal())));
      return;
    }
    shown = steps[step](draft);
    head();
    show(element("div", { class: "stack teach" },
      element("div", { class: "document-head" }, back(), heading, status), conflict, nav, shown.root, element("div", { class: "actions" }, removal())));
  }

  let stage;
  const loaded = () => isOpen && !isFirst && render();
  const state = () => {
    if (!isOpen || isFirst) return;
    const now = draft.isGone ? "gone" : draft.view?.draft.stage;
    if (now !== stage) {
      stage = now;
      render();
    }
    head();
    shown?.update();
  };
  draft.addEventListener("loaded", loaded);
  draft.addEventListener("state", state);

  /** Esc lets go of what is chosen before it leaves, and never leaves from a text. */
  function escape(event) {
    const isOnPage = event.target.closest?.("#teach-page");
    if (isOnPage && draft.model?.selection.length > 0) return;
    event.preventDefault();
    if (isOnPage || !event.target.matches?.("input, textarea, select")) location.hash = "#/teach";
  }

  function undoKeys(event) {
    if (event.key === "Escape") return escape(event);
    if (!(event.ctrlKey || event.metaKey) || event.target.matches?.("input, textarea")) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) draft.model?.undo();
    else if (key === "y" || (key === "z" && event.shiftKey)) draft.model?.redo();
    else return;
    event.preventDefault();
  }
  addEventListener("keydown", undoKeys, true);

  return {
    async update(_, isCurrent) {
      await draft.look();
      if (!isCurrent() || !isFirst) return;
      isFirst = false;
      stage = draft.isGone ? "gone" : draft.view.draft.stage;
      render();
    },
    leave() {
      isOpen = false;
      draft.save();
      shown?.close();
      removeEventListener("keydown", undoKeys, true);
      draft.removeEventListener("loaded", loaded);
      draft.removeEventListener("state", state);
    },
  };
}
