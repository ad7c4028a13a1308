// Which view is shown, and when it is looked at again.
import { get, post, signIn, Refusal } from "./api.js";
import { deviceSign, isInTheWay } from "./device.js";
import { announce, chip, element, show, warn } from "./dom.js";
import { code, counted, language, languages, setLanguage, t } from "./strings.js";
import { startView } from "./start.js";
import { batchView } from "./batch.js";
import { documentView } from "./document.js";
import { devicesView } from "./devices.js";
import { groupsView, groupView } from "./group.js";
import { operatorsView } from "./operators.js";
import { teachView } from "./teach.js";
import { listenForKeys } from "./keys.js";
import { qualityView } from "./quality.js";
import { showSignIn } from "./signin.js";

/** After so long without a touch nothing of a form stays on the screen. */
const idleMilliseconds = 180_000;

let view;
let state;
let isFirstState = true;
let idleTimer;
let healthText;
let lastSignal;
let isSigningIn = false;
let shownPerson;

function route() {
  const [, kind, id, step] = location.hash.split("/");
  view?.leave?.();
  if (kind === "batch" && id) view = batchView(id);
  else if (kind === "document" && id) view = documentView(id);
  else if (kind === "teach") view = teachView(id, step);
  else if (kind === "groups") view = groupsView();
  else if (kind === "group" && id) view = groupView(decodeURIComponent(id));
  else if (kind === "devices") view = devicesView();
  else if (kind === "quality") view = qualityView();
  else if (kind === "people") view = operatorsView();
  else view = startView();
  refresh(true);
  document.getElementById("main").focus({ preventScroll: true });
  scrollTo(0, 0);
}

async function refresh(isNew = false) {
  const shown = view;
  if (!shown) return;
  try {
    state = await get(`/api/state?documents=${shown.documents?.() ?? 0}`);
    if (isFirstState) {
      isFirstState = false;
      if (state.station.language !== language()) useLanguage(state.station.language);
    }
    if (shown !== view) return;
    showBar();
    wake();
    await shown.update(state, () => shown === view, isNew);
  } catch (error) {
    fail(error);
  }
}

export function fail(error) {
  if (error?.name === "AbortError") return;
  if (error instanceof Refusal && error.code === "sign-in-needed") return askWho();
  if (error instanceof Refusal && error.status === 401) return showStartLink();
  if (error instanceof Refusal) return warn(code("error", error.code));
  healthText = t("lost");
  document.getElementById("health").replaceChildren(chip("unreadable", healthText));
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
      // Who signs in follows again.
      if (error instanceof Refusal && error.status === 401) return;
      await new Promise((done) => setTimeout(done, 2000));
      await refresh();
    }
  }
}

/** Nobody is signed in: nothing of a form stays on the screen, and somebody is asked for. */
async function askWho() {
  if (isSigningIn) return;
  isSigningIn = true;
  view?.leave?.();
  view = undefined;
  showPerson(undefined);
  if (location.hash !== "#/") history.replaceState(null, "", "#/");
  try {
    await showSignIn(() => {
      isSigningIn = false;
      stayAwake();
      route();
      follow();
    });
  } catch (error) {
    isSigningIn = false;
    fail(error);
  }
}

async function signOut() {
  await post("/api/sign-out").catch(fail);
  await refresh(true);
}

/** Who is signed in, and the way out; an administrator also gets to the list of people. */
function showPerson(person) {
  const mayManage = !person || person.role === "administrator";
  const mayTend = !person || person.role !== "clerk";
  document.getElementById("person").replaceChildren(
    ...[
      state && mayTend && !isSigningIn && element("a", { class: "button plain", href: "#/teach", id: "to-teach" }, t("teach")),
      state && mayTend && !isSigningIn && element("a", { class: "button plain", href: "#/devices", id: "to-devices" }, t("devices")),
      state && mayTend && !isSigningIn && element("a", { class: "button plain", href: "#/quality", id: "to-quality" }, t("quality")),
      state && mayManage && !isSigningIn && element("a", { class: "button plain", href: "#/people", id: "to-people" }, t("people")),
      person && element("span", { class: "name" }, person.name),
      person && element("button", { type: "button", class: "plain", id: "sign-out", onclick: signOut }, t("signOut")),
    ].filter(Boolean),
  );
}

function showStartLink() {
  show(
    element("section", { class: "card stack" }, element("h1", {}, t("signInTitle")), element("p", { class: "quiet" }, t("signInLead"))),
  );
}

/** Somebody put paper in or pressed the scanner's button: the page is ready for that person, unless a form is being checked. */
function wake() {
  const signal = state.station.signal;
  const number = signal?.number ?? 0;
  if (number > (lastSignal ?? number) && !location.hash.startsWith("#/document/")) {
    if (location.hash.startsWith("#/")) location.hash = "#/";
    if (signal.problem) announce(code("error", signal.problem), true);
    else announce(signal.cause === "scan-button" ? t("buttonPressed") : t("feederLoaded"));
  }
  lastSignal = number;
}

function showBar() {
  document.getElementById("station").textContent = state.station.station;
  const person = JSON.stringify([state.person, language()]);
  if (person !== shownPerson) showPerson(state.person);
  shownPerson = person;
  const { documents, bridge, disk, readingProblem, devices } = state.station;
  const queued = documents.queued ?? 0;
  const blocked = devices.find(isInTheWay);
  let [tone, text] = ["read", t("allWell")];
  if (disk.problem || disk.free < disk.reserve) [tone, text] = ["unreadable", t("storageTrouble")];
  else if (readingProblem === "no-forms") [tone, text] = ["empty", t("teach.noFormsYet")];
  else if (readingProblem) [tone, text] = ["unreadable", t("readingStopped")];
  else if (bridge.state === "unreachable") [tone, text] = ["uncertain", queued ? t("queueOffline", counted("documents", queued)) : t("bridgeAway")];
  else if (blocked) [tone, text] = ["uncertain", deviceSign(blocked).text];
  else if (bridge.state === "not-configured") [tone, text] = ["empty", t("noBridge")];
  else if (queued > 0) [tone, text] = ["confirmed", t("queueSending", counted("documents", queued))];
  const isWorse = healthText !== undefined && text !== healthText && (tone === "unreadable" || tone === "uncertain");
  if (isWorse) announce(text, true);
  if (text !== healthText) document.getElementById("health").replaceChildren(chip(tone, text));
  healthText = text;
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
  idleTimer = setTimeout(leaveAlone, idleMilliseconds);
}

/** Whoever was here has gone: the form is put away, and the person signed out. */
function leaveAlone() {
  if (location.hash.startsWith("#/document/") || location.hash.startsWith("#/teach/")) location.hash = "#/";
  if (state?.person && !isSigningIn) signOut();
}

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main").focus();
});
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { stayAwake(); warn(""); }, { passive: true });
addEventListener("hashchange", () => { if (location.hash.startsWith("#/") || !location.hash) route(); });
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && location.hash !== "#/") location.hash = "#/";
});

listenForKeys();
useLanguage("sv");
stayAwake();
try {
  await signIn();
} catch (error) {
  fail(error);
}
route();
follow();
