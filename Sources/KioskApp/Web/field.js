// One field beside the paper: what stands there, why it is asked about, and where to type.
import { chip, element } from "./dom.js";
import { doubtfulPlaces, walk } from "./places.js";
import { code, localized, t } from "./strings.js";

const rowInWords = (field, row) =>
  field.columns.map(({ name }) => row[name]).filter((cell) => cell !== undefined && cell !== false).map((cell) => (cell === true ? t("yes") : cell)).join(" · ");

/** A value in words. */
export function words(field, value) {
  if (value === undefined || value === null || value === "") return "";
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  const label = (one) => localized(field.options.find((option) => option.value === one)?.label) || String(one);
  if (Array.isArray(value)) {
    return value.map((one) => (typeof one === "object" && one !== null ? rowInWords(field, one) : label(one))).join(", ");
  }
  return field.options.length ? label(value) : String(value);
}

/** Draws the part of the page where the field is, with some paper around it. */
function snippet(field, context) {
  const image = context.image();
  if (!image || !context.page?.width) return undefined;
  const canvas = element("canvas", { role: "img", "aria-label": t("snippetOf", localized(field.label)) });
  // By keyboard F2 does the same from where one types; so Tab goes from field to field.
  const button = element(
    "button",
    { type: "button", class: "snippet", tabindex: "-1", "aria-label": t("showOnPage", localized(field.label)), onclick: () => context.zoom(field) },
    canvas,
  );
  const draw = () => {
    const scale = image.naturalWidth / context.page.width;
    // Above and below less than beside: printed labels stand close, and half a label helps nobody.
    const [beside, above] = [2.5, 1];
    const [x, y, width, height] = field.reading.box;
    const left = Math.max(0, (x - beside) * scale);
    const top = Math.max(0, (y - above) * scale);
    const wide = Math.min(image.naturalWidth - left, (width + 2 * beside) * scale);
    const high = Math.min(image.naturalHeight - top, (height + 2 * above) * scale);
    if (!(wide > 0 && high > 0)) return;
    canvas.width = Math.round(wide);
    canvas.height = Math.round(high);
    canvas.getContext("2d").drawImage(image, left, top, wide, high, 0, 0, canvas.width, canvas.height);
  };
  if (image.complete && image.naturalWidth) draw();
  else image.addEventListener("load", draw, { once: true });
  return button;
}

/** What tells the field's entry from others on the screen: its name, unless several documents are shown. */
const keyOf = (field, context) => context.key ?? field.reading.name;

/** Whether this person is to look at the field: doubtful, and not one that a colleague must agree with. */
export const asks = (field) => field.isDoubtful && !(field.waitsForSecond && field.isAgreed);

/** What the list of values that were sent from here says of the proposal. */
function known({ reading }) {
  const checks = reading.checks ?? [];
  const text = checks.includes("known:repaired") ? t("knownInstead", reading.raw) : checks.includes("known:ok") ? t("knownHere") : undefined;
  return text && element("p", { class: "hint" }, text);
}

export function fieldCard(field, context) {
  const { name, status, reason, value } = field.reading;
  const label = localized(field.label);
  const look = field.isDoubtful && (status === "read" || status === "empty") ? "uncertain" : status;
  const card = element("div", {
    class: `field ${asks(field) ? "needs" : ""} ${look === "unreadable" ? "is-bad" : ""}`,
    "data-name": name, "data-key": keyOf(field, context),
    onfocusin: () => context.point(name),
    onpointerenter: () => context.point(name),
    onkeydown: (event) => {
      if (event.key !== "F2") return;
      event.preventDefault();
      context.zoom(field);
    },
  });
  const told = reason === "control-sample" ? "uncertain" : status;
  const head = element("div", { class: "field-head" }, element("span", { class: "name" }, context.title ?? label), chip(look, t(`field.${told}`)));

  if (asks(field)) {
    card.append(
      head,
      ...[
        element("p", { class: "why" }, code("why", field.waitsForSecond ? "second-person" : reason ?? (status === "unreadable" ? "illegible" : "other"))),
        known(field),
        snippet(field, context),
        context.isOpen ? entry(field, context) : element("p", { class: "value" }, words(field, value) || t("noValue")),
      ].filter(Boolean),
    );
    return card;
  }

  const text = words(field, value);
  card.append(
    element(
      "div",
      {},
      element("div", { class: "name" }, label),
      field.kind === "table" && text
        ? element("ol", { class: "rows" }, value.map((row) => element("li", { class: "value" }, rowInWords(field, row))))
        : element("div", { class: `value ${text ? "" : "quiet"}` }, text || t("noValue")),
      status === "corrected" && field.before !== undefined && element("div", { class: "hint" }, t("machineRead", words(field, field.before) || t("noValue"))),
    ),
    element(
      "div",
      { class: "actions" },
      chip(look, t(`field.${status}`)),
      context.isOpen && field.kind !== "image" &&
        element(
          "button",
          {
            type: "button", class: "plain", "aria-label": `${t("change")}: ${label}`, "data-entry": keyOf(field, context),
            onclick: (event) => {
              event.currentTarget.hidden = true;
              context.editing(true);
              const made = entry(field, context);
              card.append(made);
              made.querySelector("input, textarea")?.focus();
            },
          },
          t("change"),
        ),
    ),
  );
  return card;
}

