// Builds elements. Text goes in as text, never as markup: what stands on a form is not to be trusted.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "class") made.className = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  for (const child of children.flat()) {
    if (child !== undefined && child !== null && child !== false) made.append(child);
  }
  return made;
}

/** The head of a view, with what stands beside its title; the window is called so, too. */
export function viewHead(title, ...beside) {
  document.title = `${title} – Blankett`;
  return element("div", { class: "document-head" }, element("h1", {}, title), ...beside);
}

/** Draws the view anew; who stands on an element with an id stays there. */
export function show(...children) {
  const focused = document.activeElement?.id;
  document.getElementById("main").replaceChildren(...children.flat().filter(Boolean));
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/** A button for what cannot be taken back: the first press only says what the second one does. */
export function pressTwice(text, really, action, attributes = {}) {
  const button = element("button", { type: "button", class: "danger", ...attributes }, text);
  let isSure = false;
  button.addEventListener("click", () => {
    if (isSure) return action();
    isSure = true;
    button.textContent = really;
  });
  button.addEventListener("blur", () => {
    isSure = false;
    button.textContent = text;
  });
  return button;
}

/** Says something to who cannot see it change. */
export function announce(text, isUrgent = false) {
  const place = document.getElementById(isUrgent ? "alarm" : "live");
  if (place.textContent !== text) place.textContent = text;
}

/** Says what did not work, to everyone; it stays until the person goes on. */
export function warn(text) {
  const place = document.getElementById("warning");
  if (place.textContent !== text) place.textContent = text;
}

const signs = { read: "✓", uncertain: "?", empty: "–", unreadable: "!", confirmed: "✓", corrected: "✎" };

export const sign = (status) => signs[status] ?? "•";

export const chip = (status, text) => element("span", { class: `chip is-${status}`, "data-sign": sign(status) }, text);
