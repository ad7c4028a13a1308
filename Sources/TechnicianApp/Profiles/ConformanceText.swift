import Scanning
import Support

/// The report of `blankett profiles verify` for people.
struct ConformanceText {
    let report: ConformanceReport
    let language: Language

    var lines: [String] {
        var lines = [
            "\(report.model ?? "?")  (\(report.connection.rawValue))",
            Words(
                en: "profile \(report.device), version \(report.version); Blankett \(report.blankett), \(report.date)",
                sv: "profil \(report.device), version \(report.version); Blankett \(report.blankett), \(report.date)")[
                    language],
            "",
        ]
        for scan in report.scans { lines += self.lines(scan) }
        let passed = report.scans.count { $0.outcome == .passed }
        lines += [
            "",
            Words(
                en: "\(passed) of \(report.scans.count) scan profiles came as asked",
                sv: "\(passed) av \(report.scans.count) skanningsprofiler kom som begärt")[language],
        ]
        return lines
    }

    private func lines(_ scan: ConformanceReport.Scan) -> [String] {
        var head = "\(word(scan.outcome))  \(scan.profile)"
        if let page = scan.pages.first, let seconds = scan.seconds {
            let dpi = page.resolution.map { ", \($0.shortest) dpi" } ?? ""
            head +=
                ": \(page.width) × \(page.height)\(dpi), \(page.channels == 1 ? gray : color), \(page.format), "
                + "\(scan.pages.count) \(pages(scan.pages.count)), \(seconds.shortest) s"
        }
        var lines = [head]
        if let reason = scan.reason {
            lines.append("    \(reason)")
        } else if let code = scan.code {
            lines.append("    \(code == "feeder-empty" ? noPaper : code)")
        }
        for change in scan.adjustments {
            lines.append(
                "    "
                    + Words(
                        en: "adjusted: \(change.name) \(change.asked) → \(change.got)",
                        sv: "ändrat: \(change.name) \(change.asked) → \(change.got)")[language])
        }
        for difference in scan.differences {
            let page = difference.page.map { Words(en: "page \($0), ", sv: "sida \($0), ")[language] } ?? ""
            lines.append(
                "    \(page)\(word(difference.what)): "
                    + Words(
                        en: "\(difference.asked) was asked, \(difference.got) came",
                        sv: "\(difference.asked) begärdes, \(difference.got) kom")[language])
        }
        return lines
    }

    private func word(_ outcome: ConformanceReport.Scan.Outcome) -> String {
        let words =
            switch outcome {
            case .passed: Words(en: "as asked", sv: "som begärt")
            case .differs: Words(en: "DIFFERS ", sv: "AVVIKER   ")
            case .refused: Words(en: "not here", sv: "finns ej  ")
            case .failed: Words(en: "FAILED  ", sv: "FEL       ")
            case .skipped: Words(en: "no paper", sv: "inget ark ")
            }
        return words[language]
    }

    private func word(_ what: Conformance.Difference.What) -> String {
        let words =
            switch what {
            case .width: Words(en: "width in pixels", sv: "bredd i bildpunkter")
            case .height: Words(en: "height in pixels", sv: "höjd i bildpunkter")
            case .resolution: Words(en: "dots per inch", sv: "punkter per tum")
            case .mode: Words(en: "colour", sv: "färg")
            case .format: Words(en: "image format", sv: "bildformat")
            case .sides: Words(en: "sides", sv: "sidor")
            case .count: Words(en: "count", sv: "antal")
            }
        return words[language]
    }

    private var gray: String { Words(en: "grey", sv: "grått")[language] }
    private var color: String { Words(en: "colour", sv: "färg")[language] }
    private var noPaper: String {
        Words(en: "there was no paper in the feeder", sv: "det låg inget papper i mataren")[language]
    }

    private func pages(_ count: Int) -> String {
        Words(en: count == 1 ? "page" : "pages", sv: count == 1 ? "sida" : "sidor")[language]
    }
}
