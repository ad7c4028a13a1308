// The first step: the sheet with its fields, and what each of them is.
import { post } from "./api.js";
import { fail } from "./app.js";
import { announce, chip, element, warn } from "./dom.js";
import { counted, language, t } from "./strings.js";
import { canvas, nameOf, number } from "./teach-canvas.js";
import { boundsOf, cellsOf, kinds, labelIn, placesOf, reviews, slug, types } from "./teach-form.js";

const targets = [100, 200, 500, 1000, 2000, 10000];

export function fieldsStep(draft) {
  const { model } = draft;
  const changes = new Map((draft.view.draft.changes ?? []).map((one) => [one.name, one]));
  const changeOf = (key) => changes.get(model.field(key)?.name);
  let faults = new Map();
  let syncs = [];
  const sheet = canvas(model, draft.page, (key) => {
    const change = changeOf(key)?.change;
    return [faults.has(key) && "has-problem", change && change !== "same" && `is-${change}`].filter(Boolean).join(" ");
  });

  const editor = element("section", { class: "card stack tight teach-editor", id: "teach-editor" });
  const list = element("section", { class: "card stack tight", id: "teach-list" });
  const tools = element("div", { class: "teach-tools", role: "toolbar", "aria-label": t("teach.formDetails") });
  const root = element(
    "div",
    { class: "teach-split" },
    element("div", { class: "teach-left" }, tools, sheet.frame, element("details", { class: "teach-help" }, element("summary", {}, t("teach.help")), element("p", { class: "hint" }, t("teach.keys"))),
      element("p", { class: "visually-hidden", id: "teach-keys" }, t("teach.keys"))),
    element("div", { class: "stack teach-right" }, editor, list),
  );

  sheet.frame.addEventListener("drawn", ({ detail: [x, y, width, height] }) => {
    sheet.setDrawing(false);
    if (width < 1 || height < 1) return;
    model.add(width < 6 && height < 6 ? "checkbox" : "text", [x, y, width, height]);
    document.getElementById("field-label-sv")?.focus();
  });
  sheet.frame.addEventListener("drawing", renderTools);

  // Tools

  const button = (id, label, onclick, more = {}) => element("button", { type: "button", id, onclick, ...more }, label);

  function renderTools() {
    const focused = document.activeElement?.id;
    tools.replaceChildren(
      element("div", { class: "teach-group" },
        button("teach-undo", t("teach.undo"), () => model.undo(), { disabled: !model.canUndo }),
        button("teach-redo", t("teach.redo"), () => model.redo(), { disabled: !model.canRedo })),
      element("div", { class: "teach-group", role: "group", "aria-label": t("teach.pages") },
        model.pages.length > 1 && model.pages.map((_, index) => button(`teach-page-${index + 1}`, t("teach.page", index + 1), () => { model.select([]); model.showPage(index + 1); }, { "aria-pressed": String(model.page === index + 1) }))),
      element("div", { class: "teach-group" },
        button("teach-zoom-out", "−", () => sheet.setZoom(sheet.zoom / 1.4), { "aria-label": t("teach.zoomOut"), title: t("teach.zoomOut") }),
        button("teach-zoom-in", "+", () => sheet.setZoom(sheet.zoom * 1.4), { "aria-label": t("teach.zoomIn"), title: t("teach.zoomIn") })),
      element("div", { class: "teach-group" },
        button("teach-draw", t("teach.draw"), () => { sheet.setDrawing(!sheet.isDrawing); if (sheet.isDrawing) announce(t("teach.drawHint")); }, { "aria-pressed": String(sheet.isDrawing) }),
        button("teach-add", t("teach.addField"), () => {
          const [x, y] = sheet.middle;
          model.add("text", [x - 30, y - 4, 60, 8]);
          document.getElementById("field-label-sv")?.focus();
        })),
    );
    if (focused && tools.querySelector(`#${focused}:not(:disabled)`)) document.getElementById(focused).focus({ preventScroll: true });
  }

  // The field's details

  /** A control that shows what the form says, unless somebody is typing in it. */
  // What is read may be of a kind that the field no longer is: its inputs go with the next drawing.
  function bound(input, read, write, event = "input") {
    const sync = () => {
      if (document.activeElement === input && event === "input") return;
      const value = read();
      if (input.type === "checkbox") input.checked = Boolean(value);
      else if (input.value !== String(value ?? "")) input.value = String(value ?? "");
    };
    input.addEventListener(event, () => write(input.type === "checkbox" ? input.checked : input.value));
    input.addEventListener("blur", () => { model.endRun(); sync(); });
    sync();
    syncs.push(sync);
    return input;
  }

  const labelled = (label, input, hint) => element("label", { for: input.id, class: "teach-label" }, label, hint && element("span", { class: "hint" }, hint), input);
  const wide = (one) => {
    one.classList.add("is-wide");
    return one;
  };
  const textInput = (id, more = {}) => element("input", { type: "text", id, autocomplete: "off", spellcheck: "false", maxlength: "200", ...more });
  const numberInput = (id, more = {}) => element("input", { type: "number", id, step: "0.1", ...more });
  const choice = (id, values, family) => element("select", { id }, values.map((value) => element("option", { value }, t(`${family}.${value}`))));
  const tick = (id, label, read, write) => element("label", { class: "teach-check", for: id }, bound(element("input", { type: "checkbox", id }), read, write, "change"), label);

  function setLabel(owner, language, words, run) {
    model.change(() => {
      const label = typeof owner.label === "string" ? { sv: owner.label } : { ...owner.label };
      if (words.trim()) label[language] = words;
      else delete label[language];
      if (Object.keys(label).length > 0) owner.label = label;
      else delete owner.label;
    }, run);
  }

  function set(fields, key, value, run) {
    model.change(() => {
      for (const field of fields) {
        if (value === undefined || value === "" || value === false) delete field[key];
        else field[key] = value;
      }
    }, run);
  }

  function renderEditor() {
    syncs = [];
    const focused = document.activeElement?.id;
    const chosen = model.chosen;
    editor.replaceChildren(...(chosen.length === 0 ? formDetails() : fieldDetails(chosen)).flat().filter(Boolean));
    if (focused && editor.querySelector(`#${CSS.escape(focused)}`)) document.getElementById(focused).focus({ preventScroll: true });
  }

  function formDetails() {
    return [
      element("h2", {}, t("teach.formDetails")),
      changes.size > 0 && changeNote(),
      element("div", { class: "teach-grid" },
        labelled(t("teach.formNameSv"), bound(textInput("form-name-sv"), () => labelIn(form0().name, "sv"), (words) => setName("sv", words))),
        labelled(t("teach.formNameEn"), bound(textInput("form-name-en"), () => labelIn(form0().name, "en"), (words) => setName("en", words))),
        labelled(t("teach.formID"), bound(textInput("form-id", { maxlength: "64" }), () => form0().id, (id) => model.change(() => { model.form.id = id.trim(); }, "form-id"))),
        labelled(t("teach.formVersion"), bound(numberInput("form-version", { step: "1", min: "1", max: "999999" }), () => form0().version, (text) => model.change(() => { model.form.version = Math.max(1, Math.round(Number(text)) || 1); }, "form-version"))),
        wide(labelled(t("teach.errorTarget"), bound(errorTargets(), () => Math.round(1 / (form0().errorTarget ?? 0.001)), (text) => model.change(() => { model.form.errorTarget = 1 / Number(text); }), "change"))),
        wide(labelled(t("teach.printedNumber"), bound(textInput("form-number"), () => form0().identification?.text ?? "", (text) => setIdentification("text", text)), t("teach.printedNumberHint"))),
        wide(labelled(t("teach.printedCode"), bound(textInput("form-barcode"), () => form0().identification?.barcode ?? "", (text) => setIdentification("barcode", text)), t("teach.printedCodeHint")))),
    ];
  }

  function setIdentification(key, text) {
    model.change(() => {
      const identification = { ...model.form.identification, [key]: text.trim() };
      if (!identification[key]) delete identification[key];
      if (Object.keys(identification).length > 0) model.form.identification = identification;
      else delete model.form.identification;
    }, `form-${key}`);
  }

  const form0 = () => model.form;
  function setName(language, words) {
    model.change(() => {
      const name = typeof model.form.name === "string" ? { sv: model.form.name } : { ...model.form.name };
      if (words.trim()) name[language] = words;
      else delete name[language];
      model.form.name = name;
    }, `form-name-${language}`);
  }

  function errorTargets() {
    const now = Math.round(1 / (model.form.errorTarget ?? 0.001));
    return element("select", { id: "form-target" }, [...new Set([...targets, now])].sort((a, b) => a - b).map((value) => element("option", { value }, t("teach.errorTargetN", value.toLocaleString(language())))));
  }

  function changeNote() {
    const count = (kind) => [...changes.values()].filter((one) => one.change === kind).length;
    const gone = [...changes.values()].filter(({ name }) => !model.fields.some((field) => field.name === name)).map(({ name }) => name);
    return element("div", { class: "notice card", id: "teach-changes" }, element("div", {},
      element("h3", {}, t("teach.changesTitle", draft.view.draft.from.version)),
      element("p", {}, t("teach.changeCounts", count("same"), count("moved"), count("vanished"), count("added"))),
      gone.length > 0 && element("p", { class: "hint" }, t("teach.changesGone", gone.join(", ")))));
  }

  const changeWords = (change) => t(`teach.change.${change.change}`, ...(change.by ?? []).map(number));

  function fieldDetails(chosen) {
    const one = chosen.length === 1 ? chosen[0] : undefined;
    const now = () => (one ? model.field(one._key) : model.chosen[0]) ?? chosen[0];
    const all = () => model.chosen;
    const kind = choice("field-kind", kinds, "teach.kind");
    const writes = chosen.every((field) => ["text", "comb"].includes(field.kind));
    const change = one && changeOf(one._key);
    return [
      element("div", { class: "field-head" },
        element("h2", { class: "name" }, one ? nameOf(one) : t("teach.severalChosen", chosen.length)),
        button("field-close", t("teach.close"), () => { model.select([]); sheet.frame.focus({ preventScroll: true }); }, { class: "plain" })),
      element("ul", { class: "teach-faults", id: "field-faults" }),
      change && change.change !== "same" && element("p", { class: "chip is-confirmed", "data-sign": "•" }, changeWords(change)),
      element("div", { class: "teach-grid" },
        one && labelled(t("teach.labelSv"), bound(textInput("field-label-sv"), () => labelIn(now().label, "sv"), (words) => {
          const isOurs = slug(labelIn(now().label, "sv")) === now().name.replace(/-\d+$/, "") || /^(falt|rutor|ruta|val|text|comb|checkbox|choice|underskrift|streckkod|bild|tabell)(-\d+)*$/.test(now().name);
          setLabel(now(), "sv", words, `label-sv-${one._key}`);
          // The name follows the label for as long as nobody has given it another.
          if (isOurs && slug(words)) model.change(() => { const field = now(); field.name = ""; field.name = model.freeName(slug(words)); }, `label-sv-${one._key}`);
        })),
        one && labelled(t("teach.labelEn"), bound(textInput("field-label-en"), () => labelIn(now().label, "en"), (words) => setLabel(now(), "en", words, `label-en-${one._key}`))),
        labelled(t("teach.kind"), bound(kind, () => now().kind, (value) => { model.change(() => { for (const field of all()) model.makeKind(field, value); }); renderEditor(); }, "change")),
        writes && labelled(t("teach.type"), bound(choice("field-type", types, "teach.type"), () => now().type ?? "text", (value) => { set(all(), "type", value === "text" ? undefined : value); renderEditor(); }, "change")),
        writes && labelled(t("teach.writing"), bound(choice("field-writing", ["any", "print", "hand-print", "handwriting"], "teach.writing"), () => now().writing ?? "any", (value) => set(all(), "writing", value === "any" ? undefined : value), "change")),
        one && labelled(t("teach.fieldName"), bound(textInput("field-name", { maxlength: "64" }), () => now().name, (name) => model.change(() => { now().name = name.trim(); }, `name-${one._key}`))),
        labelled(t("teach.review"), bound(choice("field-review", reviews, "teach.review"), () => now().review ?? "when-uncertain", (value) => set(all(), "review", value === "when-uncertain" ? undefined : value), "change")),
        one?.kind === "comb" && labelled(t("teach.cellCount"), bound(numberInput("field-cells", { step: "1", min: "1", max: "60" }), () => cellsOf(now()).length, (text) => model.change(() => { const field = now(); field.cells = Math.min(60, Math.max(1, Math.round(Number(text)) || 1)); delete field.cellBoxes; }, `cells-${one._key}`))),
        one?.kind === "text" && labelled(t("teach.lineCount"), bound(numberInput("field-lines", { step: "1", min: "1", max: "60" }), () => now().lines ?? 1, (text) => set([now()], "lines", Number(text) > 1 ? Math.min(60, Math.round(Number(text))) : undefined, `lines-${one._key}`))),
        one?.kind === "choice" && labelled(t("teach.select"), bound(choice("field-select", ["one", "any"], "teach.select"), () => now().select ?? "one", (value) => model.change(() => { now().select = value; }), "change")),
        one?.type === "code" && writes && labelled(t("teach.words"), bound(element("textarea", { id: "field-words", rows: "4" }), () => (now().options ?? []).map(({ value }) => value).join("\n"), (text) => model.change(() => {
          now().options = [...new Set(text.split("\n").map((word) => word.trim()).filter(Boolean))].map((value) => ({ value }));
        }, `words-${one._key}`)))),
      tick("field-required", t("teach.required"), () => all().length > 0 && all().every((field) => field.required), (value) => set(all(), "required", value)),
      one?.kind === "choice" && options(now),
      one?.kind === "table" && columns(now),
      placing(now, one),
      element("div", { class: "actions" },
        button("field-alike", t("teach.alike"), () => { const found = model.alike(); model.select(found); announce(t("teach.alikeFound", found.length)); }),
        button("field-find-alike", t("teach.findAlike"), findAlike, { disabled: !model.alikeWish }),
        button("field-duplicate", t("teach.duplicate"), () => model.duplicate()),
        button("field-split", t("teach.split"), () => model.split(), { disabled: !model.canSplit }),
        button("field-merge", t("teach.merge"), () => model.merge(), { disabled: !model.canMerge }),
        button("field-delete", t("teach.delete"), () => { model.remove(); sheet.frame.focus({ preventScroll: true }); }, { class: "danger" })),
      !model.canMerge && element("p", { class: "hint" }, t("teach.mergeHint")),
    ];
  }

  /** "One like this": looks on the paper itself for what no field covers yet. */
  async function findAlike(event) {
    const [field] = model.chosen;
    const asked = event.currentTarget;
    asked.disabled = true;
    asked.textContent = t("teach.findingAlike");
    announce(t("teach.findingAlike"));
    try {
      const places = await post(`${draft.address}/alike`, model.alikeWish);
      // Somebody may have removed the field meanwhile.
      if (!model.field(field._key)) return;
      const added = model.addAlike(model.field(field._key), places);
      if (added > 0) {
        announce(counted("teach.alikeAdded", added));
        sheet.frame.focus({ preventScroll: true });
      } else warn(t(places.length > 0 ? "teach.alikeNone" : "teach.alikeBare"));
    } catch (error) {
      fail(error);
    } finally {
      if (asked.isConnected) {
        asked.disabled = false;
        asked.textContent = t("teach.findAlike");
        asked.focus({ preventScroll: true });
      }
    }
  }

  /** Places in numbers: the way without dragging. */
  function placing(now, one) {
    const place = () => placesOf(now()).find(({ part }) => part === model.part) ?? (now().kind === "choice" ? { box: boundsOf(now()) } : placesOf(now())[0]);
    const isWhole = () => place().part === undefined && now().kind === "choice";
    return element("fieldset", { class: "teach-place" }, element("legend", {}, t("teach.place")),
      ["x", "y", "w", "h"].map((side, index) => {
        if (!one && index < 2) return undefined;
        if (isWhole() && index > 1) return undefined;
        const input = numberInput(`field-${side}`, { min: "0", step: "0.1" });
        return labelled(t(`teach.${side}`), bound(input, () => Math.round(place().box[index] * 10) / 10, (text) => {
          const value = Number(text);
          if (!Number.isFinite(value) || text === "") return;
          const delta = value - place().box[index];
          if (index < 2) model.move(index === 0 ? delta : 0, index === 1 ? delta : 0, `place-${side}`);
          else model.change(() => {
            for (const field of model.chosen) for (const { box, part } of placesOf(field)) {
              if (one && part !== model.part && model.part !== undefined) continue;
              const next = [...box];
              next[index] = Math.max(1, value);
              model.setBox(field, next, part);
            }
          }, `place-${side}`);
        }));
      }));
  }

  function options(now) {
    return element("fieldset", { class: "stack tight" }, element("legend", {}, t("teach.options")),
      now().options.map((_, part) => element("div", { class: "teach-row" },
        labelled(`${t("teach.optionN", part + 1)}: ${t("teach.optionLabel")}`, bound(textInput(`option-label-${part}`, { onfocus: () => { model.part = part; sheet.render(); } }), () => labelIn(now().options?.[part]?.label, "sv"), (words) => {
          const option = now().options[part];
          const isOurs = !option.value || slug(labelIn(option.label, "sv")) === option.value || /^val(-\d+)?$/.test(option.value);
          setLabel(option, "sv", words, `option-${part}`);
          if (isOurs && slug(words)) model.change(() => { option.value = slug(words); }, `option-${part}`);
        })),
        labelled(t("teach.optionValue"), bound(textInput(`option-value-${part}`), () => now().options?.[part]?.value, (value) => model.change(() => { now().options[part].value = value.trim(); }, `option-value-${part}`))),
        now().options.length > 1 && button(`option-remove-${part}`, "×", () => { model.change(() => now().options.splice(part, 1)); model.part = undefined; renderEditor(); }, { "aria-label": t("teach.removeOption", part + 1), class: "plain" }))),
      element("div", { class: "actions" }, button("option-add", t("teach.addOption"), () => {
        model.change(() => {
          const field = now();
          const last = field.options.at(-1);
          const values = new Set(field.options.map(({ value }) => value));
          let value = "val";
          for (let counter = 2; values.has(value); counter++) value = `val-${counter}`;
          const [x, y, width, height] = last.box;
          field.options.push({ value, box: model.inside([x + width + 6, y, width, height], field.page), ...(last.page ? { page: last.page } : {}) });
        });
        model.part = now().options.length - 1;
        sheet.render();
        renderEditor();
      })));
  }

  function columns(now) {
    return element("fieldset", { class: "stack tight" }, element("legend", {}, t("teach.columns")),
      labelled(t("teach.rowCount"), bound(numberInput("field-rows", { step: "1", min: "1", max: "100" }), () => now().rows, (text) => model.change(() => { now().rows = Math.min(100, Math.max(1, Math.round(Number(text)) || 1)); }, "rows"))),
      now().columns.map((_, index) => element("div", { class: "teach-row" },
        labelled(t("teach.columnN", index + 1), bound(textInput(`column-label-${index}`), () => labelIn(now().columns?.[index]?.label, "sv"), (words) => {
          const column = now().columns[index];
          setLabel(column, "sv", words, `column-${index}`);
          if (slug(words)) model.change(() => { column.name = slug(words); }, `column-${index}`);
        })),
        labelled(t("teach.type"), bound(choice(`column-type-${index}`, types.filter((type) => type !== "code"), "teach.type"), () => now().columns?.[index]?.type ?? "text", (value) => set([now().columns[index]], "type", value === "text" ? undefined : value), "change")),
        labelled(t("teach.columnWidth"), bound(numberInput(`column-width-${index}`, { min: "1" }), () => now().columns?.[index]?.width, (text) => model.change(() => {
          const list = now().columns;
          const wanted = Number(text);
          const next = list[index + 1];
          const room = next ? list[index].width + next.width - 1 : now().box[2] - list[index].x;
          if (!(wanted >= 1)) return;
          const width = Math.min(wanted, room);
          if (next) { next.width -= width - list[index].width; next.x = list[index].x + width; }
          list[index].width = width;
        }, `column-width-${index}`))),
        now().columns.length > 1 && button(`column-remove-${index}`, "×", () => { model.change(() => {
          const list = now().columns;
          const [gone] = list.splice(index, 1);
          const heir = list[Math.max(0, index - 1)];
          heir.width += gone.width;
          heir.x = Math.min(heir.x, gone.x);
        }); renderEditor(); }, { "aria-label": t("teach.removeColumn", index + 1), class: "plain" }))),
      element("div", { class: "actions" }, button("column-add", t("teach.addColumn"), () => {
        model.change(() => {
          const list = now().columns;
          const last = list.at(-1);
          const half = Math.round(last.width * 50) / 100;
          last.width = half;
          const names = new Set(list.map(({ name }) => name));
          let name = `kolumn-${list.length + 1}`;
          while (names.has(name)) name += "x";
          list.push({ name, x: Math.round((last.x + half) * 100) / 100, width: half });
        });
        renderEditor();
      })));
  }

  // The list

  function renderList() {
    const focused = document.activeElement?.id;
    const pages = model.pages.map((_, index) => index + 1);
    list.replaceChildren(
      element("div", { class: "field-head" },
        element("h2", { class: "name" }, t("teach.fieldCount", model.fields.length)),
        faultCount() > 0 ? chip("unreadable", counted("teach.problems", faultCount())) : undefined),
      ...pages.flatMap((page) => {
        const own = model.fields.filter((field) => (field.page ?? 1) === page);
        return own.length === 0 ? [] : [
          pages.length > 1 && element("h3", {}, t("teach.page", page)),
          element("ul", { class: "teach-fields" }, own.map(row)),
        ].filter(Boolean);
      }),
    );
    if (focused && list.querySelector(`#${CSS.escape(focused)}`)) document.getElementById(focused).focus({ preventScroll: true });
  }

  const faultCount = () => [...faults.values()].reduce((sum, some) => sum + some.length, 0);

  function row(field) {
    const isChosen = model.selection.includes(field._key);
    const more = [t(`teach.kind.${field.kind}`), field.kind === "comb" && cellsOf(field).length, field.type && field.type !== "text" && t(`teach.type.${field.type}`), field.required && t("teach.required")].filter(Boolean).join(" · ");
    const change = changeOf(field._key);
    return element("li", { class: isChosen ? "is-chosen" : "" },
      element("input", { type: "checkbox", id: `pick-${field._key}`, checked: isChosen, "aria-label": t("teach.choose", nameOf(field)), onchange: (event) => {
        model.select(event.target.checked ? [...model.selection, field._key] : model.selection.filter((key) => key !== field._key));
      } }),
      element("button", { type: "button", class: "plain", id: `field-${field._key}`, "aria-current": isChosen ? "true" : undefined, onclick: () => model.select([field._key]) },
        element("span", { class: "title" }, nameOf(field)), element("span", { class: "hint" }, more),
        change && change.change !== "same" && element("span", { class: "hint teach-change" }, changeWords(change)),
        (faults.get(field._key) ?? []).map((words) => element("span", { class: "problem-text" }, words))));
  }

  function judge() {
    faults = faultsOf(draft);
    const place = document.getElementById("field-faults");
    const own = model.selection.length === 1 ? faults.get(model.selection[0]) : undefined;
    place?.replaceChildren(...(own ?? []).map((words) => element("li", { class: "problem-text" }, words)));
  }

  const changed = () => {
    judge();
    for (const sync of syncs) sync();
    renderList();
    renderTools();
    sheet.render();
  };
  const selected = () => {
    renderEditor();
    changed();
  };
  model.addEventListener("change", changed);
  model.addEventListener("selection", selected);
  renderEditor();
  judge();
  changed();

  return {
    root,
    update: changed,
    close() {
      model.removeEventListener("change", changed);
      model.removeEventListener("selection", selected);
      sheet.close();
    },
  };
}

