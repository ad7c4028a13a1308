// A form that is being taught: what it says, what is chosen in it, and the way back. Knows nothing of the screen.

export const kinds = ["text", "comb", "checkbox", "choice", "signature", "barcode", "image", "table"];
export const types = [
  "text", "person-name", "personnummer", "organisationsnummer", "date", "time", "postnummer", "place", "phone", "email",
  "amount", "integer", "decimal", "digits", "bankgiro", "plusgiro", "ocr-reference", "iban", "code",
];
export const reviews = ["when-uncertain", "always", "two-people", "never"];

const most = 200;
const round = (number) => Math.round(number * 100) / 100;
const rounded = (box) => box.map(round);
const unnumbered = (name) => name.replace(/-\d+$/, "");

/** Words of a label: a plain string is Swedish. */
export const labelIn = (label, language) => (typeof label === "string" ? (language === "sv" ? label : "") : (label?.[language] ?? ""));

export function slug(text) {
  const plain = text.toLowerCase().replace(/[åä]/g, "a").replace(/ö/g, "o").normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^[-0-9]+|-+$/g, "").slice(0, 60);
}

export const union = (boxes) => {
  const left = Math.min(...boxes.map((box) => box[0]));
  const top = Math.min(...boxes.map((box) => box[1]));
  const right = Math.max(...boxes.map((box) => box[0] + box[2]));
  const bottom = Math.max(...boxes.map((box) => box[1] + box[3]));
  return rounded([left, top, right - left, bottom - top]);
};

/** Every place on the paper that belongs to a field: one, or one for each option. */
export function placesOf(field) {
  if (field.kind !== "choice") return field.box ? [{ box: field.box, page: field.page ?? 1, part: undefined }] : [];
  return (field.options ?? []).map((option, part) => ({ box: option.box, page: option.page ?? field.page ?? 1, part })).filter(({ box }) => box);
}

export const boundsOf = (field) => union(placesOf(field).map(({ box }) => box));

/** The cells of a comb: explicit ones, or the box divided. */
export function cellsOf(field) {
  if (field.cellBoxes) return field.cellBoxes;
  const [x, y, width, height] = field.box;
  const pitch = width / Math.max(1, field.cells ?? 1);
  return Array.from({ length: field.cells ?? 0 }, (_, index) => [x + index * pitch, y, pitch, height]);
}

export class FormModel extends EventTarget {
  /** Fields carry a key of their own, `_key`, so that they are known again after any change. */
  constructor(form) {
    super();
    this.nextKey = 1;
    this.past = [];
    this.future = [];
    this.selection = [];
    this.part = undefined;
    this.page = 1;
    this.load(form);
  }

  load(form) {
    this.form = structuredClone(form);
    this.form.fields ??= [];
    for (const field of this.form.fields) field._key = this.nextKey++;
    this.past = [];
    this.future = [];
    this.select([]);
  }

  get fields() { return this.form.fields; }
  get pages() { return this.form.pages; }
  field(key) { return this.fields.find((field) => field._key === key); }
  get chosen() { return this.selection.map((key) => this.field(key)).filter(Boolean); }
  get canUndo() { return this.past.length > 0; }
  get canRedo() { return this.future.length > 0; }

  /** As it is sent: nothing of ours in it. */
  get plain() {
    const form = structuredClone(this.form);
    for (const field of form.fields) delete field._key;
    return form;
  }

  said(what) { this.dispatchEvent(new CustomEvent(what)); }

  select(keys, part) {
    this.selection = keys;
    this.part = part;
    const first = this.chosen[0];
    if (first && keys.length === 1) this.page = first.options?.[part]?.page ?? first.page ?? 1;
    this.said("selection");
  }

  showPage(number) {
    this.page = number;
    this.said("selection");
  }

  /**
   * Changes the form so that it can be undone.
   *
   * @param body does it
   * @param run what follows one another under the same name is undone at once, such as the steps of a drag
   */
  change(body, run) {
    if (!run || run !== this.run) {
      this.past.push(structuredClone({ form: this.form, selection: this.selection }));
      if (this.past.length > most) this.past.shift();
    }
    this.run = run;
    this.future = [];
    body();
    this.said("change");
  }

