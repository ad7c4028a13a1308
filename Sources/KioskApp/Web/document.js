// One document: the paper with its fields drawn over it, and the fields beside it, the doubtful first.
import { get, picture, post, Refusal } from "./api.js";
import { announce, chip, element, show, sign, viewHead } from "./dom.js";
import { fail } from "./app.js";
import { asks, fieldCard } from "./field.js";
import { isTyping, openKeys } from "./keys.js";
import { openZoom } from "./zoom.js";
import { code, localized, t } from "./strings.js";

export function documentView(id) {
  let view;
  let shownAs;
  let images = new Map();
  let isEditing = false;
  let renders = 0;
  // What it may be said to be; asked for once.
  let forms;
  // How long somebody works on it; longer without a sign of life is a break.
  const longestPause = 30_000;
  let worked = 0;
  let lastSign = performance.now();

  function noteWork() {
    const now = performance.now();
    worked += Math.min(now - lastSign, longestPause);
    lastSign = now;
  }

  const act = (path, leaves, wish = {}) => async () => {
    noteWork();
    try {
      await post(`/api/documents/${id}/${path}`, { revision: view.document.revision, ...wish, ...(path === "send" ? { seconds: Math.round(worked / 1000) } : {}) });
      if (leaves) location.hash = await next();
      else await update(true);
    } catch (error) {
      await recover(error);
    }
  };

  /** The next of the same stack that waits for a person, else the first page. */
  async function next() {
    const { documents } = await get("/api/state?documents=500");
    const others = documents.filter((one) => one.batch === view.document.batch && one.state === "waiting" && one.id !== id);
    const first = others.find((one) => one.missing) ?? others.at(-1);
    return first ? `#/document/${first.id}` : "#/";
  }

  /** Somebody else was here too: what they did is shown, and said; what is being typed stays. */
  async function recover(error) {
    fail(error);
    if (!(error instanceof Refusal) || error.code !== "changed-elsewhere") return;
    const typed = document.activeElement;
    const [place, text] = [typed?.id, typed?.value];
    const isTyped = typed && isTyping(typed);
    isEditing = false;
    await update(true);
    // A field that was not in doubt has its entry only once it is asked for.
    const name = place?.replace(/^entry-/, "");
    if (isTyped && name && !document.getElementById(place)) document.querySelector(`button[data-entry="${CSS.escape(name)}"]`)?.click();
    const again = isTyped && name && document.getElementById(place);
    if (again?.tagName === typed.tagName) {
      again.value = text;
      again.dispatchEvent(new Event("input", { bubbles: true }));
      again.focus();
    } else {
      focusFirst();
    }
  }

  /** Takes the last answer back, and goes to the field that is in doubt again. */
  async function undo() {
    try {
      await post(`/api/documents/${id}/undo`, { revision: view.document.revision });
      isEditing = false;
      await update(true);
      focusFirst();
      announce(t("undone"));
    } catch (error) {
      await recover(error);
    }
  }

  function zoom(field) {
    const page = view.pages.find((one) => one.page === field.reading.page);
    const picture = page && images.get(page.id);
    if (picture && page.width) openZoom(picture, page, field);
  }

  function onKey(event) {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || isTyping(event.target)) return;
    if (!view?.canBeTakenBack || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    undo();
  }
  addEventListener("keydown", onKey);
  for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, noteWork, { passive: true });

  /** To the first field in doubt, and there to the marked answer; what is typed replaces the proposal. */
  function focusFirst() {
    const entries = [...(document.querySelector(".needs")?.querySelectorAll("input, textarea, button:not(.snippet)") ?? [])];
    const first = entries.find((one) => one.checked) ?? entries[0] ?? document.getElementById("send");
    first?.focus();
    if (first?.type === "text") first.select();
  }

  /** Sends what a person said of a field, and goes to the next that is in doubt. */
  async function decide(field, decision) {
    const rendersBefore = renders;
    try {
      await post(`/api/documents/${id}/fields/${encodeURIComponent(field.reading.name)}`, { ...decision, revision: view.document.revision });
      isEditing = false;
      // Word of the change may have come before: drawn twice, the view would swallow a press that comes in between.
      await update(renders === rendersBefore);
      focusFirst();
      return undefined;
    } catch (error) {
      if (error instanceof Refusal && error.code === "changed-elsewhere") await recover(error);
      else if (error instanceof Refusal && error.status !== 401) return { text: code("error", error.code), place: error.detail };
      else fail(error);
      return undefined;
    }
  }

  function image(page, number) {
    if (!images.has(page.id)) {
      images.set(page.id, element("img", { src: picture(page.id, "read"), alt: t("pictureOf", page.page ?? number) }));
    }
    return images.get(page.id);
  }

  function paper() {
    return element(
      "div",
      { class: "paper", tabindex: "0", role: "region", "aria-label": t("paper") },
      view.pages.map((page, index) => {
        const marks = page.width
          ? view.fields.filter((field) => field.reading.page === page.page).map((field) => mark(field, page))
          : [];
        return element("figure", {}, image(page, index + 1), marks);
      }),
    );
  }

  function mark(field, page) {
    const { name, box, status } = field.reading;
    const look = field.isDoubtful && (status === "read" || status === "empty") ? "uncertain" : status;
    const made = element(
      "button",
      {
        type: "button", class: `mark is-${look}`, "data-field": name, tabindex: "-1",
        "aria-label": `${localized(field.label)}: ${t(`field.${status}`)}`,
        onclick: () => document.querySelector(`[data-entry="${CSS.escape(name)}"]`)?.focus(),
      },
      element("span", { "data-sign": sign(look), "aria-hidden": "true" }),
    );
    const [x, y, width, height] = box;
    made.style.left = `${(100 * x) / page.width}%`;
    made.style.top = `${(100 * y) / page.height}%`;
    made.style.width = `${(100 * width) / page.width}%`;
    made.style.height = `${(100 * height) / page.height}%`;
    return made;
  }

  /** Moves the paper and nothing else: a page that moved under the pointer would swallow the press. */
  function bringIntoSight(one) {
    const frame = document.querySelector(".paper");
    const [seen, wanted] = [frame.getBoundingClientRect(), one.getBoundingClientRect()];
    if (wanted.top < seen.top) frame.scrollTop -= seen.top - wanted.top + 24;
    else if (wanted.bottom > seen.bottom) frame.scrollTop += wanted.bottom - seen.bottom + 24;
  }

  /** Shows on the paper which field is being looked at. */
  function point(name) {
    for (const one of document.querySelectorAll(".mark")) {
      const isIt = one.dataset.field === name;
      one.setAttribute("aria-current", String(isIt));
      if (isIt) bringIntoSight(one);
    }
  }

  function notice() {
    const { outcome, state, refusal } = view.document;
    if (view.isErased) return element("section", { class: "card notice" }, element("div", {}, element("p", {}, t("erased"))));
    if (state === "refused") {
      return element("section", { class: "card notice problem" }, element("div", {}, element("p", {}, t("what.refused", refusal))));
    }
    if (outcome === "read" || outcome === "needs-review") return doubts();
    return element(
      "section",
      { class: "card notice warning" },
      element("div", {}, element("h2", {}, code("outcome", outcome)), element("p", {}, t(view.reasons.includes("version-not-fitting") ? "what.version-not-fitting" : `what.${outcome}`))),
    );
  }

  /** Why it waits although all its fields may be certain. */
  function doubts() {
    if (view.doubts.length === 0 || !["waiting", "kept"].includes(view.document.state)) return undefined;
    const label = { sv: t("otherPrint"), en: t("otherPrint") };
    const places = view.pages.flatMap((page) => (page.width ? page.changes.map((box) => ({ label, reading: { page: page.page, box } })) : []));
    return element(
      "section",
      { class: "card notice warning", id: "doubts" },
      element(
        "div",
        { class: "stack tight" },
        element("h2", {}, t("doubtTitle")),
        view.doubts.map((doubt) => element("p", {}, t(`doubt.${doubt}`))),
        places.length > 0 &&
          element("div", { class: "choices" }, places.map((place, index) => element("button", { type: "button", onclick: () => zoom(place) }, t("showPlace", index + 1, place.reading.page)))),
      ),
    );
  }

  /** "It is version N after all": the pages are read again as what a person says that they are. */
  function assignment() {
    const isUnknown = !["read", "needs-review"].includes(view.document.outcome);
    const place = element("div", { class: "stack tight" });
    const fill = async () => {
      if (place.hasChildNodes()) return;
      forms ??= await get(`/api/documents/${id}/forms`).catch(fail);
      if (!forms || place.hasChildNodes()) return;
      const select = element("select", { id: "assign-form" },
        forms.map((form, index) => element("option", { value: String(index) }, t("formVersion", localized(form.name), form.version))));
      const button = element("button", { type: "button", id: "assign", onclick: () => {
        const { id: form, version } = forms[Number(select.value)];
        act("read-again", false, { form, version })();
      } }, t("assign"));
      place.append(
        element("p", { class: "hint" }, t("assignHint")),
        element("div", { class: "choices assign" }, element("label", { for: "assign-form" }, t("assignForm"), select), button));
    };
    if (!isUnknown) {
      return element("details", { id: "assignment", ontoggle: fill }, element("summary", {}, t("assignOther")), place);
    }
    fill();
    return element("section", { class: "card stack tight", id: "assignment" }, element("h2", {}, t("assignTitle")), place);
  }

  function buttons() {
    const { state, outcome, isReady } = view.document;
    const isForm = outcome === "read" || outcome === "needs-review";
    const isOpen = state === "waiting" || state === "kept";
    const question = element(
      "div",
      { class: "card notice problem", hidden: true },
      element(
        "div",
        {},
        element("p", {}, t("discardReally")),
        element(
          "div",
          { class: "actions" },
          element("button", { type: "button", class: "danger", id: "discard-yes", onclick: act("discard", true) }, t("discardYes")),
          element("button", { type: "button", id: "discard-no", onclick: () => { question.hidden = true; } }, t("cancel")),
        ),
      ),
    );
    const ask = () => {
      question.hidden = false;
      document.getElementById("discard-no").focus();
    };
    return [
      element(
        "div",
        { class: "actions" },
        isOpen && isForm && element(
          "button",
          { type: "button", id: "send", class: "primary", disabled: !isReady, "aria-describedby": isReady ? null : "send-why", onclick: act("send", true) },
          t("send"),
        ),
        isOpen && view.canBeTakenBack && element("button", { type: "button", id: "undo", "aria-keyshortcuts": "Control+Z", onclick: undo }, t("undo")),
        state === "waiting" && element("button", { type: "button", id: "keep", onclick: act("keep", true) }, t("keep")),
        isOpen && !isForm && element("button", { type: "button", id: "read-again", onclick: act("read-again") }, t("readAgain")),
        state === "refused" && element("button", { type: "button", id: "reopen", onclick: act("reopen") }, t("reopen")),
        (isOpen || state === "refused") && element("button", { type: "button", id: "discard", class: "danger", onclick: ask }, t("discard")),
      ),
      isOpen && isForm && !isReady && element("p", { class: "hint", id: "send-why" }, t("sendWhenChecked", view.document.doubtful)),
      question,
    ];
  }

  function fields() {
    const isOpen = ["waiting", "kept"].includes(view.document.state);
    const card = (field) =>
      fieldCard(field, {
        isOpen, decide, point, zoom, editing: (on) => { isEditing = on; },
        image: () => {
          const page = view.pages.find((one) => one.page === field.reading.page);
          return page && images.get(page.id);
        },
        page: view.pages.find((one) => one.page === field.reading.page),
      });
    const asked = view.fields.filter(asks);
    const missing = asked.filter((field) => field.isMissing);
    const doubtful = asked.filter((field) => !field.isMissing);
    const shared = view.fields.filter((field) => field.isDoubtful && !asks(field));
    const sure = view.fields.filter((field) => !field.isDoubtful);
    return element(
      "div",
      { class: "stack" },
      missing.length > 0 &&
        element(
          "section",
          { class: "stack tight" },
          element("h2", {}, `${t("missingTitle")} (${missing.length})`),
          isOpen && element("p", { class: "hint" }, t("missingHint")),
          missing.map(card),
        ),
      doubtful.length > 0 &&
        element(
          "section",
          { class: "stack tight" },
          element("h2", {}, `${t("checkThese")} (${doubtful.length})`),
          isOpen && element("p", { class: "hint" }, t("keys")),
          doubtful.map(card),
        ),
      shared.length > 0 &&
        element(
          "section",
          { class: "stack tight shared" },
          element("h2", {}, `${t("secondTitle")} (${shared.length})`),
          element("p", { class: "hint" }, t("secondHint")),
          shared.map(card),
        ),
      asked.length + shared.length === 0 && isOpen && view.document.isReady && element("p", { class: "chip is-read", "data-sign": "✓" }, t("allChecked")),
      element("section", {}, buttons()),
      isOpen && view.document.outcome !== "blank" && assignment(),
      sure.length > 0 && element("section", { class: "stack tight sure" }, element("h2", {}, t("sureOnes")), sure.map(card)),
    );
  }

  function render() {
    const title = localized(view.document.form) || t("unknownDocument");
    const { state, doubtful } = view.document;
    renders += 1;
    const scrolled = document.querySelector(".paper")?.scrollTop ?? 0;
    const left = paper();
    show(
      viewHead(
        title,
        state === "waiting" && doubtful > 0 ? chip("uncertain", t("doubtful", doubtful)) : chip(state === "sent" ? "read" : "confirmed", t(state === "waiting" && view.document.isReady ? "state.ready" : `state.${state}`)),
        element("button", { type: "button", id: "keys", "aria-keyshortcuts": "?", onclick: openKeys }, t("keysButton")),
        element("a", { class: "button", id: "back", href: "#/" }, t("start")),
      ),
      // The fields come first, in reading and on narrow screens; beside them the paper stands on the left.
      element("div", { class: "document" }, element("div", { class: "stack" }, notice(), fields()), left),
    );
    left.scrollTop = scrolled;
  }

  async function update(isForced) {
    const fresh = await get(`/api/documents/${id}`);
    delete fresh.revision;
    const content = JSON.stringify(fresh);
    // What a person is typing is not swept away.
    if (!isForced && (content === shownAs || isEditing)) return;
    shownAs = content;
    view = fresh;
    render();
    const left = view.fields.filter((field) => field.isDoubtful).length;
    announce(left ? t("doubtful", left) : view.document.isReady ? t("allChecked") : "");
  }

  return {
    async update(_, isCurrent, isNew) {
      if (!isCurrent()) return;
      await update(isNew);
      if (isNew) focusFirst();
    },
    leave() {
      removeEventListener("keydown", onKey);
      for (const kind of ["keydown", "pointerdown"]) removeEventListener(kind, noteWork);
      for (const dialog of document.querySelectorAll("dialog")) dialog.close();
      images = new Map();
    },
  };
}
