// The first page: scan, and what waits for a person.
import { get, post } from "./api.js";
import { deviceSign } from "./device.js";
import { announce, chip, element, show } from "./dom.js";
import { fail } from "./app.js";
import { code, counted, hasCode, localized, t, time } from "./strings.js";

const tones = {
  waiting: "uncertain", kept: "empty", rereading: "empty", queued: "confirmed", sent: "read", refused: "unreadable",
  discarded: "empty",
};
const outcomeTones = { read: "read", "needs-review": "uncertain", blank: "empty" };

/** How a document looks in a list; its values are not shown. */
export function summaryLink(document) {
  const isOpen = ["waiting", "kept", "refused"].includes(document.state);
  const isForm = ["read", "needs-review"].includes(document.outcome);
  const title = localized(document.form) || (isForm ? t("document") : code("outcome", document.outcome));
  const status = isOpen && !isForm && document.state === "waiting"
    ? chip(outcomeTones[document.outcome] ?? "unreadable", code("outcome", document.outcome))
    : document.state === "waiting" && document.doubtful > 0
      ? chip("uncertain", t("doubtful", document.doubtful))
      : document.state === "waiting" && document.isReady
        ? chip("confirmed", t("state.ready"))
        : chip(tones[document.state] ?? "empty", t(`state.${document.state}`));
  return element(
    "a",
    { href: `#/document/${document.id}`, id: `document-${document.id}` },
    element("span", { class: "title" }, title),
    document.state === "waiting" && document.missing > 0 ? chip("unreadable", t("missing", document.missing)) : status,
    element("span", { class: "when" }, `${time(document.scannedAt)} · ${counted("pages", document.pages)}`),
  );
}

export function startView() {
  let device;
  let profile;
  let shownAs;
  let lastState;
  /** More than fit a screen are drawn when they are asked for: a long queue must not make the page slow. */
  let shownMost = 50;

  function devicePanel(devices) {
    if (devices.length === 0) return element("p", {}, t("noScanner"));
    device = devices.find((one) => one.id === device)?.id ?? devices[0].id;
    const chosen = devices.find((one) => one.id === device);
    if (!chosen.profiles.includes(profile)) profile = chosen.profiles[0];
    const isReady = chosen.state === "ready";
    const { tone, text, advice } = deviceSign(chosen);
    return [
      element(
        "button",
        { type: "button", class: "primary huge", id: "scan", disabled: !isReady, onclick: scan },
        chosen.state === "scanning" ? t("scanning") : t("scan"),
      ),
      element("div", { class: "device-state" }, element("span", { class: "quiet" }, chosen.name), chip(tone, text)),
      advice && element("p", {}, advice),
      element(
        "div",
        { class: "choices" },
        devices.length > 1 && choice("scanner", devices.map((one) => [one.id, one.name]), device, chooseDevice),
        chosen.profiles.length > 1 && choice("profile", chosen.profiles.map((one) => [one, code("profile", one)]), profile, (value) => (profile = value)),
      ),
    ];
  }

  function chooseDevice(id) {
    device = id;
    render(lastState);
  }

  function choice(key, values, selected, choose) {
    const select = element(
      "select",
      { id: `choose-${key}`, onchange: () => choose(select.value) },
      values.map(([value, text]) => element("option", { value, selected: value === selected }, text)),
    );
    return element("label", { for: `choose-${key}` }, t(key), select);
  }

  async function scan() {
    document.getElementById("scan").disabled = true;
    try {
      const batch = await post("/api/scans", { device, ...(profile ? { profile } : {}) });
      announce(t("scanning"));
      location.hash = `#/batch/${batch.id}`;
    } catch (error) {
      document.getElementById("scan").disabled = false;
      problem.hidden = false;
      problem.firstChild.replaceChildren(element("p", {}, code("error", error.code ?? "other")));
      if (hasCode("advice", error.code)) problem.firstChild.append(element("p", {}, code("advice", error.code)));
      if (error.status === 401 || !error.status) fail(error);
    }
  }

  async function sendReady(event) {
    event.currentTarget.disabled = true;
    try {
      const { sent } = await post("/api/documents/send-ready");
      announce(t("sentMany", counted("documents", sent)));
    } catch (error) {
      fail(error);
    }
  }

  async function showMore() {
    shownMost += 100;
    const seen = lastState.documents.length;
    lastState = await get(`/api/state?documents=${shownMost}`).catch(fail) ?? lastState;
    render(lastState);
    document.querySelectorAll(".documents a")[Math.min(seen, lastState.documents.length - 1)]?.focus();
  }

  const problem = element("div", { class: "card notice problem", hidden: true, role: "alert" }, element("div", {}));

  function render(state) {
    lastState = state;
    const open = state.documents.filter((one) => ["waiting", "kept", "refused", "rereading"].includes(one.state));
    const recent = state.documents.filter((one) => ["queued", "sent"].includes(one.state)).slice(0, 10);
    const batches = state.station.batches;
    show(
      element(
        "div",
        { class: "start" },
        element(
          "section",
          { class: "card scan-panel" },
          element("h1", {}, t("scanTitle")),
          element("p", { class: "lead" }, t("scanLead")),
          devicePanel(state.station.devices),
          Object.keys(state.station.notSearched ?? {}).sort().map((place) => element("p", { class: "hint", id: `not-searched-${place}` }, t(`notSearched.${place}`))),
          problem,
        ),
        element(
          "div",
          { class: "stack" },
          batches.map((batch) =>
            element(
              "section",
              { class: `card notice ${batch.state === "incomplete" ? "warning" : ""}` },
              element(
                "div",
                {},
                element("h2", {}, batch.state === "incomplete" ? t("incompleteTitle") : t(batch.state === "scanning" ? "progressScanning" : "readingBatch", counted("pages", batch.pages))),
                element("div", { class: "actions" }, element("a", { class: "button", href: `#/batch/${batch.id}`, id: `batch-${batch.id}` }, t("open"))),
              ),
            ),
          ),
          element(
            "section",
            { class: "card stack tight" },
            element("h2", {}, state.open > 0 ? `${t("toReview")} (${state.open})` : t("toReview")),
            (state.ready > 0 || state.open > 1) &&
              element(
                "div",
                { class: "actions" },
                state.ready > 0 && element("button", { type: "button", id: "send-ready", class: "primary", onclick: sendReady }, t("sendReady", state.ready)),
                state.open > 1 && element("a", { class: "button", href: "#/groups", id: "to-groups" }, t("groups")),
              ),
            open.length
              ? element("ul", { class: "documents" }, open.map((one) => element("li", {}, summaryLink(one))))
              : element("p", { class: "quiet" }, t("nothingToReview")),
            state.open > open.length && element("button", { type: "button", id: "more", onclick: showMore }, t("moreDocuments", state.open - open.length)),
          ),
          recent.length > 0 &&
            element(
              "section",
              { class: "card stack tight" },
              element("h2", {}, t("recent")),
              element("ul", { class: "documents" }, recent.map((one) => element("li", {}, summaryLink(one)))),
            ),
        ),
      ),
    );
  }

  return {
    documents: () => shownMost,
    async update(state, isCurrent, isNew) {
      const content = JSON.stringify([state.documents, state.open, state.ready, state.station.devices, state.station.batches]);
      if (!isCurrent() || (!isNew && content === shownAs)) return;
      shownAs = content;
      document.title = "Blankett";
      render(state);
      // A stack is begun with one press.
      if (isNew && document.activeElement?.id === "main") document.getElementById("scan")?.focus({ preventScroll: true });
    },
  };
}