/** What is wrong, in words by the field's key; what belongs to no field is under `undefined`. */
export function faultsOf(draft) {
  const { model, view } = draft;
  const faults = new Map();
  const add = (key, words) => {
    // Several boxes of one field may have the same fault.
    if (!faults.get(key)?.includes(words)) faults.set(key, [...(faults.get(key) ?? []), words]);
  };
  const named = (name) => nameOf(model.fields.find((field) => field.name === name) ?? { name });
  for (const { key, code, values } of model.problems()) {
    add(key, t(`teach.problem.${code}`, ...(["overlap", "targetTwice"].includes(code) ? values.map(named) : values)));
  }
  if (view.inForce > 0 && model.form.version <= view.inForce) add(undefined, t("teach.problem.version", model.form.version, view.inForce + 1));
  // What only the station knows, such as places that a schema has not; its own words where we have none.
  if (!draft.isDirty && !draft.isSaving) {
    for (const problem of view.problems) {
      const index = /^fields\[(\d+)\]/.exec(problem.path)?.[1];
      const field = index === undefined ? undefined : model.fields[Number(index)];
      if (problem.message.startsWith("The output schema has no place")) add(field?._key, t("teach.problem.schema", field?.target ?? `/${field?.name}`));
      else if (!faults.has(field?._key)) add(field?._key, t("teach.problem.station", problem.message));
    }
  }
  return faults;
}