function entry(field, context) {
  if (field.kind === "checkbox" || field.kind === "signature") return boxes(field, context, [["true", t("yes")], ["false", t("no")]], false);
  if (field.kind === "choice") {
    return boxes(field, context, field.options.map((option) => [option.value, localized(option.label)]), field.allowsSeveral);
  }
  if (field.kind === "table") return cells(field, context);
  if (field.kind === "image") return agreeing(field, context);
  return typing(field, context);
}

/** What cannot be typed is agreed with, or said to be of no use. */
function agreeing(field, context) {
  const wrong = element("p", { class: "wrong", role: "alert", hidden: true });
  const say = (action) => async () => complain(wrong, await context.decide(field, { action }));
  return element(
    "div",
    { class: "stack tight" },
    element(
      "div",
      { class: "actions" },
      field.canBeConfirmed && element("button", { type: "button", class: "primary", "data-entry": keyOf(field, context), onclick: say("confirm") }, t("confirm")),
      element("button", { type: "button", onclick: say("clear") }, t("clear")),
    ),
    wrong,
  );
}

function complain(place, refusal) {
  place.textContent = refusal?.text ?? "";
  place.hidden = !refusal;
}

const numeric = ["digits", "integer", "personnummer", "postnummer"];

/** A table: an input for each cell of the rows that were read, and one row more where the paper has it. */
function cells(field, context) {
  const { value } = field.reading;
  const name = keyOf(field, context);
  const read = Array.isArray(value) ? value : [];
  const count = Math.min(field.rows, read.length + 1);
  const wrong = element("p", { class: "wrong", id: `entry-${name}-wrong`, role: "alert", hidden: true });
  const inputs = [];
  const rows = Array.from({ length: count }, (_, row) =>
    element(
      "fieldset",
      { class: "row" },
      element("legend", {}, t(row < read.length ? "rowN" : "rowNew", row + 1)),
      field.columns.map((column) => {
        const cell = read[row]?.[column.name];
        const isBox = column.kind === "checkbox";
        const input = element("input", {
          id: `entry-${name}-${row}-${column.name}`, type: isBox ? "checkbox" : "text", checked: isBox && cell === true,
          "data-entry": row === 0 && column === field.columns[0] ? name : undefined, "aria-describedby": `entry-${name}-wrong`,
          autocomplete: "off", spellcheck: "false", inputmode: numeric.includes(column.type) ? "numeric" : undefined,
        });
        if (!isBox) input.value = cell === undefined || cell === null ? "" : String(cell);
        inputs.push({ row, column: column.name, input, isBox, before: isBox ? input.checked : input.value });
        return element("label", { class: isBox ? "box" : "" }, element("span", {}, localized(column.label)), input);
      }),
    ),
  );
  const isUnchanged = () => inputs.every(({ input, isBox, before }) => (isBox ? input.checked : input.value) === before);
  const button = element("button", { type: "button", class: "primary", onclick: () => submit() }, t("confirm"));
  const retitle = () => {
    button.textContent = t(isUnchanged() && field.canBeConfirmed ? "confirm" : "save");
    context.editing(!isUnchanged());
  };

  async function submit() {
    const filled = Array.from({ length: count }, () => ({}));
    for (const { row, column, input, isBox } of inputs) filled[row][column] = isBox ? String(input.checked) : input.value;
    const decision = isUnchanged() && field.canBeConfirmed ? { action: "confirm" } : { action: "fill", rows: filled };
    const refusal = await context.decide(field, decision);
    complain(wrong, refusal);
    for (const { row, column, input } of inputs) {
      const isWrong = refusal?.place === `/${row}/${column}`;
      input.setAttribute("aria-invalid", String(isWrong));
      if (isWrong) input.focus();
    }
  }

  const made = element(
    "div",
    { class: "table stack tight" },
    rows,
    element("div", { class: "actions" }, button, element("button", { type: "button", onclick: () => context.decide(field, { action: "clear" }) }, t("clear"))),
    wrong,
  );
  made.addEventListener("input", retitle);
  made.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.tagName === "INPUT") {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape" && !isUnchanged()) {
      event.preventDefault();
      for (const { input, isBox, before } of inputs) input[isBox ? "checked" : "value"] = before;
      retitle();
    }
  });
  return made;
}