  endRun() { this.run = undefined; }
  undo() { this.swap(this.past, this.future); }
  redo() { this.swap(this.future, this.past); }

  swap(from, to) {
    if (from.length === 0) return;
    to.push(structuredClone({ form: this.form, selection: this.selection }));
    const { form, selection } = from.pop();
    this.form = form;
    this.run = undefined;
    this.selection = selection.filter((key) => this.field(key));
    this.part = undefined;
    this.said("change");
    this.said("selection");
  }

  pageSize(number) { return this.pages[number - 1] ?? this.pages[0]; }

  inside(box, page) {
    const { width, height } = this.pageSize(page);
    const w = Math.min(Math.max(0.5, box[2]), width);
    const h = Math.min(Math.max(0.5, box[3]), height);
    return rounded([Math.min(Math.max(0, box[0]), width - w), Math.min(Math.max(0, box[1]), height - h), w, h]);
  }

  setBox(field, box, part) {
    if (part !== undefined) {
      const option = field.options[part];
      option.box = this.inside(box, option.page ?? field.page ?? 1);
      return;
    }
    const old = field.box;
    const next = this.inside(box, field.page ?? 1);
    if (field.cellBoxes) {
      const [sx, sy] = [next[2] / old[2], next[3] / old[3]];
      field.cellBoxes = field.cellBoxes.map(([x, y, w, h]) => rounded([next[0] + (x - old[0]) * sx, next[1] + (y - old[1]) * sy, w * sx, h * sy]));
    }
    if (field.columns) for (const column of field.columns) {
      const scale = next[2] / old[2];
      column.x = round(column.x * scale);
      column.width = round(column.width * scale);
    }
    field.box = next;
  }

  /** Moves what is chosen; of a choice only the option that is chosen, if one is. */
  move(dx, dy, run) {
    this.change(() => {
      for (const field of this.chosen) {
        for (const { box, part } of placesOf(field)) {
          if (this.part !== undefined && part !== undefined && part !== this.part) continue;
          this.setBox(field, [box[0] + dx, box[1] + dy, box[2], box[3]], part);
        }
      }
    }, run);
  }

  resize(dw, dh, run) {
    this.change(() => {
      for (const field of this.chosen) {
        for (const { box, part } of placesOf(field)) {
          if (this.part !== undefined && part !== undefined && part !== this.part) continue;
          this.setBox(field, [box[0], box[1], Math.max(1, box[2] + dw), Math.max(1, box[3] + dh)], part);
        }
      }
    }, run);
  }

  freeName(base) {
    const taken = new Set(this.fields.map((field) => field.name));
    let name = base || "falt";
    for (let number = 2; taken.has(name); number++) name = `${base}-${number}`;
    return name;
  }

  add(kind, box, page = this.page) {
    const field = { _key: this.nextKey++, name: this.freeName({ text: "falt", comb: "rutor", checkbox: "ruta", choice: "val", signature: "underskrift", barcode: "streckkod", image: "bild", table: "tabell" }[kind]), page, kind: "text", box: this.inside(box, page) };
    this.change(() => {
      this.fields.push(field);
      this.makeKind(field, kind);
    });
    this.select([field._key]);
    return field;
  }

  /** Gives a field another kind, and what that kind needs. */
  makeKind(field, kind) {
    if (field.kind === kind) return;
    const box = field.kind === "choice" ? boundsOf(field) : field.box;
    for (const key of ["cells", "cellBoxes", "lines", "options", "select", "rows", "columns", "writing", "list", "correction"]) delete field[key];
    field.kind = kind;
    field.box = box;
    if (!["text", "comb"].includes(kind)) delete field.type;
    if (kind === "comb") field.cells = Math.max(2, Math.round(box[2] / 5));
    if (kind === "choice") {
      field.select = "one";
      field.options = [{ value: "val", label: { sv: labelIn(field.label, "sv") || "Val" }, box }];
      delete field.box;
    }
    if (kind === "table") {
      field.rows = Math.max(1, Math.round(box[3] / 8));
      const half = round(box[2] / 2);
      field.columns = [{ name: "kolumn-1", x: 0, width: half }, { name: "kolumn-2", x: half, width: round(box[2] - half) }];
    }
  }

