// The blank's page with its fields drawn over it: chosen, moved and sized with mouse, touch and keys.
import { announce, element } from "./dom.js";
import { t } from "./strings.js";
import { boundsOf, cellsOf, labelIn, placesOf } from "./teach-form.js";

const space = "http://www.w3.org/2000/svg";

function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
  made.append(...children.flat().filter(Boolean));
  return made;
}

const handles = [["nw", 0, 0], ["n", 0.5, 0], ["ne", 1, 0], ["e", 1, 0.5], ["se", 1, 1], ["s", 0.5, 1], ["sw", 0, 1], ["w", 0, 0.5]];

/**
 * @param model the form
 * @param address of a page's picture by its number
 * @param marks what to say of a field by its key: `problem`, `moved`, `vanished`, `added`
 */
export function canvas(model, address, marks = () => undefined) {
  const image = element("img", { alt: "", draggable: "false" });
  const overlay = svg("svg", { "aria-hidden": "true", focusable: "false" });
  const sheet = element("div", { class: "teach-sheet" }, image, overlay);
  const frame = element(
    "div",
    { class: "teach-page", id: "teach-page", tabindex: "0", role: "application", "aria-describedby": "teach-keys", onkeydown: keys },
    sheet,
  );
  let zoom = 1;
  let shown;
  let drag;
  let isDrawing = false;

  function render() {
    const size = model.pageSize(model.page);
    if (shown !== model.page) {
      shown = model.page;
      image.src = address(model.page);
      overlay.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
      sheet.style.aspectRatio = `${size.width} / ${size.height}`;
    }
    const chosen = new Set(model.selection);
    frame.setAttribute("aria-label", t("teach.pageLabel", model.page, model.pages.length, model.chosen.map(nameOf).join(", ") || t("teach.nothingChosen")));
    const drawn = model.fields.toSorted((one, other) => chosen.has(one._key) - chosen.has(other._key)).map((field) => draw(field, chosen.has(field._key)));
    const begun = drag?.draft ? [svg("rect", { class: "teach-new", ...rect(drag.draft) })] : [];
    overlay.replaceChildren(...drawn.filter(Boolean), ...begun);
  }

  const rect = ([x, y, width, height]) => ({ x, y, width, height });

  function draw(field, isChosen) {
    const places = placesOf(field).filter(({ page }) => page === model.page);
    if (places.length === 0) return undefined;
    const group = svg("g", { class: ["teach-field", `is-${field.kind}`, isChosen && "is-chosen", marks(field._key)].filter(Boolean).join(" "), "data-key": field._key });
    if (field.kind === "choice" && places.length > 1 && isChosen) {
      const [x, y, width, height] = boundsOf({ ...field, options: places.map(({ box }) => ({ box })) });
      group.append(svg("rect", { class: "teach-around", ...rect([x - 1.2, y - 1.2, width + 2.4, height + 2.4]) }));
    }
    for (const { box, part } of places) {
      group.append(svg("rect", { class: "teach-hit", ...rect(grown(box)), "data-part": part }));
      group.append(svg("rect", { class: isChosen && part !== undefined && part === model.part ? "teach-box is-part" : "teach-box", ...rect(box), "data-part": part }));
    }
    if (field.kind === "comb") for (const [x, y, , height] of cellsOf(field).slice(1)) group.append(svg("line", { class: "teach-cell", x1: x, x2: x, y1: y, y2: y + height }));
    if (field.kind === "table") {
      const [x, y, width, height] = field.box;
      for (const column of field.columns ?? []) if (column.x > 0.1) group.append(svg("line", { class: "teach-cell", x1: x + column.x, x2: x + column.x, y1: y, y2: y + height }));
      for (let row = 1; row < (field.rows ?? 1); row++) group.append(svg("line", { class: "teach-cell", x1: x, x2: x + width, y1: y + (row * height) / field.rows, y2: y + (row * height) / field.rows }));
    }
    if (isChosen && model.selection.length === 1) {
      const place = places.find(({ part }) => part === model.part) ?? (places.length === 1 ? places[0] : undefined);
      if (place) group.append(...grips(place));
    }
    return group;
  }

  /** Small boxes get room around them that can be hit. */
  function grown([x, y, width, height]) {
    const least = 24 / pixels();
    const [dx, dy] = [Math.max(0, (least - width) / 2), Math.max(0, (least - height) / 2)];
    return [x - dx, y - dy, width + 2 * dx, height + 2 * dy];
  }

  /** Pixels of the screen for each millimetre. */
  const pixels = () => Math.max(0.5, sheet.clientWidth / model.pageSize(model.page).width);

  function grips({ box: [x, y, width, height], part }) {
    const size = 9 / pixels();
    const reach = 24 / pixels();
    return handles
      .filter(([side]) => (width * pixels() > 40 || !["n", "s"].includes(side)) && (height * pixels() > 40 || !["e", "w"].includes(side) || width * pixels() > 40))
      .flatMap(([side, fx, fy]) => {
        const [cx, cy] = [x + fx * width + (fx - 0.5) * size, y + fy * height + (fy - 0.5) * size];
        return [
          svg("rect", { class: "teach-grip-hit", "data-side": side, "data-part": part, ...rect([cx - reach / 2, cy - reach / 2, reach, reach]) }),
          svg("rect", { class: `teach-grip is-${side}`, "data-side": side, "data-part": part, ...rect([cx - size / 2, cy - size / 2, size, size]) }),
        ];
      });
  }

  const place = (event) => {
    const { left, top, width } = sheet.getBoundingClientRect();
    const scale = model.pageSize(model.page).width / width;
    return [(event.clientX - left) * scale, (event.clientY - top) * scale];
  };

  overlay.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const at = place(event);
    const group = event.target.closest("[data-key]");
    if (isDrawing) {
      drag = { kind: "new", at, draft: [...at, 0, 0] };
    } else if (group) {
      const key = Number(group.dataset.key);
      const part = event.target.dataset.part === undefined ? undefined : Number(event.target.dataset.part);
      const side = event.target.dataset.side;
      if (event.shiftKey || event.ctrlKey || event.metaKey) {
        model.select(model.selection.includes(key) ? model.selection.filter((one) => one !== key) : [...model.selection, key]);
        return;
      }
      if (!model.selection.includes(key) || (model.selection.length === 1 && part !== model.part && !side)) model.select([key], part);
      const field = model.field(key);
      const from = placesOf(field).find((one) => one.part === part)?.box ?? field.box;
      drag = { kind: side ? "size" : "move", side, key, part, at, last: at, from: [...from], run: {} };
    } else {
      model.select([]);
      frame.focus({ preventScroll: true });
      return;
    }
    event.preventDefault();
    frame.focus({ preventScroll: true });
    overlay.setPointerCapture(event.pointerId);
  });

  overlay.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const [x, y] = place(event);
    if (drag.kind === "new") {
      drag.draft = [Math.min(x, drag.at[0]), Math.min(y, drag.at[1]), Math.abs(x - drag.at[0]), Math.abs(y - drag.at[1])];
      return render();
    }
    // A trembling hand moves nothing.
    if (!drag.hasMoved && Math.hypot(x - drag.at[0], y - drag.at[1]) * pixels() < 4) return;
    drag.hasMoved = true;
    if (drag.kind === "move") {
      model.move(x - drag.last[0], y - drag.last[1], drag.run);
      drag.last = [x, y];
      return;
    }
    let [left, top, width, height] = drag.from;
    const [dx, dy] = [x - drag.at[0], y - drag.at[1]];
    if (drag.side.includes("w")) [left, width] = [left + Math.min(dx, width - 1), width - Math.min(dx, width - 1)];
    if (drag.side.includes("e")) width = Math.max(1, width + dx);
    if (drag.side.includes("n")) [top, height] = [top + Math.min(dy, height - 1), height - Math.min(dy, height - 1)];
    if (drag.side.includes("s")) height = Math.max(1, height + dy);
    model.change(() => model.setBox(model.field(drag.key), [left, top, width, height], drag.part), drag.run);
  });

  function end() {
    const done = drag;
    drag = undefined;
    model.endRun();
    if (done?.kind === "new") {
      frame.dispatchEvent(new CustomEvent("drawn", { detail: done.draft }));
      render();
    }
  }
  overlay.addEventListener("pointerup", end);
  overlay.addEventListener("pointercancel", end);

  /** Arrows move by half a millimetre, with Alt by a tenth; with Shift they change the size. */
  function keys(event) {
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const command = event.ctrlKey || event.metaKey;
    if (direction && model.selection.length > 0 && !command) {
      const step = event.altKey ? 0.1 : 0.5;
      const [dx, dy] = direction.map((one) => one * step);
      if (event.shiftKey) model.resize(dx, dy, "keys-size");
      else model.move(dx, dy, "keys-move");
      const [x, y, width, height] = boundsOf(model.chosen[0]);
      announce(t("teach.isAt", number(x), number(y), number(width), number(height)));
    } else if ((event.key === "n" || event.key === "p") && !command) model.step(event.key === "n" ? 1 : -1);
    else if ((event.key === "Delete" || event.key === "Backspace") && model.selection.length > 0) model.remove();
    else if (event.key === "d" && !command && model.selection.length > 0) model.duplicate();
    else if (event.key === "Enter" && model.selection.length === 1) document.getElementById("field-label-sv")?.focus();
    else if (event.key === "Escape" && (model.selection.length > 0 || isDrawing)) {
      setDrawing(false);
      model.select([]);
    } else return;
    event.preventDefault();
  }

  function setDrawing(wanted) {
    isDrawing = wanted;
    overlay.classList.toggle("is-drawing", wanted);
    frame.dispatchEvent(new CustomEvent("drawing"));
  }

  function setZoom(wanted) {
    zoom = Math.min(4, Math.max(1, wanted));
    sheet.style.width = `${zoom * 100}%`;
    render();
    reveal();
  }

  /** Brings what is chosen into sight. */
  function reveal() {
    const field = model.chosen[0];
    if (!field || !placesOf(field).some(({ page }) => page === model.page)) return;
    const [x, y, width, height] = boundsOf(field).map((one) => one * pixels());
    if (x < frame.scrollLeft || x + width > frame.scrollLeft + frame.clientWidth) frame.scrollLeft = x + width / 2 - frame.clientWidth / 2;
    if (y < frame.scrollTop || y + height > frame.scrollTop + frame.clientHeight) frame.scrollTop = y + height / 2 - frame.clientHeight / 2;
  }

  const changed = () => render();
  const selected = () => {
    render();
    reveal();
  };
  model.addEventListener("change", changed);
  model.addEventListener("selection", selected);
  new ResizeObserver(render).observe(sheet);
  setZoom(1);

  return {
    frame,
    render,
    get zoom() { return zoom; },
    setZoom,
    get isDrawing() { return isDrawing; },
    setDrawing,
    /** The middle of what is seen, in millimetres. */
    get middle() {
      return [(frame.scrollLeft + frame.clientWidth / 2) / pixels(), (frame.scrollTop + Math.min(frame.clientHeight, innerHeight) / 2) / pixels()];
    },
    close() {
      model.removeEventListener("change", changed);
      model.removeEventListener("selection", selected);
    },
  };
}

export const number = (value) => value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
export const nameOf = (field) => labelIn(field.label, document.documentElement.lang) || labelIn(field.label, "sv") || field.name;
