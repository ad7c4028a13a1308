// A stack on its way: page by page.
import { get, picture, post } from "./api.js";
import { announce, chip, element, show, viewHead } from "./dom.js";
import { fail } from "./app.js";
import { summaryLink } from "./start.js";
import { code, counted, hasCode, t } from "./strings.js";

const tones = { identified: "read", blank: "empty" };

export function batchView(id) {
  let shownAs;
  // Pictures are fetched once a page has been read, and kept while the view is shown.
  const pictures = new Map();

  function thumbnail(page) {
    const key = `${page.id} ${page.state}`;
    if (!pictures.has(key)) {
      pictures.set(key, element("img", { class: "sheet", src: picture(page.id, page.state), alt: t("pictureOf", page.number), loading: "lazy" }));
    }
    return pictures.get(key);
  }

  const act = (path, then) => async () => {
    try {
      await post(`/api/batches/${id}/${path}`);
      then?.();
    } catch (error) {
      fail(error);
    }
  };

  function heading({ batch, pages }, documents) {
    const read = pages.filter((page) => page.state !== "journalled").length;
    if (batch.state === "scanning") return t("progressScanning", counted("pages", pages.length));
    if (batch.state === "reading") return t("progressReading", read, pages.length);
    if (batch.state === "incomplete") return t("incompleteTitle");
    if (batch.state === "failed") return t("failedTitle");
    return t("progressDone", counted("pages", pages.length), counted("documents", documents.length));
  }

  function notice({ batch }) {
    if (batch.state !== "incomplete" && batch.state !== "failed") return undefined;
    return element(
      "section",
      { class: "card notice warning" },
      element(
        "div",
        {},
        element("p", { class: "reason" }, code("error", batch.reason)),
        hasCode("advice", batch.reason) && element("p", {}, code("advice", batch.reason)),
        batch.state === "incomplete" && element("p", {}, t("incompleteAdvice", batch.fromSheet)),
        batch.state === "incomplete" &&
          element(
            "div",
            { class: "actions" },
            element("button", { type: "button", class: "primary", id: "continue", onclick: act("continue") }, t("continue", batch.fromSheet)),
            element("button", { type: "button", id: "finish", onclick: act("finish") }, t("finish")),
          ),
      ),
    );
  }

  function render(view) {
    const { batch, pages } = view;
    const separators = new Set(pages.filter((page) => page.isSeparator).map((page) => page.document));
    const documents = view.documents.filter((one) => !separators.has(one.id));
    const read = pages.filter((page) => page.state !== "journalled").length;
    const meter = element("span");
    meter.style.width = pages.length ? `${Math.round((100 * read) / pages.length)}%` : "0";
    const title = heading(view, documents);
    const waiting = documents.filter((one) => one.state === "waiting");
    const next = batch.state === "assembled" && (waiting.find((one) => one.missing) ?? waiting[0]);
    announce(title, batch.state === "incomplete");
    show(
      element(
        "div",
        { class: "stack" },
        viewHead(
          title,
          batch.state === "scanning" && element("button", { type: "button", id: "stop", class: "danger", onclick: act("stop") }, t("stop")),
          next && element("a", { class: "button primary", id: "check", href: `#/document/${next.id}` }, t("checkNow")),
          element("a", { class: `button ${batch.state === "failed" ? "primary" : ""}`, id: "back", href: "#/" }, t(batch.state === "failed" ? "scanAgain" : "start")),
        ),
        pages.length > 0 && element(
          "div",
          { class: "meter", role: "progressbar", "aria-label": t("batch"), "aria-valuemin": 0, "aria-valuemax": pages.length, "aria-valuenow": read },
          meter,
        ),
        notice(view),
        batch.separators > 0 && element("p", { class: "quiet", id: "separators" }, t("separators", batch.separators)),
        documents.length > 0 &&
          element(
            "section",
            { class: "card stack tight" },
            element("ul", { class: "documents" }, documents.map((one) => element("li", {}, summaryLink(one)))),
          ),
        element(
          "ol",
          { class: "pages" },
          pages.map((page) =>
            element(
              "li",
              {},
              thumbnail(page),
              element("span", {}, t("pageN", page.number)),
              page.isSeparator ? chip("empty", t("separator")) : page.outcome ? chip(tones[page.outcome] ?? "uncertain", code("outcome", page.outcome)) : chip("empty", t("waiting")),
            ),
          ),
        ),
      ),
    );
  }

  return {
    async update(_, isCurrent, isNew) {
      const view = await get(`/api/batches/${id}`);
      delete view.revision;
      const content = JSON.stringify(view);
      if (!isCurrent() || (!isNew && content === shownAs)) return;
      shownAs = content;
      render(view);
      // Who waits for the stack goes on with one press.
      if (["body", "main"].includes(document.activeElement?.id || "body")) document.getElementById("check")?.focus({ preventScroll: true });
    },
  };
}