  remove() {
    const keys = new Set(this.selection);
    this.change(() => {
      const only = this.chosen.length === 1 ? this.chosen[0] : undefined;
      if (only?.kind === "choice" && this.part !== undefined && only.options.length > 1) only.options.splice(this.part, 1);
      else this.form.fields = this.fields.filter((field) => !keys.has(field._key));
    });
    this.select([]);
  }

  /** A copy of each that is chosen, right below it. */
  duplicate() {
    this.addCopies(this.chosen.map((field) => copyOf(field, 0, boundsOf(field)[3] + 1)));
  }

  /** Adds copies, each kept on its sheet and with a name that is free, and chooses them; `also` is undone together with that. */
  addCopies(copies, also = () => {}) {
    this.change(() => {
      also();
      for (const copy of copies) {
        copy._key = this.nextKey++;
        copy.name = this.freeName(copy.name);
        for (const { box, part } of placesOf(copy)) this.setBox(copy, box, part);
        this.fields.push(copy);
      }
    });
    this.select(copies.map(({ _key }) => _key));
  }

  get canSplit() {
    const field = this.chosen[0];
    if (this.selection.length !== 1) return false;
    return (field.kind === "comb" && cellsOf(field).length > 1) || (field.kind === "choice" && field.options.length > 1)
      || field.kind === "text" || field.kind === "table" && field.columns.length > 1;
  }

  /** A comb at a cell, a choice into check boxes, a text in the middle, a table into a text for each column of its first row. */
  split(at) {
    const field = this.chosen[0];
    let made = [];
    this.change(() => {
      const index = this.fields.indexOf(field);
      const base = { page: field.page, label: field.label };
      let parts = [];
      if (field.kind === "comb") {
        const cells = cellsOf(field).map(rounded);
        const cut = Math.min(Math.max(1, at ?? Math.floor(cells.length / 2)), cells.length - 1);
        parts = [cells.slice(0, cut), cells.slice(cut)].map((own) => ({ ...base, kind: "comb", type: field.type, box: union(own), cellBoxes: own }));
        for (const part of parts) if (!part.type || part.type === "personnummer") part.type = "digits";
      } else if (field.kind === "choice") {
        parts = field.options.map((option) => ({ page: option.page ?? field.page, label: option.label, kind: "checkbox", box: option.box, name: option.value }));
      } else if (field.kind === "table") {
        const height = field.box[3] / field.rows;
        parts = field.columns.map((column) => ({ page: field.page, label: column.label, kind: "text", type: column.type, name: column.name, box: rounded([field.box[0] + column.x, field.box[1], column.width, height]) }));
      } else {
        const [x, y, w, h] = field.box;
        parts = (field.lines ?? 1) > 1
          ? Array.from({ length: field.lines }, (_, line) => [x, y + line * (h / field.lines), w, h / field.lines])
          : [[x, y, w / 2, h], [x + w / 2, y, w / 2, h]];
        parts = parts.map((box) => ({ ...base, kind: "text", type: field.type, box: rounded(box) }));
      }
      this.fields.splice(index, 1);
      parts.forEach((part, number) => {
        part.name = this.freeName(slug(part.name ?? "") || field.name);
        part._key = this.nextKey++;
        for (const key of Object.keys(part)) if (part[key] === undefined) delete part[key];
        this.fields.splice(index + number, 0, part);
      });
      made = parts.map((part) => part._key);
    });
    this.select(made);
  }

  get canMerge() {
    const all = this.chosen;
    if (all.length < 2 || new Set(all.map((field) => field.page)).size > 1) return false;
    const marks = all.every((field) => ["checkbox", "choice"].includes(field.kind));
    return marks || all.every((field) => field.kind === "text") || all.every((field) => field.kind === "comb");
  }

