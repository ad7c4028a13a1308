// How a scanner stands, in words: one sentence for who stands before it, and what to do when it cannot scan.
import { code, t } from "./strings.js";

const obstacles = ["jam", "multipick", "door-open"];

/** The reason without its full stop. */
const short = (name) => code("error", name).replace(/\.$/, "");

/** The scanner's state as a sign: its tone, its text, and the advice when something is in the way. */
export function deviceSign(device) {
  if (device.state === "scanning") return { tone: "confirmed", text: t("scanning") };
  if (obstacles.includes(device.feeder)) {
    return { tone: "unreadable", text: short(device.feeder), advice: code("advice", device.feeder) };
  }
  if (device.state === "unreachable") {
    const stopped = ["scanner-stopped", "scanner-down", "scanner-not-trusted"].includes(device.code);
    const name = stopped ? device.code : "scanner-unreachable";
    return { tone: "unreadable", text: short(name), advice: code("advice", name) };
  }
  if (device.state === "busy") return { tone: "empty", text: t("busy") };
  if (device.state !== "ready") return { tone: "empty", text: t("searching") };
  if (device.feeder === "loaded") return { tone: "read", text: `${t("ready")} · ${t("feederLoaded")}` };
  if (device.feeder === "empty") return { tone: "empty", text: `${t("ready")} · ${t("feederEmpty")}` };
  return { tone: "read", text: t("ready") };
}

export const isInTheWay = (device) => device.state === "unreachable" || obstacles.includes(device.feeder);
