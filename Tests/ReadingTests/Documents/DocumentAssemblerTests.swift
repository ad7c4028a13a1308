import Forms
import Reading
import Support
import Testing

private let box = MillimetreRect(x: 0, y: 0, width: 10, height: 5)

private func template(rules: [Rule] = []) -> FormTemplate {
    FormTemplate(
        id: "form", version: 1, name: "Form",
        pages: [1, 2].map { .init(image: "page-\($0).png", width: 210, height: 297) },
        fields: [
            Field(
                name: "pnr-1", page: 1, kind: .comb, type: .personnummer, box: box, required: true,
                target: JSONPointer("/person/id")),
            Field(name: "from", page: 1, kind: .text, type: .date, box: box),
            Field(name: "to", page: 1, kind: .text, type: .date, box: box),
            Field(name: "pnr-2", page: 2, kind: .comb, type: .personnummer, box: box),
            Field(name: "note", page: 2, kind: .text, box: box, review: .never),
        ],
        rules: rules, output: .init(constants: ["/channel": "PAPER"]))
}

private func reading(_ name: String, _ value: JSONValue?, page: Int, _ status: FieldReading.Status? = nil)
    -> FieldReading
{
    FieldReading(
        name: name, value: value, confidence: 0.999, status: status ?? (value == nil ? .empty : .read), page: page,
        box: box)
}

/// A page of the person `id`.
private func page(_ number: Int, _ source: String, id: String? = nil, more: [FieldReading] = []) -> PageResult {
    let key = reading("pnr-\(number)", id.map { .string($0) }, page: number)
    return PageResult(
        source: source, frame: 1, outcome: .identified, form: FormKey(id: "form", version: 1), page: number,
        confidence: 0.99, fields: [key] + more)
}

private func assemble(_ pages: [PageResult], rules: [Rule] = []) -> [DocumentReading] {
    DocumentAssembler.assemble(pages, templates: [template(rules: rules)])
}

/// Pages in the order they came (`a1` is page 1 of person a; `?` has no number), and the documents made of them.
private let orders: [(String, [String])] = [
    ("a1 a2", ["a1a2 read"]),
    ("a2 a1", ["a1a2 read"]),
    ("a1 a2 b1 b2", ["a1a2 read", "b1b2 read"]),
    ("a2 a1 b1 b2", ["a1a2 read", "b1b2 read"]),
    ("a1 b1 a2 b2", ["a1a2 read", "b1b2 read"]),
    ("a1 b1 b2", ["a1 incomplete", "b1b2 read"]),
    ("a1 b2", ["a1 foreign-page", "b2 foreign-page"]),
    ("a1", ["a1 incomplete"]),
    ("a1 ?2", ["a1?2 read"]),
    ("a1 b1 ?2", ["a1 incomplete", "b1?2 needs-review"]),
    ("a1 b1 ?2 ?2", ["a1?2 needs-review", "b1?2 needs-review"]),
    ("a1 a1 a2 a2", ["a1a2 read", "a1a2 read"]),
]

struct `The assembler` {
    @Test(arguments: orders)
    func `puts pages together in the order`(_ order: String, _ documents: [String]) {
        let people = ["a": "199001012385", "b": "198901012388"]
        let pages = order.split(separator: " ").map { word -> PageResult in
            let person = String(word.prefix(1))
            return page(Int(word.suffix(1)) ?? 0, String(word), id: people[person])
        }
        let made = assemble(pages)
        #expect(made.map { $0.pages.map(\.source).joined() + " " + $0.outcome.rawValue } == documents)
        #expect(made.flatMap(\.pages).count == pages.count)
    }

    @Test func `names the missing page`() {
        #expect(assemble([page(1, "a", id: "199001012385")])[0].reasons == ["Page 2 of 2 is missing."])
    }

    @Test func `keeps pages that are no form apart`() {
        let outcomes: [PageResult.Outcome] = [.blank, .unknownForm, .unknownVersion, .unreadable]
        let pages = outcomes.map { PageResult(source: $0.rawValue, frame: 1, outcome: $0) }
        #expect(assemble(pages).map(\.outcome) == [.blank, .unknownForm, .unknownVersion, .unreadable])
    }

