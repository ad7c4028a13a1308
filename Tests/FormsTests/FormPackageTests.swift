import Forms
import Foundation
import Support
import Testing
import TestSupport

/// A PNG with no more than the loader looks at.
func png(_ width: Int, _ height: Int) -> [UInt8] {
    func big(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + big(13) + Array("IHDR".utf8) + big(width) + big(height)
        + [8, 0, 0, 0, 0] + big(0) + big(0) + Array("IEND".utf8) + big(0)
}

/// Writes a package of one blank A4 page at 100 dots per inch and whatever else is given.
func write(_ template: String, files: [String: [UInt8]] = [:], to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let all = ["form.json5": Array(template.utf8), "page-1.png": png(827, 1169)].merging(files) { $1 }
    for (name, bytes) in all { try Data(bytes).write(to: folder.appending(path: name)) }
}

@Suite(.temporaryDirectory)
struct `Loading a form package` {
    @Test
    func `reads everything a template can say`() throws {
        let folder = TemporaryDirectory.url.appending(path: "ansokan")
        try write(
            """
            // As people write it: comments, bare keys, trailing commas.
            {
              format: "blankett-form/1", id: "ansokan", version: 3,
              name: { sv: "Ansökan", en: 'Application' },
              pages: [{ image: "page-1.png", width: 210, height: 297 }],
              identification: { text: "SOC 1042", barcode: "^SOC1042-\\\\d$" },
              errorTarget: 0.002,
              fields: [
                { name: "pnr", kind: "comb", cells: 12, box: [25, 60, 84, 7], type: "personnummer", required: true,
                  target: "/applicant/legalId" },
                { name: "namn", label: "Namn", kind: "text", writing: "hand-print", box: [25, 75, 120, 8] },
                { name: "skal", kind: "text", lines: 4, box: [25, 90, 160, 30], review: "always" },
                { name: "civil", kind: "choice", select: "any", correction: "filled-means-undone",
                  options: [{ value: "gift", box: [25, 130, 4, 4] }, { value: "ogift", box: [45, 131, 4, 4] }] },
                { name: "samtycke", kind: "checkbox", box: [25, 140, 4, 4] },
                { name: "kod", kind: "comb", cellBoxes: [[60, 140, 5, 6], [66, 140, 5, 6]], type: "code",
                  list: "codes.txt" },
                { name: "tabell", kind: "table", rows: 3, box: [25, 150, 160, 30], columns: [
                  { name: "vad", x: 0, width: 100 }, { name: "belopp", x: 100, width: 60, type: "amount" } ] },
                { name: "from", kind: "text", type: "date", box: [25, 190, 40, 6] },
                { name: "tom", kind: "text", type: "date", box: [75, 190, 40, 6] },
              ],
              rules: [
                { rule: "order", fields: ["from", "tom"], message: "Slutet är före början." },
                { rule: "requires", field: "civil", values: ["gift"], then: ["namn"] },
                { rule: "any-of", fields: ["namn", "pnr"] },
              ],
              output: { schema: "output.schema.json", constants: { "/channel": "PAPER" } },
            }
            """,
            files: [
                "codes.txt": Array("# remark\nA1\tFörsta\nB2\n".utf8),
                "output.schema.json": Array(#"{"type": "object"}"#.utf8),
            ], to: folder)

        let package = try FormPackage.load(folder)
        let form = package.template
        #expect(form.key == FormKey(id: "ansokan", version: 3))
        #expect(form.name.text(in: "en") == "Application")
        #expect(form.identification == .init(text: "SOC 1042", barcode: #"^SOC1042-\d$"#))
        #expect(form.errorTarget == 0.002)
        #expect(package.blank(1).lastPathComponent == "page-1.png")
        let fields = Dictionary(uniqueKeysWithValues: form.fields.map { ($0.name, $0) })
        #expect(form.fields.map(\.name).first == "pnr")
        #expect(fields["pnr"]?.combCells.count == 12)
        #expect(fields["pnr"]?.place == JSONPointer("/applicant/legalId"))
        #expect(fields["namn"]?.place == JSONPointer("/namn"))
        #expect(fields["namn"]?.writing == .handPrint)
        #expect(fields["skal"]?.lines == 4)
        #expect(fields["skal"]?.review == .always)
        #expect(fields["civil"]?.box == MillimetreRect(x: 25, y: 130, width: 24, height: 5))
        #expect(fields["civil"]?.correction == .filledMeansUndone)
        #expect(fields["samtycke"]?.type == .boolean)
        #expect(fields["kod"]?.cells == 2)
        #expect(fields["kod"]?.options.map(\.value) == ["A1", "B2"])
        #expect(fields["tabell"]?.columns.map(\.name) == ["vad", "belopp"])
        #expect(form.rules.count == 3)
        #expect(form.output?.constants == ["/channel": "PAPER"])
    }

    @Test(arguments: BadTemplate.all)
    func `says what is wrong, where, and what to write`(_ bad: BadTemplate) throws {
        let folder = TemporaryDirectory.url.appending(path: "p")
        try write(bad.template, files: bad.files, to: folder)
        var said: [String] = []
        do throws(FormPackageProblems) {
            _ = try FormPackage.load(folder)
        } catch {
            said = error.problems.map(\.description).map {
                $0.replacing(folder.relativePath + "/form.json5:", with: "")
            }
        }
        #expect(said == bad.says)
    }

    @Test
    func `says that a folder is no package`() {
        #expect(throws: FormPackageProblems.self) { try FormPackage.load(TemporaryDirectory.url) }
    }

    @Test(arguments: [
        ("{ pages: [ }", 1, ": a value is missing"), ("{\n a: 1\n b: 2 }", 3, ": a comma or } is missing"),
        ("{ a: 1 }\n}", 2, ": there is more after the end"),
        ("{\n a: \"b }\n", 2, ": the text that begins here has no closing quote"),
        ("{\n a: [1,\n 2", 2, ": the [ of this line has no ]"), ("{\n a 1 }", 2, ": a colon is missing after a"),
        ("", 1, ": a value is missing at the end"), ("{ a: 1, , }", 1, ": a key is missing"),
        ("/* {}", 1, ": the remark that begins here has no end"), ("{ a: 1x }", nil, ""),
        (String(repeating: "[", count: 100_000), 1, ": it is nested too deep"),
    ])
    func `says where a file stops being JSON5`(text: String, line: Int?, words: String) throws {
        let folder = TemporaryDirectory.url
        try write(text, to: folder)
        do throws(FormPackageProblems) {
            _ = try FormPackage.load(folder)
            Issue.record("loaded")
        } catch {
            #expect(error.problems.map(\.message) == ["The file is not JSON5\(words)."])
            #expect(error.problems.map(\.line) == [line])
        }
    }

    @Test
    func `refuses a link that leads out of the package`() throws {
        let folder = TemporaryDirectory.url.appending(path: "p")
        try write(BadTemplate.base(), to: folder)
        let secret = TemporaryDirectory.url.appending(path: "secret.png")
        try Data(png(827, 1169)).write(to: secret)
        let page = folder.appending(path: "page-1.png")
        try FileManager.default.removeItem(at: page)
        try FileManager.default.createSymbolicLink(at: page, withDestinationURL: secret)
        do throws(FormPackageProblems) {
            _ = try FormPackage.load(folder)
            Issue.record("loaded")
        } catch {
            #expect(error.problems.map(\.message) == ["\"page-1.png\" is a link that leads out of the package."])
        }
    }
}

@Suite(.temporaryDirectory)
struct `A library of forms` {
    private func makePackage(_ name: String, id: String, version: Int) throws {
        try write(
            BadTemplate.base(id: id, version: version), to: TemporaryDirectory.url.appending(path: name))
    }

    @Test
    func `finds the packages in a folder, and a package itself`() throws {
        try makePackage("b", id: "b", version: 1)
        try makePackage("a2", id: "a", version: 2)
        try makePackage("a1", id: "a", version: 1)
        let folder = TemporaryDirectory.url
        #expect(
            try FormLibrary.load([folder]).packages.map(\.template.key.description) == [
                "a version 1", "a version 2", "b version 1",
            ])
        #expect(try FormLibrary.load([folder.appending(path: "b")])[FormKey(id: "b", version: 1)] != nil)
        #expect(try FormLibrary.load([folder, folder.appending(path: "b")]).packages.count == 3)
    }

    @Test
    func `refuses two forms of the same id and version`() throws {
        try makePackage("one", id: "a", version: 1)
        try makePackage("two", id: "a", version: 1)
        let (library, problems) = FormLibrary.examine([TemporaryDirectory.url])
        #expect(library.packages.map(\.folder.lastPathComponent) == ["one"])
        #expect(problems.count == 1)
        #expect(problems.first?.message.hasPrefix("a version 1 is already in ") == true)
        #expect(throws: FormPackageProblems.self) { try FormLibrary.load([TemporaryDirectory.url]) }
    }

    @Test
    func `keeps the good forms when one is bad`() throws {
        try makePackage("good", id: "good", version: 1)
        try write("{}", to: TemporaryDirectory.url.appending(path: "bad"))
        let (library, problems) = FormLibrary.examine([TemporaryDirectory.url])
        #expect(library.packages.map(\.template.id) == ["good"])
        #expect(problems.count == 6)
    }

    /// Packages as id, version, the length of the blank page in the file, and the barcode that its template names.
    @Test(arguments: [
        ("a1 297", "b1 297", [["a", "b"]]),
        ("a1 297", "a2 297", []),
        ("a1 297", "b1 148", []),
        ("a1 297 A.*", "b1 297", [["a", "b"]]),
        ("a1 297 .*", "b1 297 .*", [["a", "b"]]),
        ("a1 297 A.*", "b1 297 B.*", []),
    ])
    func `names forms that are the very same paper`(_ first: String, _ second: String, _ twins: [[String]]) throws {
        for (index, package) in [first, second].enumerated() {
            let words = package.split(separator: " ").map(String.init)
            let code = words.count > 2 ? "identification: { barcode: \"\(words[2])\" }" : ""
            try write(
                BadTemplate.base(
                    id: String(words[0].prefix(1)), version: String(words[0].suffix(1)),
                    pages: "[{ image: \"page-1.png\", width: 210, height: \(words[1]) }]", more: code),
                files: ["page-1.png": png(827, words[1] == "297" ? 1169 : 583)],
                to: TemporaryDirectory.url.appending(path: "\(index)"))
        }
        let library = try FormLibrary.load([TemporaryDirectory.url])
        #expect(library.twins.map { $0.map(\.id) } == twins)
        #expect(library.twinRemarks.map(\.path) == twins.map { _ in "id" })
    }

    @Test
    func `says that there is no package`() {
        let (library, problems) = FormLibrary.examine([TemporaryDirectory.url])
        #expect(library.packages.isEmpty)
        #expect(problems.map(\.message) == ["There is no form package here."])
    }
}

@Suite
struct `The form packages of the project` {
    @Test
    func `are right but for the blank pages that are not ours to ship`() throws {
        let (library, problems) = FormLibrary.examine([Checkout.root.appending(path: "forms")])
        #expect(library.packages.map(\.template.id).contains("exempelstad-bistand"))
        #expect(
            problems.filter { $0.message.wholeMatch(of: /There is no file "page-\d\.png" in the package\./) == nil }
                == [])
        #expect(Set(problems.map(\.file)).count == 4)
    }

    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: assembled.path()), "scripts/forms/assemble.py was not run"))
    func `are right with their blank pages`() throws {
        let (library, problems) = FormLibrary.examine([Self.assembled])
        #expect(problems == [])
        #expect(Set(library.packages.map(\.template.key)).count == library.packages.count)
    }

    private static let assembled = Checkout.root.appending(path: ".build/forms")
}
