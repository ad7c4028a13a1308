// Doubtful fields of many documents that are alike, on one screen: confirmed one by one or together.
import { get, picture, post, Refusal } from "./api.js";
import { announce, element, show, viewHead } from "./dom.js";
import { fail } from "./app.js";
import { fieldCard } from "./field.js";
import { isTyping, openKeys } from "./keys.js";
import { code, localized, t, time } from "./strings.js";
import { openZoom } from "./zoom.js";

/** What the fields of a group have in common, in words. */
export function groupTitle(group) {
  if (group.kind === "field") return `${localized(group.label)} · ${localized(group.form)}`;
  if (group.kind === "character") return t("groupCharacter", group.text);
  return { true: t("groupTicked"), false: t("groupUnticked") }[group.text] ?? t("groupMark", group.text);
}

export function groupsView() {
  let shownAs;
  return {
    async update(_, isCurrent, isNew) {
      const groups = await get("/api/groups");
      const content = JSON.stringify(groups);
      if (!isCurrent() || (!isNew && content === shownAs)) return;
      shownAs = content;
      show(
        element(
          "div",
          { class: "stack" },
          viewHead(t("groups"), element("a", { class: "button", id: "back", href: "#/" }, t("start"))),
          element("p", { class: "quiet" }, t(groups.length ? "groupsLead" : "groupsNone")),
          groups.length > 0 &&
            element(
              "section",
              { class: "card" },
              element(
                "ul",
                { class: "documents" },
                groups.map((group, index) =>
                  element(
                    "li",
                    {},
                    element(
                      "a",
                      { href: `#/group/${encodeURIComponent(group.key)}`, id: `group-${index}` },
                      element("span", { class: "title" }, groupTitle(group)),
                      element("span", { class: "chip is-uncertain", "data-sign": "?" }, t("doubtful", group.count)),
                      element("span", { class: "when" }, t("inDocuments", group.documents)),
                    ),
                  ),
                ),
              ),
            ),
        ),
      );
      if (isNew) document.getElementById("group-0")?.focus();
    },
  };
}

export function groupView(key) {
  let view;
  let images = new Map();
  const editing = new Set();
  let isWorking = false;

  const keyOf = (item) => `${item.document.id}-${item.field.reading.name}`;
  const isLeft = (item) => document.querySelector(`.needs[data-key="${CSS.escape(keyOf(item))}"]`);

  function image(page) {
    if (page && !images.has(page.id)) images.set(page.id, element("img", { src: picture(page.id, "read"), alt: "" }));
    return page && images.get(page.id);
  }

  function zoom(item) {
    const shown = image(item.page);
    if (shown && item.page.width) openZoom(shown, item.page, item.field);
  }

  const say = (item, decision) =>
    post(`/api/documents/${item.document.id}/fields/${encodeURIComponent(item.field.reading.name)}`, { ...decision, revision: item.document.revision });

  /** A word about one field makes its document another: its other fields are told. */
  function settled(item) {
    for (const other of view.items) if (other.document.id === item.document.id) other.document.revision += 1;
    view.items = view.items.filter((one) => one !== item);
    view.group.count -= 1;
  }

  async function decide(item, decision) {
    try {
      await say(item, decision);
    } catch (error) {
      if (error instanceof Refusal && error.code !== "changed-elsewhere" && error.status !== 401) {
        return { text: code("error", error.code), place: error.detail };
      }
      fail(error);
      await load();
      return undefined;
    }
    const card = isLeft(item);
    const next = card?.parentElement.nextElementSibling ?? card?.parentElement.previousElementSibling;
    settled(item);
    editing.delete(keyOf(item));
    card?.parentElement.remove();
    if (!view.items.length) await load();
    else {
      head();
      focus(next);
    }
    return undefined;
  }

  /** Agrees with every field that is shown, has a proposal, and is not being typed in. */
  async function confirmAll() {
    if (isWorking) return;
    isWorking = true;
    const button = document.getElementById("confirm-all");
    if (button) button.disabled = true;
    let count = 0;
    try {
      for (const item of [...view.items]) {
        if (!item.field.canBeConfirmed || editing.has(keyOf(item))) continue;
        await say(item, { action: "confirm" });
        settled(item);
        count += 1;
      }
      announce(t("confirmedMany", count));
    } catch (error) {
      fail(error);
    }
    isWorking = false;
    await load();
  }

  function focus(place) {
    const entries = [...(place ?? document.querySelector(".group")).querySelectorAll("input, textarea, button:not(.snippet)")];
    const first = entries.find((one) => one.checked) ?? entries[0] ?? document.getElementById("back");
    first?.focus();
    if (first?.type === "text") first.select();
  }

  function onKey(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || document.querySelector("dialog[open]") || isTyping(event.target)) return;
    event.preventDefault();
    event.stopPropagation();
    confirmAll();
  }
  addEventListener("keydown", onKey, { capture: true });

  function head() {
    const offered = view.items.filter((item) => item.field.canBeConfirmed).length;
    const place = document.getElementById("group-actions");
    place.replaceChildren(
      ...[
        offered > 1 && element("button", { type: "button", class: "primary", id: "confirm-all", "aria-keyshortcuts": "Control+Enter", onclick: confirmAll }, t("confirmAllN", offered)),
        element("button", { type: "button", id: "keys", "aria-keyshortcuts": "?", onclick: openKeys }, t("keysButton")),
        element("a", { class: "button", id: "back", href: "#/groups" }, t("groups")),
      ].filter(Boolean),
    );
    document.getElementById("group-count").textContent = t("doubtful", view.group.count);
  }

  function render() {
    const ofField = view.group.kind === "field";
    show(
      element(
        "div",
        { class: "stack" },
        viewHead(
          groupTitle(view.group),
          element("span", { class: "chip is-uncertain", "data-sign": "?", id: "group-count" }),
          element("div", { class: "actions", id: "group-actions" }),
        ),
        element("p", { class: "hint" }, t(view.items.length ? "groupKeys" : "groupDone")),
        element(
          "ul",
          { class: "group" },
          view.items.map((item) =>
            element(
              "li",
              {},
              fieldCard(item.field, {
                key: keyOf(item), isOpen: true, image: () => image(item.page), page: item.page, zoom: () => zoom(item), point: () => {},
                title: ofField ? `${t("document")} ${time(item.document.scannedAt)}` : `${localized(item.field.label)} · ${time(item.document.scannedAt)}`,
                editing: (on) => (on ? editing.add(keyOf(item)) : editing.delete(keyOf(item))),
                decide: (_, decision) => decide(item, decision),
              }),
            ),
          ),
        ),
      ),
    );
    head();
  }

  async function load() {
    view = await get(`/api/groups/${encodeURIComponent(key)}`);
    // Nothing that is like these is left: on to the next.
    if (!view.items.length) {
      location.hash = "#/groups";
      return;
    }
    render();
    focus();
  }

  return {
    // What is shown stays as it is while somebody works through it; a word too late is refused and all drawn anew.
    async update(_, isCurrent, isNew) {
      if (isCurrent() && isNew) await load();
    },
    leave() {
      images = new Map();
      removeEventListener("keydown", onKey, { capture: true });
      for (const dialog of document.querySelectorAll("dialog")) dialog.close();
    },
  };
}
