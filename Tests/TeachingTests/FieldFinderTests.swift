import Forms
import Support
import Teaching
import Testing

/// The fields that are proposed for a page.
private func fields(_ draw: (inout DrawnPage) -> Void) -> [Field] {
    var drawn = DrawnPage()
    draw(&drawn)
    return FormDraft(id: "test", pages: [drawn.page]).fields
}

private func near(_ box: MillimetreRect, _ x: Double, _ y: Double, _ width: Double, _ height: Double) -> Bool {
    abs(box.x - x) < 0.8 && abs(box.y - y) < 0.8 && abs(box.width - width) < 1.2 && abs(box.height - height) < 1.2
}

struct `On a blank page` {
    @Test func `boxes of one row belong together, and the words before them are the question`() throws {
        let found = fields { page in
            page.write("Har du barn?", x: 20, y: 50)
            for (x, word) in [(80.0, "Ja"), (100.0, "Nej")] {
                page.frame(x: x, y: 49, width: 4, height: 4)
                page.write(word, x: x + 5.5, y: 50)
            }
        }
        #expect(found.count == 1)
        let field = try #require(found.first)
        #expect(field.kind == .choice && field.select == .one && field.name == "har-du-barn")
        #expect(field.options.map(\.value) == ["ja", "nej"])
        #expect(field.options.compactMap(\.box).allSatisfy { near($0, $0.x, 49, 4, 4) })
    }

    @Test func `a column of yes and no is one question a line`() {
        let found = fields { page in
            page.write("Ja", x: 150.5, y: 40)
            page.write("Nej", x: 160, y: 40)
            for (row, question) in ["Har du hund?", "Har du katt?", "Har du häst?"].enumerated() {
                let y = 50 + Double(row) * 8
                page.write(question, x: 20, y: y + 1)
                page.across(x: 20 + Double(question.count) * 1.7, y: y + 3.4, width: 100, dotted: true)
                page.frame(x: 150, y: y, width: 4, height: 4)
                page.frame(x: 160, y: y, width: 4, height: 4)
            }
        }
        #expect(found.map(\.name) == ["har-du-hund", "har-du-katt", "har-du-hast"])
        #expect(found.allSatisfy { $0.kind == .choice && $0.options.map(\.value) == ["ja", "nej"] })
    }

    @Test(arguments: [(12, "Personnummer", FieldType.personnummer), (5, "Postnr", .postnummer), (8, "Datum", .date)])
    func `cells side by side are a comb with their number`(_ cells: Int, _ label: String, _ type: FieldType) throws {
        let found = fields { page in
            page.write(label, x: 20, y: 40)
            page.frame(x: 20, y: 44, width: 5 * Double(cells), height: 7)
            for cell in 1..<cells { page.down(x: 20 + 5 * Double(cell), y: 44, height: 7) }
        }
        #expect(found.count == 1)
        let field = try #require(found.first)
        #expect(field.kind == .comb && field.cells == cells && field.type == type)
        #expect(near(field.box, 20, 44, 5 * Double(cells), 7))
    }

    @Test func `short uprights in a frame part it into cells, but for those with print in them`() throws {
        let found = fields { page in
            page.write("Datum", x: 20, y: 40)
            page.frame(x: 20, y: 44, width: 40, height: 7)
            for cell in 1..<8 { page.down(x: 20 + 5 * Double(cell), y: 48, height: 3) }
            page.write("2", x: 21.6, y: 46.5)
            page.write("0", x: 26.6, y: 46.5)
        }
        let field = try #require(found.first)
        #expect(found.count == 1 && field.kind == .comb && field.cells == 6 && field.type == .date)
        #expect(near(field.box, 30, 44, 30, 7))
    }

    @Test func `a frame with a label is a field below the label`() throws {
        let found = fields { page in
            page.frame(x: 20, y: 40, width: 80, height: 12)
            page.write("Efternamn", x: 21, y: 41)
        }
        let field = try #require(found.first)
        #expect(found.count == 1 && field.kind == .text && field.type == .personName && field.name == "efternamn")
        #expect(near(field.box, 20.3, 44, 79.4, 8))
    }

