import AgentApp
import Forms
import Reading
import Support
import Synchronization

/// Reads pages whose image is a text: `sure NAME`, `unsure NAME`, `disputed READ OTHER`, `children`, `blank`, `separator`, `foreign` …; dies on cue.
final class FakeReader: PageReader {
    private let deaths: Mutex<Int>

    /// - Parameter deaths: How many calls find no worker.
    init(deaths: Int = 0) {
        self.deaths = Mutex(deaths)
    }

    func read(_ bytes: [UInt8], source: String, options: ReadOptions) async throws -> [ReadPage] {
        let isDead = deaths.withLock { deaths in
            deaths -= 1
            return deaths >= 0
        }
        if isDead { throw BlankettError("worker-died", exit: .fault, "The read-worker ended.", isTransient: true) }
        let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        let result =
            switch words.first {
            case "sure", "unsure":
                PageResult(
                    source: source, frame: 1, outcome: .identified, form: FakeForm.template.key, page: 1, confidence: 1,
                    fields: [
                        FieldReading(
                            name: "name", value: .string(words.dropFirst().joined(separator: " ")), confidence: 0.9,
                            status: words[0] == "sure" ? .read : .uncertain, page: 1,
                            box: MillimetreRect(x: 20, y: 20, width: 80, height: 8),
                            reason: words[0] == "sure" ? nil : "readers-differ")
                    ])
            case "disputed" where words.count == 3:
                PageResult(
                    source: source, frame: 1, outcome: .identified, form: FakeForm.template.key, page: 1, confidence: 1,
                    fields: [
                        FieldReading(
                            name: "name", value: .string(String(words[1])), raw: String(words[1]), confidence: 0.6,
                            status: .uncertain, page: 1, box: MillimetreRect(x: 20, y: 20, width: 80, height: 8),
                            reason: "readers-differ",
                            candidates: words.dropFirst().map { .init(text: String($0), confidence: 0.5, reader: "") })
                    ])
            case "children":
                PageResult(
                    source: source, frame: 1, outcome: .identified, form: FakeForm.template.key, page: 1, confidence: 1,
                    fields: [
                        FieldReading(
                            name: "children",
                            value: [["name": "Elsa", "born": "2015-04-17"], ["name": "Ture", "born": "2020-09-02"]],
                            confidence: 0.9, status: .uncertain, page: 1,
                            box: MillimetreRect(x: 20, y: 60, width: 120, height: 24), reason: "readers-differ")
                    ])
            // Of a version that nobody taught; a person may say that it is the one that is known.
            case "strange" where options.form == FakeForm.template.id && options.version == 1:
                PageResult(
                    source: source, frame: 1, outcome: .identified, reason: PageResult.versionAssigned,
                    form: FakeForm.template.key, page: 1, confidence: 1,
                    fields: [
                        FieldReading(
                            name: "name", value: .string(words.dropFirst().joined(separator: " ")), confidence: 0.9,
                            status: .uncertain, page: 1, box: MillimetreRect(x: 20, y: 20, width: 80, height: 8))
                    ])
            case "strange":
                PageResult(source: source, frame: 1, outcome: .unknownVersion, form: FakeForm.template.key)
            case "blank": PageResult(source: source, frame: 1, outcome: .blank, isBare: words.last != "dotted")
            case "separator": PageResult(source: source, frame: 1, outcome: .unknownForm, reason: "separator")
            default: PageResult(source: source, frame: 1, outcome: .unknownForm)
            }
        return [ReadPage(result: result, preview: Array("preview".utf8))]
    }
}

enum FakeForm {
    static let template = FormTemplate(
        id: "fake", version: 1, name: "Påhittad", pages: [.init(image: "page-1.png", width: 210, height: 297)],
        fields: [
            Field(
                name: "name", label: "Namn", page: 1, kind: .text, type: .text,
                box: MillimetreRect(x: 20, y: 20, width: 80, height: 8)),
            Field(
                name: "day", label: "Dag", page: 1, kind: .text, type: .date,
                box: MillimetreRect(x: 20, y: 40, width: 40, height: 8)),
            Field(
                name: "children", label: "Barn", page: 1, kind: .table,
                box: MillimetreRect(x: 20, y: 60, width: 120, height: 24), rows: 3,
                columns: [
                    .init(name: "name", type: .personName, x: 0, width: 60),
                    .init(name: "born", type: .date, x: 60, width: 40),
                    .init(name: "lives", kind: .checkbox, type: .boolean, x: 100, width: 20),
                ]),
        ])

    /// Every page is a document of its own.
    static let rules = DocumentRules(
        templates: [template.key: template],
        assemble: { pages in
            pages.map { page in
                let outcome: DocumentReading.Outcome =
                    switch page.outcome {
                    case .identified: page.fields.contains { $0.isDoubtful } ? .needsReview : .read
                    case .blank: .blank
                    case .unknownForm: .unknownForm
                    case .unknownVersion: .unknownVersion
                    case .unreadable: .unreadable
                    }
                return DocumentReading(
                    source: [page.source], form: page.form.map { .init(id: $0.id, version: $0.version, confidence: 1) },
                    outcome: outcome, pages: [.init(source: page.source, frame: 1, page: page.page)],
                    fields: page.fields)
            }
        },
        normalize: { text, field, _ in field.normalize(text) },
        reconsider: { reading, _ in
            var reading = reading
            reading.data = .object(
                Dictionary(uniqueKeysWithValues: reading.fields.map { ($0.name, $0.value ?? .null) }))
            return reading
        })
}
