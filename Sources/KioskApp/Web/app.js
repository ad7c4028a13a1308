// Which view is shown, and when it is looked at again.
import { get, signIn, Refusal } from "./api.js";
import { announce, chip, element, show } from "./dom.js";
import { code, language, languages, setLanguage, t } from "./strings.js";
import { startView } from "./start.js";
import { batchView } from "./batch.js";
import { documentView } from "./document.js";

/** After so long without a touch nothing of a form stays on the screen. */
const idleMilliseconds = 180_000;

let view;
let state;
let isFirstState = true;
let idleTimer;

function route() {
  const [, kind, id] = location.hash.split("/");
  view?.leave?.();
  if (kind === "batch" && id) view = batchView(id);
  else if (kind === "document" && id) view = documentView(id);
  else view = startView();
  refresh(true);
  document.getElementById("main").focus({ preventScroll: true });
  scrollTo(0, 0);
}

async function refresh(isNew = false) {
  const shown = view;
  try {
    state = await get("/api/state");
    if (isFirstState) {
      isFirstState = false;
      if (state.station.language !== language()) useLanguage(state.station.language);
    }
    showBar();
    await shown.update(state, () => shown === view, isNew);
  } catch (error) {
    fail(error);
  }
}

export function fail(error) {
  if (error?.name === "AbortError") return;
  if (error instanceof Refusal && error.status === 401) return showSignIn();
  if (error instanceof Refusal) return announce(code("error", error.code), true);
  document.getElementById("health").replaceChildren(chip("unreadable", t("lost")));
  announce(t("lost"), true);
}

/** Waits for changes for as long as the page is open. */
async function follow() {
  for (;;) {
    try {
      const seen = state?.revision ?? -1;
      const { revision } = await get(`/api/changes?since=${seen}`);
      if (revision !== seen) await refresh();
      // Many small changes are shown together.
      await new Promise((done) => setTimeout(done, 250));
    } catch (error) {
      fail(error);
      if (error instanceof Refusal && error.status === 401) return;
      await new Promise((done) => setTimeout(done, 2000));
      await refresh();
    }
  }
}

function showSignIn() {
  show(
    element("section", { class: "card stack" }, element("h1", {}, t("signInTitle")), element("p", { class: "quiet" }, t("signInLead"))),
  );
}

function showBar() {
  document.getElementById("station").textContent = state.station.station;
  const { documents, bridge, disk, readingProblem, devices } = state.station;
  const queued = documents.queued ?? 0;
  let sign = chip("read", t("allWell"));
  if (disk.problem || disk.free < disk.reserve) sign = chip("unreadable", t("storageTrouble"));
  else if (readingProblem) sign = chip("unreadable", t("readingStopped"));
  else if (bridge.state === "unreachable") sign = chip("uncertain", t("queueOffline", queued));
  else if (devices.some((device) => device.state === "unreachable")) sign = chip("uncertain", t("scannerAway"));
  else if (bridge.state === "not-configured") sign = chip("empty", t("noBridge"));
  else if (queued > 0) sign = chip("confirmed", t("queueSending", queued));
  document.getElementById("health").replaceChildren(sign);
}

function useLanguage(chosen) {
  setLanguage(chosen);
  document.getElementById("skip").textContent = t("skip");
  document.getElementById("brand").setAttribute("aria-label", `Blankett – ${t("start")}`);
  const group = document.getElementById("languages");
  group.setAttribute("aria-label", t("languages"));
  group.replaceChildren(
    ...languages.map(([key, name]) =>
      element(
        "button",
        { type: "button", class: "plain", lang: key, "aria-pressed": String(key === language()), onclick: () => { useLanguage(key); route(); } },
        name,
      ),
    ),
  );
}

function stayAwake() {
  clearTimeout(idleTimer);
  idleTimer = setTimeout(() => { if (location.hash.startsWith("#/document/")) location.hash = "#/"; }, idleMilliseconds);
}

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main").focus();
});
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, stayAwake, { passive: true });
addEventListener("hashchange", () => { if (location.hash.startsWith("#/") || !location.hash) route(); });
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && location.hash !== "#/") location.hash = "#/";
});

useLanguage("sv");
stayAwake();
try {
  await signIn();
} catch (error) {
  fail(error);
}
route();
follow();