  /** Check boxes become a choice; combs one comb of all cells; texts the box around them. */
  merge() {
    const all = this.chosen.toSorted((one, other) => { const [a, b] = [boundsOf(one), boundsOf(other)]; return Math.abs(a[1] - b[1]) > a[3] / 2 ? a[1] - b[1] : a[0] - b[0]; });
    const first = all[0];
    let kept;
    this.change(() => {
      const rest = new Set(all.slice(1).map((field) => field._key));
      if (first.kind === "comb") {
        const cells = all.flatMap((field) => cellsOf(field).map(rounded));
        Object.assign(first, { cellBoxes: cells, box: union(cells) });
        delete first.cells;
      } else if (first.kind === "text") {
        const rows = new Set(all.map((field) => Math.round(field.box[1]))).size;
        first.box = union(all.map((field) => field.box));
        if (rows > 1) first.lines = rows;
      } else {
        const values = new Set();
        const options = all.flatMap((field) => field.kind === "choice" ? field.options : [{ value: field.name, label: field.label ?? { sv: field.name }, box: field.box }]);
        for (const option of options) {
          let value = option.value;
          for (let number = 2; values.has(value); number++) value = `${option.value}-${number}`;
          values.add(value);
          option.value = value;
        }
        for (const key of ["box", "correction", "type"]) delete first[key];
        Object.assign(first, { kind: "choice", select: "one", options });
      }
      this.form.fields = this.fields.filter((field) => !rest.has(field._key));
      kept = first._key;
    });
    this.select([kept]);
  }

  /** Fields of the same kind and size as the chosen one, on every page. */
  alike() {
    const model = this.chosen[0];
    if (!model) return [];
    const [, , width, height] = placesOf(model)[0].box;
    const near = (one, other) => Math.abs(one - other) <= Math.max(0.6, other * 0.12);
    return this.fields.filter((field) => field.kind === model.kind && placesOf(field).every(({ box }) =>
      near(box[3], height) && (["checkbox", "choice"].includes(field.kind) ? near(box[2], width) : field.kind !== "comb" || near(box[2] / cellsOf(field).length, width / cellsOf(model).length))))
      .map((field) => field._key);
  }

  /** What the station is asked for who wants more like the chosen field; nothing where its parts lie on several pages. */
  get alikeWish() {
    const [field] = this.chosen;
    if (!field || this.selection.length > 1) return undefined;
    const places = placesOf(field);
    if (places.length === 0 || places.some(({ page }) => page !== places[0].page)) return undefined;
    return { page: places[0].page, kind: field.kind, boxes: field.kind === "comb" ? cellsOf(field) : places.map(({ box }) => box) };
  }

  /**
   * Adds a field like `model` wherever none is yet, and chooses them; `model` itself gets a label if it has none.
   *
   * @param places how far each is from `model`, with the label that is printed beside it
   * @returns how many were added
   */
  addAlike(model, places) {
    const taken = this.fields.filter(({ kind }) => !["image", "barcode"].includes(kind)).flatMap(placesOf);
    const copies = places.map((place) => labelled(copyOf(model, place.x, place.y, place.page), place)).filter((copy) => placesOf(copy).every(({ box, page }) =>
      this.pages[page - 1] && !taken.some((other) => other.page === page && overlap(other.box, box) > 0.3)));
    if (copies.length === 0) return 0;
    copies.sort((one, other) => one.page - other.page || boundsOf(one)[1] - boundsOf(other)[1] || boundsOf(one)[0] - boundsOf(other)[0]);
    const own = places.find(({ page, x, y }) => page === model.page && Math.hypot(x, y) < 1);
    this.addCopies(copies, () => {
      if (!own?.label || model.label) return;
      model.label = { sv: own.label };
      model.name = this.freeName(slug(own.label) || model.name);
      for (const copy of copies) if (!copy.label) copy.name = unnumbered(model.name);
    });
    return copies.length;
  }

  /** The next field from one on, in the order of the list; on another page too. */
  step(by) {
    const order = this.fields;
    const at = order.findIndex((field) => field._key === this.selection[0]);
    const next = order[(at + by + order.length) % order.length];
    if (next) this.select([next._key]);
  }

