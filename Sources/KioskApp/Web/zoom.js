// A place of the page, large, with the field marked: by keyboard, mouse and touch.
import { element } from "./dom.js";
import { localized, t } from "./strings.js";

const steps = [1, 1.5, 2, 3, 4, 6];

/**
 * Opens the page at a field; Esc or the button closes it, and the focus goes back to where it was.
 *
 * @param image the page's picture, as it is shown already
 * @param page its size in millimetres
 * @param field what is looked at
 */
export function openZoom(image, page, field) {
  const [x, y, width, height] = field.reading.box;
  const came = document.activeElement;
  const mark = element("span", { class: "zoom-mark" });
  mark.style.left = `${(100 * x) / page.width}%`;
  mark.style.top = `${(100 * y) / page.height}%`;
  mark.style.width = `${(100 * width) / page.width}%`;
  mark.style.height = `${(100 * height) / page.height}%`;
  const sheet = element("div", { class: "zoom-sheet" }, element("img", { src: image.src, alt: image.alt }), mark);
  const frame = element("div", { class: "zoom-frame", tabindex: "0", role: "region", "aria-label": t("zoomOf", localized(field.label)) }, sheet);
  // As much of the field as there is room for, and a little paper around it.
  let step = steps.findLastIndex((one) => (width / page.width) * one < 0.7);
  if (step < 0) step = 0;

  function draw() {
    sheet.style.width = `${100 * steps[step]}%`;
    const box = mark.getBoundingClientRect();
    const seen = frame.getBoundingClientRect();
    frame.scrollLeft += box.left + box.width / 2 - (seen.left + seen.width / 2);
    frame.scrollTop += box.top + box.height / 2 - (seen.top + seen.height / 2);
    nearer.disabled = step === steps.length - 1;
    farther.disabled = step === 0;
  }
  const go = (by) => () => {
    step = Math.max(0, Math.min(steps.length - 1, step + by));
    draw();
  };
  const nearer = element("button", { type: "button", id: "zoom-in", "aria-label": t("zoomIn"), onclick: go(1) }, "+");
  const farther = element("button", { type: "button", id: "zoom-out", "aria-label": t("zoomOut"), onclick: go(-1) }, "−");
  const dialog = element(
    "dialog",
    { class: "zoom", "aria-label": t("zoomOf", localized(field.label)) },
    element(
      "div",
      { class: "zoom-bar" },
      element("strong", {}, localized(field.label)),
      nearer,
      farther,
      element("button", { type: "button", class: "primary", id: "zoom-close", onclick: () => dialog.close() }, t("close")),
    ),
    frame,
  );
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "+" || event.key === "=") go(1)();
    else if (event.key === "-") go(-1)();
    else if (event.key === "F2") dialog.close();
    // Esc closes the dialog and nothing behind it.
    else if (event.key !== "Escape") return;
    event.stopPropagation();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (came?.isConnected) came.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  frame.focus();
  // Also when a screen is turned: the field stays in sight.
  sheet.firstChild.decode().then(() => new ResizeObserver(draw).observe(frame), draw);
}
