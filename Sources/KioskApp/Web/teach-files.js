// Files and scanned pages that a technician chooses.
import { element } from "./dom.js";
import { picture } from "./api.js";
import { code, t, time } from "./strings.js";

export const accepted = ".pdf,.png,.jpg,.jpeg,.tif,.tiff,application/pdf,image/png,image/jpeg,image/tiff";
export const largest = 24 * 1024 * 1024;

/** A place for files in the words of this page: the browser's own speaks the browser's language. */
export function fileChoice(id, label, hint, { accept = accepted, multiple = true, onchange } = {}) {
  const names = element("span", { class: "hint", id: `${id}-names` }, t("teach.noFile"));
  const input = element("input", { type: "file", id, accept, multiple, class: "teach-file", "aria-describedby": `${id}-names`, onchange: (event) => {
    names.textContent = [...event.target.files].map((file) => file.name).join(", ") || t("teach.noFile");
    onchange?.(event);
  } });
  return element("div", { class: "teach-label" }, element("label", { for: id }, label), hint && element("span", { class: "hint" }, hint),
    element("div", { class: "teach-drop" }, input, element("label", { for: id, class: "button", "aria-hidden": "true" }, t("teach.chooseFile")), names));
}

/** The content of files as they are sent. */
export async function contents(files) {
  const all = [...files];
  if (all.reduce((sum, file) => sum + file.size, 0) > largest) throw Object.assign(new Error(), { code: "upload-too-large" });
  return Promise.all(all.map(async (file) => ({ name: file.name.slice(0, 200), content: await base64(file) })));
}

function base64(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(String(reader.result).split(",", 2)[1] ?? ""));
    reader.addEventListener("error", () => failed(reader.error));
    reader.readAsDataURL(file);
  });
}

/** Scanned pages with a box each, as thumbnails. */
export function pageChoice(pages, id) {
  return element(
    "ul",
    { class: "pages teach-choice", id },
    pages.map((page) =>
      element(
        "li",
        {},
        element(
          "label",
          {},
          element("img", { class: "sheet", src: picture(page.id, page.state), alt: "", loading: "lazy" }),
          element(
            "span",
            { class: "teach-tick" },
            element("input", { type: "checkbox", value: page.id }),
            element("span", {}, t("teach.pageOf", page.number, time(page.scannedAt))),
          ),
          page.outcome && element("span", { class: "hint" }, code("outcome", page.outcome)),
        ),
      ),
    ),
  );
}

export const chosenPages = (list) => [...(list?.querySelectorAll("input:checked") ?? [])].map((input) => input.value);