  /** What is wrong, as codes with the key of the field: what the station would refuse. */
  problems() {
    const found = [];
    const names = new Map();
    const targets = [];
    const areas = [];
    for (const field of this.fields) {
      const say = (code, ...values) => found.push({ key: field._key, code, values });
      if (!/^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/.test(field.name ?? "")) say("name");
      if (names.has(field.name)) say("twice", field.name);
      names.set(field.name, field);
      const places = placesOf(field);
      if (places.length === 0) say("noPlace");
      for (const { box, page } of places) {
        const size = this.pages[page - 1];
        if (!size || box[0] < -0.01 || box[1] < -0.01 || box[0] + box[2] > size.width + 0.01 || box[1] + box[3] > size.height + 0.01) say("outside");
        const shares = ["image", "barcode"].includes(field.kind);
        const [x, y, w, h] = box;
        const other = shares ? undefined : areas.find((area) => area.page === page && overlap(area.box, box) > 0.5);
        if (other) say("overlap", other.field.name);
        if (!shares) for (const own of field.kind === "comb" ? cellsOf(field) : [[x, y, w, h]]) areas.push({ field, page, box: own });
      }
      if (field.kind === "comb") {
        const counts = { personnummer: [10, 11, 12, 13], organisationsnummer: [10, 11, 12, 13], postnummer: [5, 6], date: [6, 8, 10], time: [4, 5] }[field.type];
        const count = cellsOf(field).length;
        if (count < 1) say("cells");
        else if (counts && !counts.includes(count)) say("cellCount", count, counts.join(", "));
      }
      if (field.kind === "choice") {
        const values = (field.options ?? []).map(({ value }) => value);
        if (values.length === 0) say("noOption");
        if (values.some((value) => !value)) say("optionName");
        if (new Set(values).size !== values.length) say("optionTwice");
      }
      if (field.type === "code" && !field.options?.length && !field.list) say("noWords");
      const target = field.target ?? `/${field.name}`;
      const clash = targets.find((other) => other.target === target || target.startsWith(`${other.target}/`) || other.target.startsWith(`${target}/`));
      if (clash) say("targetTwice", clash.name);
      targets.push({ target, name: field.name });
    }
    if (this.fields.length === 0) found.push({ code: "noField", values: [] });
    if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(this.form.id ?? "")) found.push({ code: "id", values: [] });
    return found;
  }
}

/**
 * A field like `model`, so many millimetres away and named after it; its name may be taken.
 *
 * @param page all of it lies there; left out, each part stays on its page
 */
function copyOf(model, x, y, page) {
  const copy = structuredClone(model);
  const moved = ([left, top, width, height]) => rounded([left + x, top + y, width, height]);
  if (page) copy.page = page;
  if (copy.box) copy.box = moved(copy.box);
  if (copy.cellBoxes) copy.cellBoxes = copy.cellBoxes.map(moved);
  for (const option of copy.kind === "choice" ? copy.options : []) {
    if (option.box) option.box = moved(option.box);
    if (page) delete option.page;
  }
  copy.name = unnumbered(model.name);
  delete copy.target;
  return copy;
}

/** Calls a copy what is printed beside it, and makes it of the type that the words tell. */
function labelled(copy, { label, type }) {
  delete copy.label;
  if (label) {
    copy.label = { sv: label };
    copy.name = slug(label) || copy.name;
  }
  if (["text", "comb"].includes(copy.kind) && type && type !== copy.type) {
    for (const key of ["options", "list"]) delete copy[key];
    copy.type = type;
  } else if (copy.kind === "text" && label && !type) delete copy.type;
  return copy;
}

/** The common part as a share of the smaller of the two. */
function overlap(one, other) {
  const width = Math.min(one[0] + one[2], other[0] + other[2]) - Math.max(one[0], other[0]);
  const height = Math.min(one[1] + one[3], other[1] + other[3]) - Math.max(one[1], other[1]);
  return (Math.max(0, width) * Math.max(0, height)) / Math.max(1e-9, Math.min(one[2] * one[3], other[2] * other[3]));
}