    @Test func `cells under the same heads are a table`() throws {
        let found = fields { page in
            for row in 0..<4 { page.frame(x: 20, y: 40 + 8 * Double(row), width: 60, height: 8) }
            for row in 0..<4 { page.frame(x: 80, y: 40 + 8 * Double(row), width: 40, height: 8) }
            page.write("Arbetsgivare", x: 21, y: 41)
            page.write("Datum", x: 81, y: 41)
        }
        let field = try #require(found.first)
        #expect(found.count == 1 && field.kind == .table && field.rows == 3)
        #expect(field.columns.map(\.name) == ["arbetsgivare", "datum"])
        #expect(field.columns.map(\.type) == [.text, .date])
        #expect(near(field.box, 20.3, 48, 99.5, 24))
        #expect(abs(field.columns[1].x - 59.8) < 0.8 && abs(field.columns[1].width - 39.8) < 0.8)
    }

    @Test func `cells with words before each row are no table, but fields of their own`() {
        let found = fields { page in
            for row in 0..<2 {
                page.write(["Jan", "Feb"][row], x: 10, y: 43 + 8 * Double(row))
                for column in 0..<2 {
                    page.frame(x: 20 + 50 * Double(column), y: 40 + 8 * Double(row), width: 50, height: 8)
                }
            }
        }
        #expect(found.allSatisfy { $0.kind == .text })
    }

    @Test(arguments: [(7.5, Field.Kind.comb), (5.0, .choice)])
    func `two cells side by side are a comb when they are narrow`(_ height: Double, _ kind: Field.Kind) {
        let found = fields { page in
            page.write("Antal barn", x: 20, y: 40)
            for cell in 0..<2 { page.frame(x: 20 + 5 * Double(cell), y: 44, width: 5, height: height) }
        }
        #expect(found.map(\.kind) == [kind])
    }

    @Test(arguments: [
        ("Flyttade in ÅÅÅÅMMDD", "Flyttade in", FieldType.date), ("Född (ÅÅÅÅ-MM-DD)", "Född", .date),
        ("Den sökande ÅÅÅÅMMDD–NNNN", "Den sökande", .personnummer), ("Märke Skriv längst till höger", "Märke", .text),
    ])
    func `how a value is written tells its type and is no part of its name`(
        _ printed: String, _ label: String, _ type: FieldType
    ) {
        let found = fields { page in
            page.write(printed, x: 20, y: 40)
            page.frame(x: 20, y: 44, width: 90, height: 8)
        }
        #expect(found.map { $0.label?.text(in: "sv") } == [label])
        #expect(found.map(\.type) == [type])
    }

    @Test(arguments: [("Civilstånd Ett kryss", Field.Select.one), ("Språk Flera kryss går bra", .any), ("Språk", .any)])
    func `the paper says how many boxes may be marked`(_ printed: String, _ select: Field.Select) throws {
        let found = fields { page in
            page.write(printed, x: 20, y: 40)
            for (index, word) in ["Ett", "Två", "Tre", "Fyra"].enumerated() {
                page.frame(x: 20 + 30 * Double(index), y: 46, width: 4, height: 4)
                page.write(word, x: 26 + 30 * Double(index), y: 47)
            }
        }
        let field = try #require(found.first)
        #expect(found.count == 1 && field.select == select && field.options.count == 4)
        #expect(field.label?.text(in: "sv") == printed.split(separator: " ").first.map(String.init))
    }

    @Test func `a currency behind a field makes it an amount`() {
        let found = fields { page in
            page.write("Hushållsel", x: 20, y: 40)
            page.frame(x: 20, y: 44, width: 30, height: 8)
            page.write("kr", x: 51.5, y: 47)
        }
        #expect(found.map(\.type) == [.amount])
    }

