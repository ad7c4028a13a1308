import Forms
import Foundation
import Support
import Teaching
import TestSupport
import Testing

private let own = Checkout.root.appending(path: "forms/exempelstad-bistand")

struct `A self-test` {
    @Test func `writes the same copy for the same seed, with numbers of test persons, and sums that are right`() throws
    {
        let template = try FormPackage.load(own).template
        for seed in UInt64(1)...30 {
            let copy = Specimen(of: template, hand: .neat, seed: seed)
            #expect(copy.ink == Specimen(of: template, hand: .neat, seed: seed).ink)
            if let number = copy.values["personnummer"], let number = number?.stringValue {
                let serials = ["238", "239", "980", "981"]
                #expect(
                    serials.contains(String(number.dropFirst(8).prefix(3)))
                        && CheckDigits.isModulus10(number.dropFirst(2)))
            }
            for rule in template.rules {
                guard case .sum(let parts, let total, _) = rule else { continue }
                guard let given = copy.values[total], let sum = given?.stringValue.flatMap(Double.init) else {
                    continue
                }
                let values = parts.compactMap { copy.values[$0]??.stringValue.flatMap(Double.init) }
                #expect(values.reduce(0, +) == sum)
            }
        }
        #expect(
            Specimen(of: template, hand: .neat, seed: 1).ink != Specimen(of: template, hand: .neat, seed: 2).ink)
    }

    @Test func `fills tables, pictures, and barcodes that have room`() throws {
        func box(_ y: Double, _ width: Double) -> MillimetreRect { .init(x: 20, y: y, width: width, height: 24) }
        let template = FormTemplate(
            id: "test", version: 1, name: "Test", pages: [.init(image: "page-1.png", width: 210, height: 297)],
            fields: [
                Field(name: "wide", page: 1, kind: .barcode, type: .digits, box: box(20, 90)),
                Field(name: "narrow", page: 1, kind: .barcode, type: .digits, box: box(50, 15)),
                Field(name: "stamp", page: 1, kind: .image, box: box(80, 40)),
                Field(
                    name: "children", page: 1, kind: .table, box: box(120, 120), rows: 3,
                    columns: [
                        .init(name: "name", type: .personName, x: 0, width: 80),
                        .init(name: "here", kind: .checkbox, type: .boolean, x: 80, width: 40),
                    ]),
            ])
        #expect(Certificate(template, seed: 1, made: .distantPast).notTried == ["narrow"])
        let copies = (UInt64(1)...20).map { Specimen(of: template, hand: .neat, seed: $0) }
        #expect(copies.allSatisfy { $0.values.keys.sorted() == ["children", "stamp", "wide"] })
        #expect(copies.contains { $0.values["children"]??.arrayValue?.count == 3 })
        #expect(copies.contains { $0.values["children"] == .some(nil) })
        #expect(copies.contains { $0.values["stamp"] != .some(nil) })
        #expect(copies.allSatisfy { copy in copy.values["wide"]??.stringValue.map { $0.count >= 2 } ?? true })
    }

    // A box that is not marked reads as false, or not at all.
    @Test func `counts a table right whatever says that nothing is there`() {
        var certificate = Certificate(template, seed: 1, made: .distantPast)
        certificate.count(
            "a", written: [["name": "Elsa", "here": true]], read: [["name": "Elsa", "here": true, "lives": false]],
            isCertain: true, reason: nil, copy: "1")
        certificate.count(
            "a", written: [["name": "Elsa"]], read: [["name": "Elsa", "here": true]], isCertain: true, reason: nil,
            copy: "2")
        #expect(certificate.right == 1 && certificate.wrong == 1)
    }

    // With another's widths, Ä stood so far from what follows that "Ändrade" was two words.
    @Test(arguments: [
        ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", ["A": 684, "n": 634, " ": 318, "Ä": 684]),
        ("/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf", ["A": 667, "n": 556, " ": 278, "ö": 556]),
    ])
    func `spaces letters as their own font says`(_ file: String, _ widths: [Unicode.Scalar: Int]) throws {
        let font = try [UInt8](Data(contentsOf: URL(filePath: file)))
        let advances = try #require(FontAdvances(font)).latin
        for (letter, width) in widths {
            // DejaVu's units are 2048 to the size, so a thousandth is lost in rounding down.
            #expect(abs(advances[Int(letter.value) - 32] - width) <= 1, "\(letter)")
        }
        #expect(advances.count == 224)
        for length in [0, 3, 11, 40, 300] { #expect(FontAdvances(Array(font.prefix(length))) == nil) }
    }

    @Test(arguments: [
        // What was written and read, whether it was certain; then right, asked, wrong.
        (JSONValue?.some("1"), JSONValue?.some("1"), true, [1, 0, 0]),
        (.some("1"), .some("7"), true, [0, 0, 1]),
        (.some("1"), .some("7"), false, [0, 1, 0]),
        (nil, nil, true, [1, 0, 0]),
        (nil, .some(false), true, [1, 0, 0]),
        (nil, .some("1"), true, [0, 0, 1]),
        (.some("1"), nil, true, [0, 0, 1]),
    ])
    func `counts right, asked and wrong`(_ written: JSONValue?, _ read: JSONValue?, _ isCertain: Bool, _ counts: [Int])
    {
        var certificate = Certificate(template, seed: 1, made: .distantPast)
        certificate.copies = 1
        certificate.count("a", written: written, read: read, isCertain: isCertain, reason: nil, copy: "1")
        #expect([certificate.right, certificate.asked, certificate.wrong] == counts)
        #expect(certificate.passes == (certificate.wrong == 0))
    }

    @Test func `does not pass when a copy was not recognised, and says where the box is too near to print`() {
        var certificate = Certificate(template, seed: 1, made: .distantPast)
        certificate.copies = 1
        certificate.count(
            "a", written: "1", read: "1", isCertain: false, reason: "readers-differ", copy: "1 quick turned")
        certificate.advise(printInside: ["a": 0.53])
        #expect(certificate.fields[0].advice.contains { $0.contains("0.5 mm") })
        #expect(certificate.fields[0].worst?.copy == "1 quick turned")
        #expect(certificate.passes)
        certificate.notIdentified = ["2 typed clean: unknown-form"]
        #expect(!certificate.passes && certificate.text.contains("NOT PASSED"))
    }

    private var template: FormTemplate {
        FormTemplate(
            id: "test", version: 1, name: "Test", pages: [.init(image: "page-1.png", width: 210, height: 297)],
            fields: [Field(name: "a", page: 1, kind: .text, box: MillimetreRect(x: 20, y: 20, width: 60, height: 8))])
    }
}