    @Test func `takes pages of an unknown version in a row for one copy, as many as the form has`() {
        let near = FormKey(id: "form", version: 1)
        func strange(_ source: String, _ form: FormKey) -> PageResult {
            PageResult(source: source, frame: 1, outcome: .unknownVersion, form: form)
        }
        let other = FormKey(id: "other", version: 1)
        let pages = [
            strange("a1", near), strange("a2", near), strange("b1", near), page(1, "c1"), page(2, "c2"),
            strange("d1", near), strange("x", other),
        ]
        #expect(assemble(pages).map { $0.source.joined(separator: " ") } == ["a1 a2", "b1", "c1 c2", "d1", "x"])
        var assembler = DocumentAssembler(templates: [template()])
        #expect(assembler.add(pages[0]).isEmpty)
        #expect(assembler.add(pages[1]).map(\.outcome) == [.unknownVersion])
    }

    @Test(
        arguments: [
            (nil, nil, []),
            (PageResult.numberNotSeen, nil, [.numberNotSeen]),
            (PageResult.printNotSeen, nil, [.printNotSeen]),
            (PageResult.versionAssigned, nil, [.versionAssigned]),
            (nil, [PrintDifference(page: 1, box: .init(x: 20.4, y: 134, width: 3, height: 2))], [.otherPrint]),
        ] as [(String?, [PrintDifference]?, [PageDoubt])])
    func `says what it doubts of a page`(_ reason: String?, _ changes: [PrintDifference]?, _ doubts: [PageDoubt]) {
        var first = page(1, "a1", id: "199001012385")
        (first.reason, first.changes) = (reason, changes)
        let document = assemble([first, page(2, "a2", id: "199001012385")])[0]
        #expect(document.doubts == doubts)
        #expect(document.outcome == (doubts.isEmpty ? .read : .needsReview))
        #expect(document.pages[0].changes == changes)
        #expect(document.reasons.allSatisfy { changes == nil || $0.contains("20 mm from the left and 134 mm") })
    }

    @Test func `gives a document when it and those before it are complete`() {
        var assembler = DocumentAssembler(templates: [template()])
        #expect(assembler.add(page(1, "a1", id: "199001012385")).isEmpty)
        #expect(assembler.add(page(2, "a2", id: "199001012385")).count == 1)
        #expect(assembler.add(page(2, "b2", id: "198901012388")).isEmpty)
        #expect(assembler.finish().map(\.outcome) == [.incomplete])
    }

    @Test func `builds the data from targets and constants, without what was not read`() {
        let document = assemble([page(1, "a", id: "199001012385"), page(2, "b")])[0]
        #expect(document.data == ["person": ["id": "199001012385"], "channel": "PAPER"])
    }

    @Test func `asks for a required field that is empty`() {
        let document = assemble([page(1, "a"), page(2, "b")])[0]
        #expect(document.outcome == .needsReview)
        #expect(document.fields[0].reason == Reason.requiredMissing.rawValue)
    }

    @Test(arguments: [
        (FieldReading.Status.uncertain, "from", DocumentReading.Outcome.needsReview),
        (.unreadable, "from", .needsReview), (.uncertain, "note", .read), (.read, "from", .read),
    ])
    func `sends to a person what is doubtful, unless the form says never`(
        _ status: FieldReading.Status, _ name: String, _ outcome: DocumentReading.Outcome
    ) {
        let number = name == "note" ? 2 : 1
        let doubtful = reading(name, "2024-01-01", page: number, status)
        let pages = [
            page(1, "a", id: "199001012385", more: number == 1 ? [doubtful] : []),
            page(2, "b", more: number == 2 ? [doubtful] : []),
        ]
        #expect(assemble(pages)[0].outcome == outcome)
    }

    @Test(arguments: [
        ("2024-01-01", "2024-02-01", true), ("2024-01-01", "2024-01-01", true), ("2024-03-01", "2024-02-01", false),
    ])
    func `holds dates in order`(_ from: String, _ to: String, _ isKept: Bool) {
        let dates = [reading("from", .string(from), page: 1), reading("to", .string(to), page: 1)]
        let rule = Rule.order(fields: ["from", "to"], message: nil)
        let document = assemble([page(1, "a", id: "199001012385", more: dates), page(2, "b")], rules: [rule])[0]
        #expect(document.outcome == (isKept ? .read : .needsReview))
        #expect(document.fields.contains { $0.reason == Reason.ruleBroken.rawValue } == !isKept)
    }