function typing(field, context) {
  const id = `entry-${keyOf(field, context)}`;
  const proposal = words(field, field.reading.value) || field.reading.raw || "";
  const wrong = element("p", { class: "wrong", id: `${id}-wrong`, role: "alert", hidden: true });
  const attributes = {
    id, "data-entry": keyOf(field, context), "aria-label": t("valueOf", localized(field.label)), "aria-describedby": `${id}-wrong`,
    autocomplete: "off", spellcheck: "false", inputmode: numeric.includes(field.type) ? "numeric" : undefined,
  };
  const isLong = field.lines > 1;
  const input = isLong ? element("textarea", { ...attributes, rows: Math.min(6, field.lines) }) : element("input", { ...attributes, type: "text" });
  input.value = proposal;
  input.dataset.proposal = proposal;
  const isUnchanged = () => input.value === proposal && field.canBeConfirmed && field.reading.value !== undefined;
  const button = element("button", { type: "button", class: "primary", onclick: () => submit() }, t("confirm"));
  const retitle = () => { button.textContent = t(isUnchanged() ? "confirm" : "save"); };

  // What else the readers made of it: taken with the arrow keys, or pressed.
  const bare = (text) => text.replace(/[^\p{L}\p{N}@.]/gu, "");
  const read = [...new Set((field.reading.candidates ?? []).map(({ text }) => text.trim()))].filter((text) => text && text !== proposal);
  const others = [proposal, ...read.filter((text) => bare(text) !== bare(proposal))].filter(Boolean).slice(0, 3);
  const places = doubtfulPlaces(proposal, read, field.reading.reason);
  const nextPlace = walk(input, places);
  const take = (text) => {
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  };

  async function submit() {
    const decision = isUnchanged() ? { action: "confirm" } : input.value.trim() === "" ? { action: "clear" } : { action: "correct", text: input.value };
    const refusal = await context.decide(field, decision);
    complain(wrong, refusal);
    input.setAttribute("aria-invalid", String(Boolean(refusal)));
    if (refusal) input.focus();
  }

  input.addEventListener("input", () => { context.editing(input.value !== proposal); retitle(); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !(isLong && event.shiftKey)) {
      event.preventDefault();
      submit();
    } else if (["ArrowDown", "ArrowUp"].includes(event.key) && !isLong && others.length > 1 && others.includes(input.value)) {
      event.preventDefault();
      take(others[(others.indexOf(input.value) + (event.key === "ArrowDown" ? 1 : others.length - 1)) % others.length]);
      input.select();
    } else if (event.key === "F3" && places.length) {
      event.preventDefault();
      nextPlace();
    } else if (event.key === "Escape" && input.value !== proposal) {
      // The first Esc takes back what was typed, the next leaves.
      event.preventDefault();
      input.value = proposal;
      context.editing(false);
      retitle();
    }
  });
  retitle();
  return element(
    "div",
    { class: "stack tight" },
    element(
      "div",
      { class: "entry" },
      input,
      button,
      element("button", { type: "button", onclick: () => context.decide(field, { action: "clear" }) }, t("clear")),
    ),
    (others.length > 1 || places.length > 0) && element("div", { class: "others" },
      places.length > 0 && element("button", { type: "button", class: "plain next-place", tabindex: "-1", onclick: nextPlace }, t("nextPlace")),
      others.length > 1 && element("span", { class: "hint" }, t("others")),
      others.filter((text) => text !== proposal).map((text) => element("button", { type: "button", class: "plain", "aria-label": t("takeOther", text), onclick: () => take(text) }, text))),
    wrong,
  );
}

function boxes(field, context, options, allowsSeveral) {
  const group = `entry-${keyOf(field, context)}`;
  const { value } = field.reading;
  const isMarked = (one) => (Array.isArray(value) ? value.includes(one) : value !== undefined && value !== null && String(value) === one);
  const inputs = options.map(([one, text], index) => {
    const input = element("input", {
      id: `${group}-${index}`, type: allowsSeveral ? "checkbox" : "radio", name: group, value: one, checked: isMarked(one),
      "data-entry": index === 0 ? keyOf(field, context) : undefined,
    });
    return element("label", {}, input, text);
  });
  const fieldset = element("fieldset", { class: "stack tight" }, element("legend", { class: "visually-hidden" }, t("valueOf", localized(field.label))), element("div", { class: "options" }, inputs));
  const wrong = element("p", { class: "wrong", role: "alert", hidden: true });

  async function submit() {
    const chosen = [...fieldset.querySelectorAll("input:checked")].map((input) => input.value);
    const isUnchanged = options.every(([one]) => chosen.includes(one) === isMarked(one));
    let decision = { action: "choose", values: chosen };
    if (isUnchanged && field.canBeConfirmed) decision = { action: "confirm" };
    else if (field.kind !== "choice") decision = chosen.length ? { action: "tick", ticked: chosen[0] === "true" } : { action: "clear" };
    complain(wrong, await context.decide(field, decision));
  }

  fieldset.addEventListener("change", () => context.editing(true));
  fieldset.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName === "BUTTON") return;
    event.preventDefault();
    submit();
  });
  fieldset.append(
    element("div", { class: "actions" }, element("button", { type: "button", class: "primary", onclick: submit }, t("confirm"))),
    wrong,
  );
  return fieldset;
}