@Suite(.temporaryDirectory, .needsLineModel, .serialized)
struct `blankett forms certify` {
    @Test func `reads filled copies of our own form and writes its certificate`() async throws {
        let folder = TemporaryDirectory.url.appending(path: "exempelstad-bistand")
        try FileManager.default.copyItem(at: own, to: folder)
        let run = try await ProgramRun(
            "blankett", ["--language", "en", "forms", "certify", folder.path(), "--copies", "1", "--json"])
        #expect(run.code == 0 || run.code == 3, "\(run.errors)")
        let certificate: Certificate = try JSONCoding.decode(
            from: Data(contentsOf: folder.appending(path: "certificate.json")))
        #expect(certificate.copies == 1 && certificate.notIdentified.isEmpty)
        #expect(certificate.fields.allSatisfy { $0.tried == 1 } && certificate.notTried.isEmpty)
        #expect(certificate.right * 2 > certificate.tried)
        #expect((run.code == 0) == certificate.passes)
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: "certificate.txt").path()))
    }

    @Test func `says when there is no such form`() async throws {
        let run = try await ProgramRun(
            "blankett", ["--language", "en", "forms", "certify", "none", "--forms", TemporaryDirectory.url.path()])
        #expect(run.code == 2 && run.errors.contains("There is no usable form"))
    }
}