    @Test func `adds up decimals exactly`() {
        let values: [FieldReading] = [
            reading("from", "0.10", page: 1), reading("to", "0.20", page: 1), reading("note", "0.30", page: 2),
        ]
        let rule = Rule.sum(parts: ["from", "to"], total: "note", message: nil)
        let pages = [page(1, "a", id: "199001012385", more: Array(values[..<2])), page(2, "b", more: [values[2]])]
        #expect(assemble(pages, rules: [rule])[0].outcome == .read)
    }

    @Test func `asks for what one of several must give, and for what another asks for`() {
        let rules: [Rule] = [
            .anyOf(fields: ["from", "to"], message: nil),
            .requires(field: "pnr-1", values: nil, then: ["note"], message: "Write a note."),
        ]
        let document = assemble([page(1, "a", id: "199001012385"), page(2, "b")], rules: rules)[0]
        #expect(document.outcome == .needsReview)
        #expect(document.reasons == ["One of from, to must be filled in.", "Write a note."])
    }

    @Test func `is content with what a clerk settled`() {
        var document = assemble([page(1, "a"), page(2, "b")])[0]
        document.fields[0].status = .corrected
        document.fields[0].value = "199001012385"
        let settled = document.assessed(by: template())
        #expect(settled.outcome == .read)
        #expect(settled.data["person"]?["id"] == "199001012385")
    }

    @Test(arguments: [[1, 2], [2, 1]])
    func `lets the page that differs between versions decide for the one that does not`(_ order: [Int]) {
        var newer = template()
        newer.version = 2
        // Page 2 is the same in both versions and was taken for the older one; page 1 is the newer one's.
        var first = page(1, "1", id: "199001012385")
        first.form = newer.key
        var second = page(2, "2", more: [reading("note", nil, page: 2)])
        second.alternatives = [newer.key]
        let made = DocumentAssembler.assemble(order.map { [first, second][$0 - 1] }, templates: [template(), newer])
        #expect(made.map(\.outcome) == [.read])
        #expect(made.first?.form?.version == 2)
    }

    @Test(arguments: ["added", "a type", "a label"])
    func `doubts a page that was read as another version with other fields`(_ what: String) throws {
        var newer = template()
        newer.version = 2
        let last = newer.fields.count - 1
        switch what {
        case "added":
            newer.fields.append(newer.fields[last])
            newer.fields[last + 1].name = "added"
        case "a type": newer.fields[last].type = .digits
        default: newer.fields[last].label = "Another word for it"
        }
        var first = page(1, "1", id: "199001012385")
        first.form = newer.key
        var second = page(2, "2")
        second.alternatives = [newer.key]
        let document = DocumentAssembler.assemble([first, second], templates: [template(), newer])[0]
        #expect(document.outcome == (what == "a label" ? .read : .needsReview))
        #expect(document.doubts == (what == "a label" ? [] : [.sharedPage]))
    }

    /// What else each page may be, what the document becomes, and what is asked.
    @Test(
        arguments: [
            (["other 1"], ["other 1"], "form 1", [.sharedForm]),
            (["other 1"], [], "form 1", []),
            ([], ["other 1"], "form 1", []),
            (["form 2"], ["form 2"], "form 1", []),
            (["form 2", "other 1"], ["other 1", "form 2"], "form 1", [.sharedForm]),
        ] as [([String], [String], String, [PageDoubt])])
    func `asks which form it is where nothing printed tells`(
        _ first: [String], _ second: [String], _ form: String, _ doubts: [PageDoubt]
    ) {
        func key(_ words: String) -> FormKey {
            FormKey(id: String(words.prefix { $0 != " " }), version: Int(words.suffix(1)) ?? 0)
        }
        let templates = ["form 1", "form 2", "other 1"].map { words in
            var made = template()
            (made.id, made.version) = (key(words).id, key(words).version)
            return made
        }
        var pages = [page(1, "1", id: "199001012385"), page(2, "2", id: "199001012385")]
        pages[0].alternatives = first.map(key)
        pages[1].alternatives = second.map(key)
        let document = DocumentAssembler.assemble(pages, templates: templates)[0]
        #expect(document.form.map { "\($0.id) \($0.version)" } == form)
        #expect(document.doubts == doubts)
        #expect(document.outcome == (doubts.isEmpty ? .read : .needsReview))
    }
}
