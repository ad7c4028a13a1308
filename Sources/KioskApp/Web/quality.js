// How well each form is read here: counts of fields passed, asked about and corrected, and what that says of errors.
import { get, post } from "./api.js";
import { fail } from "./app.js";
import { announce, chip, element, pressTwice, show, viewHead } from "./dom.js";
import { localized, number, t } from "./strings.js";

const share = (one) => `${number(100 * one, 2)} %`;

function knownOf({ knownValues, knownProposals, knownProposalsWrong }) {
  if (knownValues === undefined) return "–";
  const many = number(knownValues);
  return knownProposals ? t("qualityKnownOf", many, number(knownProposals), number(knownProposalsWrong)) : many;
}

function table({ quality, labels }) {
  return element(
    "div",
    { class: "wide-table", tabindex: "0", role: "region", "aria-label": t("qualityFields") },
    element(
      "table",
      {},
      element(
        "thead",
        {},
        element("tr", {}, ["qualityField", "qualityPassed", "qualityAsked", "qualityCorrected", "qualityMissed", "qualityChecked", "qualityBound", "qualityKnown"].map((key) => element("th", { scope: "col" }, t(key)))),
      ),
      element(
        "tbody",
        {},
        quality.fields.map((field) =>
          element(
            "tr",
            {},
            element("th", { scope: "row" }, localized(labels[field.name]) || field.name, field.isOnProbation && chip("uncertain", t("onProbation")), field.isClosed && chip("read", t("onlyKnown"))),
            [field.passed + field.missed, field.confirmed + field.corrected, field.corrected, field.missed].map((one) => element("td", {}, number(one))),
            element("td", {}, field.checked ? t("qualityOf", number(field.checkedWrong), number(field.checked)) : "–"),
            element("td", {}, field.passed + field.missed ? share(field.errorBound) : "–"),
            element("td", {}, knownOf(field)),
          ),
        ),
      ),
    ),
  );
}

export function qualityView() {
  let shownAs;

  async function forget(form) {
    try {
      await post(`/api/quality/${form}/forget-values`);
      announce(t("forgotValues"));
    } catch (error) {
      fail(error);
    }
  }

  return {
    async update(_, isCurrent, isNew) {
      const forms = await get("/api/quality");
      const content = JSON.stringify(forms);
      if (!isCurrent() || (!isNew && content === shownAs)) return;
      shownAs = content;
      show(
        element(
          "div",
          { class: "stack" },
          viewHead(t("quality"), element("a", { class: "button", id: "back", href: "#/" }, t("start"))),
          element("p", { class: "quiet" }, t(forms.length ? "qualityLead" : "qualityNone")),
          forms.map((form, index) => {
            const { quality } = form;
            const facts = [
              ["qualityDocuments", number(quality.documents)],
              ["qualityUntouched", number(quality.untouched)],
              ["qualitySeconds", quality.secondsPerDocument === undefined ? "–" : `${number(quality.secondsPerDocument, 1)} s`],
              ["qualityErrors", t("qualityOf", number(quality.missed), number(quality.certain))],
              ["qualityChecked", quality.checked ? t("qualityOf", number(quality.checkedWrong), number(quality.checked)) : "–"],
              ["qualityBound", quality.certain ? share(quality.errorBound) : "–"],
            ];
            return element(
              "section",
              { class: "card stack tight", "aria-labelledby": `quality-${index}` },
              element("h2", { id: `quality-${index}` }, t("profileVersion", localized(form.name), quality.version)),
              element("dl", { class: "facts" }, facts.flatMap(([key, value]) => [element("dt", {}, t(key)), element("dd", {}, value)])),
              table(form),
              quality.fields.some((field) => field.knownValues) &&
                element("div", { class: "actions" }, pressTwice(t("forgetValues"), t("forgetValuesReally"), () => forget(quality.form), { id: `forget-${index}` })),
            );
          }),
        ),
      );
    },
  };
}
