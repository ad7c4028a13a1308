// The keys: which there are, and the sheet that tells them.
import { element } from "./dom.js";
import { t } from "./strings.js";

const lists = {
  start: [["keyTab"], ["keyEnterOpen"], ["keyHelp"]],
  document: [["keyEnter"], ["keyType"], ["keyOthers"], ["keyPlace"], ["keyTab"], ["keyEsc"], ["keyUndo"], ["keyZoom"], ["keyHelp"]],
  group: [["keyEnter"], ["keyType"], ["keyOthers"], ["keyPlace"], ["keyTab"], ["keyAll"], ["keyZoom"], ["keyEsc"], ["keyHelp"]],
};

const here = () => lists[location.hash.split("/")[1]] ?? lists.start;

/** Whether the key is meant as a letter by who types. */
export function isTyping(target) {
  if (target.tagName === "TEXTAREA") return target.value !== target.dataset.proposal;
  if (target.tagName !== "INPUT" || !["text", "password"].includes(target.type)) return false;
  return target.dataset.proposal === undefined || target.value !== target.dataset.proposal;
}

export function openKeys() {
  if (document.querySelector("dialog[open]")) return;
  const came = document.activeElement;
  const dialog = element(
    "dialog",
    { class: "keys", "aria-label": t("keysTitle") },
    element("h2", {}, t("keysTitle")),
    element(
      "dl",
      {},
      here().flatMap(([key]) => {
        const [press, does] = t(key).split(" | ");
        return [element("dt", {}, press.split(" + ").map((one) => element("kbd", {}, one))), element("dd", {}, does)];
      }),
    ),
    element("div", { class: "actions" }, element("button", { type: "button", class: "primary", id: "keys-close", onclick: () => dialog.close() }, t("close"))),
  );
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (came?.isConnected) came.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** `?` and F1 tell the keys, wherever one is; who is typing gets the character. */
export function listenForKeys() {
  addEventListener("keydown", (event) => {
    if (event.key !== "F1" && !(event.key === "?" && !isTyping(event.target))) return;
    event.preventDefault();
    openKeys();
  });
}
