// What is wrong with the page as it is shown right now, as sentences; run by kiosk_test.py in each size and colour scheme.
const faults = [];
const shown = (one) => one.getClientRects().length > 0 && !one.closest(".visually-hidden");
const name = (one) => (one.getAttribute("aria-label") || one.labels?.[0]?.textContent || one.textContent || one.alt || "").trim();
const start = (one) => one.outerHTML.slice(0, 120);

for (const one of document.querySelectorAll("button, a[href], input, select, textarea, [role=img], [role=region]"))
  if (shown(one) && !name(one)) faults.push("no name: " + start(one));
for (const one of document.querySelectorAll("img:not([alt])")) faults.push("no alt: " + one.src);
for (const one of document.querySelectorAll("button:not(.mark), a.button, input[type=text], select, textarea"))
  if (shown(one) && one.getBoundingClientRect().height < 24) faults.push("too small to press: " + start(one));
const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push("id twice: " + id);
for (const one of document.querySelectorAll("[aria-describedby]"))
  if (!document.getElementById(one.getAttribute("aria-describedby"))) faults.push("described by nothing: " + start(one));
if (!["sv", "en"].includes(document.documentElement.lang)) faults.push("no language");
if (!document.title) faults.push("no title");
if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
if (!document.querySelector("[aria-live]")) faults.push("no live region");

// Nothing runs out of the screen or out of its box.
if (document.documentElement.scrollWidth > document.documentElement.clientWidth)
  for (const one of document.querySelectorAll("main *, header *"))
    if (shown(one) && !one.closest(".paper *") && one.getBoundingClientRect().right > document.documentElement.clientWidth)
      faults.push("wider than the page: " + start(one));
for (const one of document.querySelectorAll("button:not(.mark), .button, .chip, select, h1, h2, p, .value, .name"))
  if (shown(one) && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0) faults.push("runs over: " + start(one));

// Text stands out from what is really behind it.
const parse = (text) => {
  const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
  return { red, green, blue, alpha };
};
const luminance = ({ red, green, blue }) => {
  const [r, g, b] = [red, green, blue].map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = (one) => {
  for (let place = one; place; place = place.parentElement) {
    const colour = parse(getComputedStyle(place).backgroundColor);
    if (colour.alpha === 1) return colour;
  }
  return { red: 255, green: 255, blue: 255 };
};
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const one = texts.currentNode.parentElement;
  if (!texts.currentNode.textContent.trim() || !shown(one) || one.closest("noscript, script, :disabled, .mark, .skip")) continue;
  const style = getComputedStyle(one);
  const [light, dark] = [luminance(parse(style.color)), luminance(ground(one))].sort((a, b) => b - a);
  const ratio = (light + 0.05) / (dark + 0.05);
  if (ratio < 4.5) faults.push(`contrast ${ratio.toFixed(2)}: ${start(one)}`);
}
return faults;
