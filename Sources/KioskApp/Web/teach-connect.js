// The second step: where each field's value goes in the case system.
import { announce, chip, element } from "./dom.js";
import { t } from "./strings.js";
import { nameOf } from "./teach-canvas.js";
import { fileChoice } from "./teach-files.js";
import { parse, placesIn, schemasIn, suggestions } from "./teach-schema.js";

export function connectStep(draft) {
  const { model } = draft;
  const root = element("div", { class: "stack" });
  const problem = element("p", { class: "problem-text", id: "schema-problem", role: "alert" });
  let offered = [];

  const places = () => (draft.view.schema ? placesIn(draft.view.schema) : []);

  async function read(event) {
    problem.textContent = "";
    const file = event.target.files[0];
    if (!file) return;
    const document = file.size <= 1024 * 1024 ? parse(await file.text()) : undefined;
    offered = document ? schemasIn(document) : [];
    if (offered.length === 0) problem.textContent = t("teach.schemaBad");
    else if (offered.length === 1) await use(offered[0][1]);
    render();
  }

  async function use(schema) {
    offered = [];
    await draft.setSchema(schema);
    render();
  }

  function setTarget(field, pointer) {
    model.change(() => {
      const one = model.field(field._key);
      if (pointer) one.target = pointer;
      else delete one.target;
    }, `target-${field._key}`);
  }

  function render() {
    const focused = document.activeElement?.id;
    const all = places();
    const ideas = suggestions(model.fields, all);
    root.replaceChildren(...[
      element("section", { class: "card stack tight" },
        element("h2", {}, t("teach.step.connect")),
        element("p", { class: "quiet" }, t("teach.connectLead")),
        element("div", { class: "choices" },
          fileChoice("schema-file", t("teach.schemaFile"), t("teach.schemaHint"), { accept: ".json,application/json", multiple: false, onchange: read })),
        problem,
        offered.length > 1 && element("div", { class: "choices" }, element("label", { for: "schema-part" }, t("teach.schemaChoose"),
          element("select", { id: "schema-part", onchange: (event) => event.target.value !== "" && use(offered[Number(event.target.value)][1]) },
            element("option", { value: "" }, "–"), offered.map(([name], index) => element("option", { value: String(index) }, name))))),
        element("p", { id: "schema-state" }, all.length > 0 ? t("teach.schemaIs", all.length, all.filter(({ isRequired }) => isRequired).length) : t("teach.schemaNone")),
        element("div", { class: "actions" },
          ideas.size > 0 && element("button", { type: "button", class: "primary", id: "take-all", onclick: () => {
            model.change(() => { for (const [key, place] of ideas) model.field(key).target = place.pointer; });
            announce(t("teach.tookAll", ideas.size));
          } }, t("teach.takeAll", ideas.size)),
          draft.view.schema && element("button", { type: "button", id: "schema-remove", onclick: () => use(null) }, t("teach.schemaRemove")))),
      element("section", { class: "card stack tight" },
        element("h2", {}, t("teach.fieldList")),
        element("ul", { class: "teach-targets" }, model.fields.map((field) => row(field, all, ideas.get(field._key))))),
      all.length > 0 && missing(all),
    ].filter(Boolean));
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  function row(field, all, idea) {
    const id = `target-${field._key}`;
    const used = new Set(model.fields.filter((other) => other._key !== field._key).map(({ target }) => target));
    const isKnown = !field.target || all.some(({ pointer }) => pointer === field.target);
    const control = all.length > 0
      ? element("select", { id, onchange: (event) => { setTarget(field, event.target.value); render(); } },
        element("option", { value: "" }, t("teach.targetOwn", field.name)),
        !isKnown && element("option", { value: field.target, selected: true }, field.target),
        all.map((place) => element("option", { value: place.pointer, selected: place.pointer === field.target, disabled: used.has(place.pointer) },
          [place.pointer, place.title, place.isRequired && `(${t("teach.placeRequired")})`].filter(Boolean).join("  "))))
      : element("input", { type: "text", id, value: field.target ?? "", placeholder: `/${field.name}`, autocomplete: "off", spellcheck: "false", maxlength: "300",
        oninput: (event) => setTarget(field, event.target.value.trim()) });
    return element("li", {},
      element("label", { for: id }, element("span", { class: "title" }, nameOf(field)), element("span", { class: "hint" }, [t(`teach.kind.${field.kind}`), field.type && t(`teach.type.${field.type}`)].filter(Boolean).join(" · "))),
      element("div", { class: "teach-target" }, control,
        idea && element("button", { type: "button", id: `take-${field._key}`, "aria-label": `${t("teach.take", nameOf(field))}: ${idea.pointer}`, onclick: () => { setTarget(field, idea.pointer); render(); document.getElementById(id)?.focus(); } }, t("teach.suggested", idea.pointer))));
  }

  /** Places that the schema demands and no field fills: a value that is always the same, or a field that is still to come. */
  function missing(all) {
    const filled = new Set(model.fields.map((field) => field.target ?? `/${field.name}`));
    const constants = model.form.output?.constants ?? {};
    const open = all.filter((place) => place.isRequired && !filled.has(place.pointer));
    if (open.length === 0) return undefined;
    return element("section", { class: "card stack tight", id: "schema-missing" },
      element("h2", {}, t("teach.missing")),
      element("ul", { class: "teach-targets" }, open.map((place) => {
        const id = `constant-${place.pointer.replaceAll("/", "-")}`;
        const input = element("input", { type: "text", id, autocomplete: "off", maxlength: "300", value: typeof constants[place.pointer] === "string" ? constants[place.pointer] : "", placeholder: place.constant ?? "",
          oninput: (event) => model.change(() => {
            const output = { ...model.form.output, constants: { ...model.form.output?.constants } };
            if (event.target.value) output.constants[place.pointer] = event.target.value;
            else delete output.constants[place.pointer];
            if (Object.keys(output.constants).length === 0) delete output.constants;
            if (Object.keys(output).length > 0) model.form.output = output;
            else delete model.form.output;
          }, id) });
        return element("li", {}, element("label", { for: id }, element("span", { class: "title" }, place.pointer), place.title && element("span", { class: "hint" }, place.title)),
          element("div", { class: "teach-target" }, place.type && !["string"].includes(place.type) ? chip("uncertain", t("teach.placeRequired")) : input));
      })));
  }

  // Typing a place must not draw the list anew under the typing hand.
  const changed = () => { if (!root.contains(document.activeElement) || !document.activeElement.matches("input[type=text]")) render(); };
  model.addEventListener("change", changed);
  render();
  return { root, update() {}, close: () => model.removeEventListener("change", changed) };
}
