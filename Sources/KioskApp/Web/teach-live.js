// The last step: the form is proved with filled copies, and goes into force.
import { post } from "./api.js";
import { fail } from "./app.js";
import { announce, chip, element } from "./dom.js";
import { code, t } from "./strings.js";
import { nameOf, number } from "./teach-canvas.js";
import { faultsOf } from "./teach-fields.js";
import { looks, sayLive } from "./teach-list.js";

export function liveStep(draft) {
  const { model } = draft;
  const root = element("div", { class: "stack" });
  const problem = element("p", { class: "problem-text", id: "live-problem", role: "alert" });
  let copies = "20";
  let reason = "";
  let before;

  async function act(action) {
    problem.textContent = "";
    try {
      await draft.save();
      await action();
    } catch (error) {
      if (!error.code || error.status === 401) return fail(error);
      problem.textContent = code("error", error.code);
    }
  }

  const prove = (event) => {
    event.preventDefault();
    act(async () => {
      await post(`${draft.address}/certify`, { copies: Number(copies) });
      await draft.look();
    });
  };

  const goLive = (event) => {
    event.preventDefault();
    act(async () => {
      const form = await post(`${draft.address}/live`, { revision: draft.revision, ...(reason.trim() ? { reason: reason.trim() } : {}) });
      draft.isGone = true;
      sayLive(form);
      announce(t("teach.isLive", nameOf({ label: model.form.name }), form.version));
      location.hash = "#/teach";
    });
  };

  function render() {
    const { view } = draft;
    const now = JSON.stringify([view.standing, view.certificate, view.progress, view.certifyFailure, view.problems, view.inForce, draft.isDirty, document.documentElement.lang]);
    if (now === before) return;
    before = now;
    const focused = document.activeElement?.id;
    const faults = [...faultsOf(draft).values()].flat();
    root.replaceChildren(proving(view, faults), ...[view.certificate && result(view)].filter(Boolean), going(view, faults));
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  function proving(view, faults) {
    const { progress } = view;
    const meter = progress && element("div", { class: "meter", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": String(progress.of), "aria-valuenow": String(progress.done), "aria-label": t("teach.proving", progress.done, progress.of) }, element("span", {}));
    if (meter) meter.firstChild.style.width = `${(100 * progress.done) / progress.of}%`;
    return element("form", { class: "card stack tight", onsubmit: prove },
      element("h2", {}, t("teach.proveTitle")),
      element("p", { class: "quiet" }, t("teach.proveLead")),
      faults.length > 0 && element("p", { class: "chip is-uncertain", "data-sign": "?" }, t("teach.notMade")),
      view.certifyFailure && element("p", { class: "problem-text" }, code("error", view.certifyFailure)),
      progress
        ? [element("p", { id: "prove-progress" }, t("teach.proving", progress.done, progress.of)), meter,
          element("div", { class: "actions" }, element("button", { type: "button", id: "prove-stop", onclick: () => act(() => post(`${draft.address}/certify-stop`)) }, t("teach.stopProving")))]
        : element("div", { class: "choices" },
          element("label", { for: "prove-copies" }, t("teach.copies"), element("select", { id: "prove-copies", onchange: (event) => { copies = event.target.value; } },
            ["2", "5", "10", "20", "50", "100"].map((value) => element("option", { value, selected: value === copies }, value)))),
          element("button", { type: "submit", class: view.standing === "passed" ? "" : "primary", id: "prove", disabled: faults.length > 0 }, view.certificate ? t("teach.proveAgain") : t("teach.prove"))));
  }

  function result({ certificate, standing }) {
    const sum = (key) => certificate.fields.reduce((total, field) => total + field[key], 0);
    const [tried, right, asked, wrong] = ["tried", "right", "asked", "wrong"].map(sum);
    const passed = Math.max(1, right + wrong);
    const isStale = standing === "not-certified";
    const keeps = certificate.copies > 0 && certificate.notIdentified.length === 0 && wrong / passed <= certificate.errorTarget;
    const percent = (share) => (share * 100).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 });
    return element("section", { class: "card stack tight", id: "certificate" },
      element("div", { class: "field-head" }, element("h2", { class: "name" }, t(keeps ? "teach.provePassed" : "teach.proveFailed")), chip(looks[standing], t(`teach.standing.${standing}`))),
      isStale && element("p", { class: "chip is-uncertain", "data-sign": "?" }, t("teach.proveStale")),
      element("p", {}, t("teach.proveCounts", certificate.copies, tried, right, asked, wrong)),
      element("p", { class: "hint" }, t("teach.proveShare", percent(wrong / passed), percent(certificate.errorTarget), percent(3 / passed))),
      certificate.notIdentified.length > 0 && element("p", { class: "problem-text" }, t("teach.notIdentified", certificate.notIdentified.length)),
      element("ul", { class: "teach-results", "aria-label": t("teach.certificateTable") }, certificate.fields.toSorted((one, other) => other.wrong - one.wrong || other.asked - one.asked).map(line)),
      element("p", { class: "hint" }, t("teach.proveHands")),
      certificate.notTried.length > 0 && element("p", { class: "hint" }, t("teach.notTried", certificate.notTried.map(named).join(", "))));
  }

  const named = (name) => {
    const field = model.fields.find((one) => one.name === name);
    return field ? nameOf(field) : name;
  };

  const said = (value) => (value === undefined || value === null ? t("teach.nothing") : typeof value === "boolean" ? t(value ? "yes" : "no") : [value].flat().map(String).join(", "));

  function line(field) {
    const look = field.wrong > 0 ? "unreadable" : field.asked > 0 ? "uncertain" : "read";
    const advice = field.advice.map(adviceWords);
    return element("li", {},
      element("span", { class: "title" }, named(field.name)),
      element("span", { class: "teach-counts" },
        element("span", {}, `${t("teach.col.right")} ${field.right}`), element("span", {}, `${t("teach.col.asked")} ${field.asked}`), chip(look, `${t("teach.col.wrong")} ${field.wrong}`)),
      field.worst && element("span", { class: "hint" }, `${t("teach.col.worst")}: ${t("teach.worst", said(field.worst.written), said(field.worst.read))}${field.worst.reason ? ` (${code("why", field.worst.reason)})` : ""}`),
      advice.map((words) => element("span", { class: "teach-advice" }, `${t("teach.advice")}: ${words}`)));
  }

  /** The certificate's English sentences in the language of the page. */
  function adviceWords(sentence) {
    const close = /down by ([\d.]+) mm/.exec(sentence);
    if (close) return t("teach.advice.close", number(Number(close[1])));
    if (sentence.startsWith("Wrong values passed")) return t("teach.advice.wrong");
    if (sentence.startsWith("Asked about in more than half")) return t("teach.advice.asked");
    return sentence;
  }

  function going(view, faults) {
    const needsReason = view.standing !== "passed";
    return element("form", { class: "card stack tight", onsubmit: goLive },
      element("h2", {}, t("teach.liveTitle")),
      element("p", { class: "quiet" }, t("teach.liveLead")),
      faults.length > 0 && element("ul", { class: "stack tight" }, faults.slice(0, 5).map((words) => element("li", { class: "problem-text" }, words))),
      needsReason && element("label", { for: "live-reason", class: "teach-label" }, t("teach.reason"), element("span", { class: "hint" }, t("teach.reasonHint")),
        element("textarea", { id: "live-reason", rows: "2", maxlength: "500", oninput: (event) => { reason = event.target.value; } }, reason)),
      problem,
      element("div", { class: "actions" }, element("button", { type: "submit", class: needsReason ? "" : "primary", id: "go-live", disabled: faults.length > 0 || Boolean(view.progress) }, t("teach.live", model.form.version))));
  }

  render();
  return { root, update: render, close() {} };
}
