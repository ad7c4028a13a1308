// For a technician: what is attached, which profile fits, a trial scan, profile files, and what failed scans have left.
import { get, post, Refusal } from "./api.js";
import { deviceSign } from "./device.js";
import { announce, chip, element, show, viewHead } from "./dom.js";
import { fail } from "./app.js";
import { code, counted, hasCode, moment, t } from "./strings.js";

const outcomeTones = { passed: "read", differs: "uncertain", refused: "empty", failed: "unreadable", skipped: "empty" };

export function devicesView() {
  let shownAs;
  let view;
  let isBusy = false;
  // What trial scans have shown since the page was opened, by device: one report with the scans of all of them.
  const reports = new Map();
  let said;

  async function verify(device, profile) {
    isBusy = true;
    said = undefined;
    render();
    announce(t("verifying", code("profile", profile)));
    try {
      const fresh = await post(`/api/devices/${encodeURIComponent(device)}/verify`, { profile });
      const others = (reports.get(device)?.scans ?? []).filter((one) => one.profile !== profile);
      reports.set(device, { ...fresh, scans: [...others, ...fresh.scans] });
      announce(t(`verify.${fresh.scans[0].outcome}`));
    } catch (error) {
      if (!(error instanceof Refusal)) fail(error);
      said = { tone: "problem", lines: [code("error", error.code ?? "other"), hasCode("advice", error.code) && code("advice", error.code)] };
    }
    isBusy = false;
    await load(true);
  }

  async function loadProfile(event) {
    const files = [...event.currentTarget.files];
    const file = files.find((one) => !one.name.endsWith(".sig"));
    if (!file) return;
    const signature = await files.find((one) => one.name === `${file.name}.sig`)?.text();
    try {
      const { loaded } = await post("/api/devices/profiles", { name: file.name, text: await file.text(), ...(signature ? { signature } : {}) });
      said = { tone: "", lines: [t("profileLoaded", loaded.flatMap((one) => one.devices.map((device) => device.name)).join(", "))] };
    } catch (error) {
      if (!(error instanceof Refusal)) fail(error);
      // What is wrong with the file, in the words for who wrote it.
      said = { tone: "problem", lines: [code("error", error.code ?? "other"), ...(error.detail ?? "").split("\n").slice(0, 12)] };
    }
    await load(true);
    document.getElementById("said")?.focus();
  }

  /** Gives the report to the browser as a file. */
  function download(device) {
    const link = element("a", { href: URL.createObjectURL(new Blob([JSON.stringify(reports.get(device), undefined, 2)], { type: "application/json" })), download: "conformance.json" });
    link.click();
    URL.revokeObjectURL(link.href);
  }

  const difference = (one) =>
    t("verifyDiffers", one.page ? t("pageN", one.page) : t("batch"), hasCode("verifyWhat", one.what) ? t(`verifyWhat.${one.what}`) : one.what, one.asked, one.got);

  function trial(scan) {
    const page = scan.pages[0];
    return element(
      "li",
      { class: "trial" },
      element(
        "div",
        { class: "field-head" },
        element("span", { class: "name" }, code("profile", scan.profile)),
        chip(outcomeTones[scan.outcome] ?? "empty", t(`verify.${scan.outcome}`)),
      ),
      page && element("p", { class: "quiet" }, `${page.width} × ${page.height}${page.resolution ? `, ${page.resolution} dpi` : ""} · ${counted("pages", scan.pages.length)} · ${scan.seconds} s`),
      scan.code && element("p", {}, code("error", scan.code)),
      scan.reason && element("p", { class: "quiet", lang: "en" }, scan.reason),
      scan.adjustments.map((one) => element("p", { class: "quiet" }, t("verifyAdjusted", one.name, one.asked, one.got))),
      scan.differences.map((one) => element("p", {}, difference(one))),
    );
  }

  function card({ details, profile, last }, index) {
    const { device } = details;
    const { tone, text, advice } = deviceSign(device);
    const report = reports.get(device.id);
    const offered = profile?.profile ? profile.scans : [];
    return element(
      "section",
      { class: "card stack tight", "aria-labelledby": `device-${index}` },
      element("div", { class: "field-head" }, element("h2", { class: "name", id: `device-${index}` }, device.name), chip(tone, text)),
      advice && element("p", {}, advice),
      element(
        "dl",
        { class: "facts" },
        [
          ["deviceProfile", profile?.profile ? t("profileVersion", profile.profile, profile.version) : t(profile?.code ? "unknownNow" : "noProfile")],
          ["deviceAddress", `${details.address} (${details.connection})`],
          ["deviceOrigin", hasCode("origin", device.origin) ? t(`origin.${device.origin}`) : device.origin],
          ["lastScan", last ? `${moment(last.startedAt)} · ${counted("pages", last.pages)} · ${code("profile", last.profile)}${last.reason ? ` · ${code("error", last.reason)}` : ""}` : t("neverScanned")],
        ].flatMap(([key, value]) => [element("dt", {}, t(key)), element("dd", {}, value)]),
      ),
      element("h3", {}, t("verifyTitle")),
      element("p", { class: "hint" }, t(offered.length ? "verifyLead" : "verifyNone")),
      element(
        "div",
        { class: "actions" },
        offered.map((one) =>
          element(
            "button",
            { type: "button", id: `verify-${index}-${one}`, disabled: isBusy || device.state !== "ready", onclick: () => verify(device.id, one) },
            t("verifyOne", code("profile", one)),
          ),
        ),
      ),
      report && element("ul", { class: "stack tight", id: `report-${index}` }, report.scans.map(trial)),
      report && element("div", { class: "actions" }, element("button", { type: "button", id: `download-${index}`, onclick: () => download(device.id) }, t("downloadReport"))),
    );
  }

  function filesCard() {
    return element(
      "section",
      { class: "card stack tight" },
      element("h2", {}, t("profileFiles")),
      view.files.length
        ? element("details", { id: "profile-files" }, element("summary", {}, t("profileFilesN", view.files.length)), element(
            "ul",
            { class: "plain-list" },
            view.files.map((file) =>
              element(
                "li",
                {},
                element("strong", {}, file.name),
                ` · ${file.maker} · ${file.devices.map((one) => t("profileVersion", one.name, one.version)).join(", ")} · `,
                t(file.signer ? "signed" : "unsigned"),
              ),
            ),
          ))
        : element("p", { class: "quiet" }, t("noProfileFiles")),
      view.problems.length > 0 && element("div", { class: "card notice problem" }, element("div", { lang: "en" }, view.problems.map((one) => element("p", {}, one)))),
      element(
        "div",
        { class: "choices" },
        element(
          "label",
          { for: "profile-file" },
          t("loadProfile"),
          element("input", { type: "file", id: "profile-file", accept: ".json5,.sig", multiple: true, onchange: loadProfile }),
        ),
      ),
    );
  }

  function tracesCard() {
    return element(
      "section",
      { class: "card stack tight" },
      element("h2", {}, t("traces")),
      element("p", { class: "hint" }, t("tracesLead")),
      view.traces.length
        ? element(
            "ul",
            { class: "plain-list" },
            view.traces.map((trace) =>
              element(
                "li",
                {},
                element("a", { href: `/api/devices/traces/${encodeURIComponent(trace.name)}`, download: trace.name }, trace.name),
                ` · ${moment(trace.writtenAt)} · ${Math.ceil(trace.bytes / 1024)} kB`,
              ),
            ),
          )
        : element("p", { class: "quiet" }, t("noTraces")),
    );
  }

  function render() {
    show(
      element(
        "div",
        { class: "stack" },
        viewHead(t("devices"), element("a", { class: "button", id: "back", href: "#/" }, t("start"))),
        said && element("div", { class: `card notice ${said.tone}`, id: "said", tabindex: "-1", role: "status" }, element("div", {}, said.lines.filter(Boolean).map((line) => element("p", {}, line)))),
        view.devices.length ? view.devices.map(card) : element("p", { class: "card" }, t("noScanner")),
        filesCard(),
        tracesCard(),
      ),
    );
  }

  async function load(isForced) {
    const fresh = await get("/api/devices");
    const content = JSON.stringify(fresh);
    if (!isForced && content === shownAs) return;
    shownAs = content;
    view = fresh;
    render();
  }

  return {
    async update(_, isCurrent, isNew) {
      if (isCurrent() && !isBusy) await load(isNew);
    },
  };
}