    @Test func `lines in a frame end with its lower edge`() throws {
        let found = fields { page in
            page.write("Berätta varför du söker", x: 20, y: 35)
            page.frame(x: 20, y: 40, width: 150, height: 32)
            for line in 1..<4 { page.across(x: 22, y: 40 + 8 * Double(line), width: 146, dotted: true) }
        }
        let field = try #require(found.first)
        #expect(found.count == 1 && field.lines == 4)
        #expect(near(field.box, 20.5, 40.5, 149.4, 31.3))
    }

    @Test func `a rule over a sentence at the foot of the page is nothing to write on`() {
        let found = fields { page in
            page.across(x: 18, y: 284, width: 174)
            page.write("Exempelstad finns inte, och blanketten får användas fritt.", x: 18, y: 286)
        }
        #expect(found.isEmpty)
    }

    @Test func `codes on the blank name the form, as they are`() {
        var drawn = DrawnPage()
        drawn.write("Namn", x: 20, y: 40)
        var page = drawn.page
        page.barcodes = [.init(box: .init(x: 150, y: 10, width: 20, height: 20), text: "EXS1042-1/1?(a)")]
        let draft = FormDraft(id: "test", pages: [page])
        #expect(draft.template.identification.barcode == #"EXS1042-1\/1\?\(a\)"#)
        #expect(FormDraft(id: "test", pages: [drawn.page]).template.identification.barcode == nil)
    }

    @Test(arguments: [("Ort", 20.0, 64.0, Field.Kind.text), ("Namnteckning", 40.0, 66.0, .signature)])
    func `a rule is a line to write on, and its label stands before or below it`(
        _ label: String, _ x: Double, _ y: Double, _ kind: Field.Kind
    ) throws {
        let found = fields { page in
            page.across(x: 40, y: 65, width: 80)
            page.write(label, x: x, y: y == 64 ? 62.2 : y)
        }
        let field = try #require(found.first)
        #expect(found.count == 1 && field.kind == kind && field.label?.text(in: "sv") == label)
        #expect(field.box.y + field.box.height < 65.5 && field.box.height > 4 && abs(field.box.width - 80) < 1)
    }

    @Test func `a dotted line that leads to a box is nothing to write on`() {
        let found = fields { page in
            page.write("Jag samtycker", x: 20, y: 60)
            page.across(x: 44, y: 62.4, width: 70, dotted: true)
            page.frame(x: 118, y: 59, width: 4, height: 4)
        }
        #expect(found.map(\.kind) == [.checkbox])
        #expect(found.first?.label?.text(in: "sv") == "Jag samtycker")
    }

    @Test func `white space under a question that asks for words is a field of several lines`() throws {
        let found = fields { page in
            page.write("Om ja, beskriv hur det gick till:", x: 20, y: 60)
            page.write(
                "Denna rad är lång nog för att visa hur bred textens spalt är på sidan, med alla sina ord.", x: 20,
                y: 100)
        }
        let field = try #require(found.first)
        #expect(found.count == 1 && field.kind == .text && field.lines > 2 && field.box.height > 30)
    }

    @Test func `plain text and headings are no fields`() {
        let found = fields { page in
            page.write("Ansökan om bistånd", x: 20, y: 20, size: 6)
            page.write("Läs igenom anvisningarna innan du fyller i blanketten.", x: 20, y: 40)
            page.write("Skicka den till kommunen.", x: 20, y: 44)
        }
        #expect(found.isEmpty)
    }

    @Test func `names are given once, and are names`() {
        let found = fields { page in
            for row in 0..<3 {
                page.frame(x: 20, y: 40 + 15 * Double(row), width: 80, height: 12)
                page.write("8 a) Övrigt (ange vad)", x: 21, y: 41 + 15 * Double(row))
            }
        }
        #expect(found.map(\.name) == ["a-ovrigt", "a-ovrigt-2", "a-ovrigt-3"])
    }
}
