// What a case system's JSON Schema or OpenAPI document offers, and which place suits which field. A file is not to be trusted.

const mostBytes = 1 << 20;
const mostPlaces = 1000;
const deepest = 8;

/** Parses a file's text; undefined where it is nothing that can be used. */
export function parse(text) {
  if (text.length > mostBytes) return undefined;
  try {
    const document = JSON.parse(text);
    return isObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const own = (object, key) => (isObject(object) && Object.hasOwn(object, key) ? object[key] : undefined);

/** The schemas in a document by name; a plain JSON Schema is one without a name. */
export function schemasIn(document) {
  const inside = own(own(document, "components"), "schemas");
  if (own(document, "openapi") && isObject(inside)) {
    return Object.keys(inside).filter((name) => placesIn({ ...inside[name], components: { schemas: inside } }).length > 0)
      .map((name) => [name, { ...inside[name], components: { schemas: inside } }]);
  }
  return placesIn(document).length > 0 ? [["", document]] : [];
}

/** Every place for a value: its JSON Pointer, words, type, and whether the schema demands it. */
export function placesIn(schema) {
  const places = [];
  const resolve = (node, hops = 0) => {
    const reference = own(node, "$ref");
    if (typeof reference !== "string" || !reference.startsWith("#/") || hops > 8) return node;
    const target = reference.slice(2).split("/").reduce((place, token) => own(place, token.replaceAll("~1", "/").replaceAll("~0", "~")), schema);
    return isObject(target) ? resolve(target, hops + 1) : {};
  };
  const walk = (raw, tokens, isRequired) => {
    if (places.length >= mostPlaces || tokens.length > deepest) return;
    const node = resolve(raw);
    if (!isObject(node)) return;
    const parts = [node, ...(Array.isArray(own(node, "allOf")) ? node.allOf.map((one) => resolve(one)) : [])];
    const properties = parts.map((part) => own(part, "properties")).filter(isObject);
    if (properties.length > 0) {
      const required = new Set(parts.flatMap((part) => (Array.isArray(own(part, "required")) ? part.required : [])));
      for (const some of properties) for (const [name, child] of Object.entries(some)) walk(child, [...tokens, name], isRequired && required.has(name));
      return;
    }
    if (tokens.length === 0) return;
    const type = [own(node, "type")].flat().find((one) => typeof one === "string" && one !== "null");
    places.push({
      pointer: `/${tokens.map((token) => token.replaceAll("~", "~0").replaceAll("/", "~1")).join("/")}`,
      title: text(own(node, "title")), description: text(own(node, "description")), type, format: text(own(node, "format")),
      pattern: text(own(node, "pattern")), choices: Array.isArray(own(node, "enum")) ? node.enum.filter((one) => typeof one === "string") : [],
      constant: typeof own(node, "const") === "string" ? node.const : undefined, isRequired,
    });
  };
  walk(schema, [], true);
  return places;
}

const text = (value) => (typeof value === "string" ? value.slice(0, 200) : "");

/** Swedish words of forms, and what case systems call them. */
const meanings = {
  personnummer: "legal identity person number ssn pnr", efternamn: "family last surname name", förnamn: "given first name", namn: "name",
  gatuadress: "street address", adress: "address street", postnummer: "postal zip code", postnr: "postal zip code", postort: "city town locality",
  ort: "city town place", telefon: "phone telephone mobile", telefonnummer: "phone telephone", mobil: "mobile phone", epost: "email mail", e: "email", post: "mail",
  datum: "date on", födelsedatum: "birth date born", född: "birth born", från: "from start begin", till: "to end until", period: "period",
  belopp: "amount sum", summa: "amount sum total", hyra: "rent", inkomst: "income salary", lön: "salary income", kostnad: "cost expense", kostnader: "expenses costs",
  civilstånd: "civil marital status", kontaktad: "contact by", kontakt: "contact", medsökande: "co applicant exists", medsökandes: "co applicant", sökande: "applicant",
  barn: "child children", hushåll: "household", bostad: "housing home dwelling", skäl: "reason motivation", beskriv: "reason description", samtycke: "consent", samtycker: "consent",
  underskrift: "signed signature", namnteckning: "signed signature", namnförtydligande: "printed name", försäkran: "declaration", försäkrar: "declaration", ansökan: "application",
  kommun: "municipality", land: "country", kön: "gender sex", arbetsgivare: "employer", bank: "bank", konto: "account", kontonummer: "account number",
  antal: "number count", vuxna: "adults", vuxen: "adult", månad: "monthly month", år: "year yearly", inkomster: "income", utgifter: "expenses costs", utgift: "expense cost",
  ersättning: "benefit compensation", sjukpenning: "benefit sickness", pension: "pension benefit", bidrag: "allowance grant benefit", försäkring: "insurance",
  resor: "travel", resa: "travel trip", hushållsel: "electricity", elektricitet: "electricity", sysselsättning: "occupation employment", yrke: "occupation profession",
  annan: "other", annat: "other", sökt: "applied requested", varför: "reason motivation", berätta: "reason description", motivering: "reason motivation", orsak: "reason cause",
  flyttade: "moved in", inflyttad: "moved in", skola: "school", förskola: "preschool school", fastighet: "property", fastighetsbeteckning: "property designation",
  företag: "company organisation", organisation: "organisation", vårdnadshavare: "guardian", make: "spouse", maka: "spouse", sambo: "partner cohabitant",
  lägenhet: "apartment", anteckningar: "notes", meddelande: "message", kommentar: "comment", antalet: "number count", tid: "time", klockslag: "time",
  clearing: "clearing", clearingnummer: "clearing", boendeform: "housing kind type", boende: "housing", avser: "for period", el: "electricity", övrigt: "other", övriga: "other",
};

const kindsOf = {
  personnummer: "legal identity personnummer", "person-name": "name", postnummer: "postal zip code", place: "city place", phone: "phone", email: "email",
  date: "date", amount: "amount", organisationsnummer: "organisation orgnr", bankgiro: "bankgiro", plusgiro: "plusgiro", iban: "iban",
};

const stem = (word) => (word.length > 4 ? word.replace(/(ers|er|or|s|en|et)$/, "") : word);
const wordsOf = (text) => text.replace(/([a-zåäö0-9])([A-ZÅÄÖ])/g, "$1 $2").toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 1 || word === "e");

/** What a field is about, as words that a schema may use. */
function aboutField(field) {
  const label = typeof field.label === "string" ? field.label : Object.values(field.label ?? {}).join(" ");
  const all = new Map();
  const add = (word, weight) => all.set(stem(word), Math.max(all.get(stem(word)) ?? 0, weight));
  for (const word of [...wordsOf(label), ...wordsOf(field.name ?? "")]) {
    add(word, 1);
    const key = meanings[word] ? word : Object.keys(meanings).find((one) => one.length > 4 && slugged(one) === word);
    for (const meaning of (meanings[key] ?? "").split(" ").filter(Boolean)) add(meaning, 1);
    // "Hemförsäkring" is an insurance, "boendekostnad" a cost of housing.
    if (!key) for (const part of Object.keys(meanings).filter((one) => one.length > 4 && word.length > one.length && (word.startsWith(one) || word.endsWith(one)))) {
      for (const meaning of meanings[part].split(" ")) add(meaning, 0.8);
    }
  }
  for (const word of (kindsOf[field.type] ?? "").split(" ").filter(Boolean)) add(word, 0.7);
  if (field.kind === "signature") for (const word of ["signed", "signature"]) add(word, 1);
  return all;
}

const slugged = (text) => text.replace(/[åä]/g, "a").replace(/ö/g, "o");

function fits(field, place) {
  const wants = { checkbox: ["boolean"], signature: ["boolean", "string"], table: ["array"], choice: field.select === "any" ? ["array"] : ["string", "boolean", "integer"] }[field.kind]
    ?? { amount: ["number", "integer", "string"], integer: ["integer", "number", "string"], decimal: ["number", "string"] }[field.type] ?? ["string"];
  if (place.type && !wants.includes(place.type)) return 0;
  if (place.constant !== undefined) return 0;
  let bonus = 1;
  if (place.format === "date" || place.format === "email") bonus = field.type === place.format ? 1.6 : 0.3;
  else if (field.type === "date" && place.type === "string") bonus = 0.8;
  if (place.choices.length > 0) {
    if (field.kind !== "choice") return 0.2;
    const values = new Set((field.options ?? []).map(({ value }) => value));
    bonus *= place.choices.some((one) => values.has(one)) ? 2 : 0.8;
  }
  return bonus;
}

/** How well a field suits a place, from 0. */
export function score(field, place) {
  const bonus = fits(field, place);
  if (bonus === 0) return 0;
  const about = aboutField(field);
  const tokens = place.pointer.split("/").slice(1);
  let found = 0;
  let all = 0;
  tokens.forEach((token, index) => {
    const weight = index === tokens.length - 1 ? 2 : 0.5;
    for (const word of wordsOf(token)) {
      found += weight * (about.get(stem(word)) ?? 0);
      all += weight;
    }
  });
  for (const word of wordsOf(`${place.title} ${place.description}`)) found += 0.4 * (about.get(stem(word)) ?? 0);
  return (bonus * found) / Math.max(1, Math.sqrt(all));
}

/** The best places for fields that have none yet; each place once. Pairs of field key and place. */
export function suggestions(fields, places) {
  const taken = new Set(fields.map((field) => field.target).filter(Boolean));
  const pairs = fields.filter((field) => !field.target)
    .flatMap((field) => places.filter(({ pointer }) => !taken.has(pointer)).map((place) => ({ field, place, score: score(field, place) })))
    .filter((pair) => pair.score > 0.9)
    .sort((one, other) => other.score - one.score);
  const made = new Map();
  const used = new Set();
  for (const { field, place } of pairs) {
    if (made.has(field._key) || used.has(place.pointer)) continue;
    made.set(field._key, place);
    used.add(place.pointer);
  }
  return made;
}
