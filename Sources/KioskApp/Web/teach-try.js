// The third step: a filled copy is read with the form as it is, and one sees what and why. Nothing of it is kept.
import { get, post } from "./api.js";
import { fail } from "./app.js";
import { announce, chip, element } from "./dom.js";
import { code, t } from "./strings.js";
import { nameOf, number } from "./teach-canvas.js";
import { labelIn } from "./teach-form.js";
import { chosenPages, contents, fileChoice, pageChoice } from "./teach-files.js";

const dotsPerMillimetre = 150 / 25.4;

export function tryStep(draft) {
  const { model } = draft;
  const root = element("div", { class: "stack" });
  const problem = element("p", { class: "problem-text", id: "try-problem", role: "alert" });
  const results = element("div", { class: "stack", id: "try-results" });
  const pagesPlace = element("div", {});
  const addresses = [];

  async function read(event) {
    event.preventDefault();
    const form = event.currentTarget;
    const button = form.querySelector("button[type=submit]");
    problem.textContent = "";
    button.disabled = true;
    button.textContent = t("teach.trying");
    announce(t("teach.trying"));
    try {
      await draft.save();
      const files = form.querySelector("#try-file").files;
      const pages = chosenPages(form);
      show(await post(`${draft.address}/try`, files.length > 0 ? { files: await contents(files) } : { pages }));
    } catch (error) {
      if (!error.code || error.status === 401) fail(error);
      else problem.textContent = code("error", error.code);
    } finally {
      button.disabled = false;
      button.textContent = t("teach.tryNow");
    }
  }

  function forget() {
    for (const address of addresses.splice(0)) URL.revokeObjectURL(address);
  }

  function image(page) {
    if (!page.picture) return undefined;
    const bytes = Uint8Array.from(atob(page.picture), (letter) => letter.charCodeAt(0));
    const address = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
    addresses.push(address);
    return element("img", { src: address, alt: "" });
  }

  function show({ pages, documents }) {
    forget();
    const images = new Map();
    for (const page of pages) if (page.result.outcome === "identified" && page.result.page) images.set(page.result.page, image(page));
    const fields = documents.flatMap((document) => document.fields);
    const sure = fields.filter(({ status }) => status === "read").length;
    const empty = fields.filter(({ status, reason }) => status === "empty" && !reason).length;
    const summary = t("teach.tried", sure, fields.length - sure - empty, empty);
    announce(summary);
    results.replaceChildren(
      element("section", { class: "card stack tight" },
        element("h2", { id: "try-summary", tabindex: "-1" }, fields.length > 0 ? summary : documents.map(({ outcome }) => code("outcome", outcome)).join(", ")),
        element("ul", { class: "teach-outcomes" }, pages.map((page, index) =>
          element("li", {}, chip(page.result.outcome === "identified" ? "read" : "unreadable", t("teach.triedPage", index + 1, page.result.reason ? code("error", page.result.reason) : code("outcome", page.result.outcome)))))),
      ),
      element("ul", { class: "teach-readings" }, fields.map((reading) => element("li", {}, card(reading, images.get(reading.page))))),
    );
    document.getElementById("try-summary").focus();
  }

  function card(reading, picture) {
    const field = model.fields.find(({ name }) => name === reading.name);
    const isDoubtful = ["uncertain", "unreadable"].includes(reading.status) || Boolean(reading.reason);
    const look = isDoubtful && reading.status !== "unreadable" ? "uncertain" : reading.status;
    return element("article", { class: `field ${isDoubtful ? "needs" : ""} ${look === "unreadable" ? "is-bad" : ""}`, "data-name": reading.name },
      element("div", { class: "field-head" }, element("span", { class: "name" }, field ? nameOf(field) : reading.name), chip(look, t(`field.${reading.status}`))),
      picture && snippet(reading.box, picture, field ? nameOf(field) : reading.name),
      element("p", { class: "value" }, words(field, reading.value) || t("noValue")),
      isDoubtful && element("p", { class: "why" }, code("why", reading.reason ?? (reading.status === "unreadable" ? "illegible" : "other"))),
      element("p", { class: "hint" }, [reading.status === "empty" ? undefined : t("teach.sure", number(reading.confidence * 100)), ...reading.checks].filter(Boolean).join(" · ")));
  }

  function words(field, value) {
    if (value === undefined || value === null) return "";
    if (typeof value === "boolean") return t(value ? "yes" : "no");
    if (Array.isArray(value)) return value.map((one) => (typeof one === "object" && one !== null ? Object.values(one).map((cell) => words(undefined, cell)).join(" · ") : words(field, one))).join(", ");
    const option = field?.options?.find((one) => one.value === value);
    return option ? labelIn(option.label, document.documentElement.lang) || labelIn(option.label, "sv") || option.value : String(value);
  }

  function snippet([x, y, width, height], picture, name) {
    const canvas = element("canvas", { role: "img", "aria-label": t("snippetOf", name) });
    const draw = () => {
      const [left, top] = [Math.max(0, (x - 2.5) * dotsPerMillimetre), Math.max(0, (y - 1) * dotsPerMillimetre)];
      const wide = Math.min(picture.naturalWidth - left, (width + 5) * dotsPerMillimetre);
      const high = Math.min(picture.naturalHeight - top, (height + 2) * dotsPerMillimetre);
      if (!(wide > 0 && high > 0)) return;
      canvas.width = Math.round(wide);
      canvas.height = Math.round(high);
      canvas.getContext("2d").drawImage(picture, left, top, wide, high, 0, 0, canvas.width, canvas.height);
    };
    if (picture.complete && picture.naturalWidth) draw();
    else picture.addEventListener("load", draw, { once: true });
    return canvas;
  }

  async function showPages() {
    const pages = await get("/api/teach/pages").catch((error) => { fail(error); return []; });
    if (pages.length > 0) pagesPlace.replaceChildren(element("h3", {}, t("teach.tryScanned")), pageChoice(pages, "try-pages"));
  }

  root.append(
    element("form", { class: "card stack tight", id: "teach-try", onsubmit: read },
      element("h2", {}, t("teach.step.try")),
      element("p", { class: "quiet" }, t("teach.tryLead")),
      element("div", { class: "choices" }, fileChoice("try-file", t("teach.tryFile"))),
      pagesPlace,
      problem,
      element("div", { class: "actions" }, element("button", { type: "submit", class: "primary", id: "try-now" }, t("teach.tryNow")))),
    results,
  );
  showPages();
  return { root, update() {}, close: forget };
}
