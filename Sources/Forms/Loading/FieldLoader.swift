import Support

/// Reads one field of the template.
struct FieldLoader {
    private let reader: ObjectReader
    private let pageCount: Int
    private let files: PackageFiles

    /// - Returns: The field; `nil` when a problem leaves nothing to build it from. The problem is then reported.
    static func load(_ located: Located, pageCount: Int, files: PackageFiles) -> Field? {
        guard let reader = ObjectReader(located, as: FormFormat.field) else { return nil }
        return FieldLoader(reader: reader, pageCount: pageCount, files: files).field()
    }

    private func field() -> Field? {
        let name = reader.string("name").flatMap(checkedName)
        let kind: Field.Kind? = reader.word("kind")
        let type: FieldType? = reader.word("type")
        let page = self.page()
        let box = reader.box("box")
        var field = Field(
            name: name ?? "", label: reader.localizedText("label"), page: page ?? 1, kind: kind ?? .text,
            type: type ?? .text, box: box ?? MillimetreRect(x: 0, y: 0, width: 0, height: 0),
            required: reader.bool("required") ?? false, review: reader.word("review") ?? .whenUncertain,
            target: reader.pointer("target"), writing: reader.word("writing") ?? .any,
            lines: reader.integer("lines", in: 1...200, example: "3") ?? 1,
            cells: reader.integer("cells", in: 1...100, example: "12") ?? 0,
            cellBoxes: reader.elements("cellBoxes")?.compactMap(ObjectReader.box),
            select: reader.word("select") ?? .one, options: options(of: kind),
            correction: reader.word("correction") ?? .none,
            rows: reader.integer("rows", in: 1...200, example: "5") ?? 0,
            columns: columns())
        guard let kind else { return nil }
        reportKeysOfOtherKinds(kind)
        guard !reader.has("type") || type != nil else { return nil }
        settleType(&field)
        readList(&field)
        guard completeMarks(&field), let name, page != nil else { return nil }
        // A box that was written wrongly is reported already.
        guard box != nil || !reader.has("box") else { return nil }
        if box == nil, let around = boxAroundParts(of: field) {
            field.box = around
        } else if box == nil {
            // That the options have no boxes is reported already.
            guard kind != .choice else { return nil }
            reader.located.report("\"box\" is missing.", "Add where \(name) is: box: [x, y, width, height].")
            return nil
        }
        return field
    }

    private func checkedName(_ name: String) -> String? {
        if name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_-]{0,63}/) != nil { return name }
        reader.report(
            "name", "\"\(name)\" cannot be a field's name.",
            "Use up to 64 letters a-z, digits, - and _, beginning with a letter; what people see is the label.")
        return nil
    }

    private func page() -> Int? {
        if !reader.has("page"), pageCount > 1 {
            reader.located.report("\"page\" is missing.", "Add the page's number, from 1 to \(pageCount).")
            return nil
        }
        guard reader.has("page") else { return 1 }
        return Self.page(of: reader, pageCount: pageCount)
    }

    private static func page(of reader: ObjectReader, pageCount: Int) -> Int? {
        guard let page = reader.integer("page", in: 1...10_000, example: "1") else { return nil }
        if page <= max(1, pageCount) { return page }
        reader.report(
            "page", "There is no page \(page).",
            pageCount == 1 ? "The form has one page: write page: 1." : "The form has pages 1 to \(pageCount).")
        return nil
    }

    private func reportKeysOfOtherKinds(_ kind: Field.Kind) {
        for (key, kinds) in FormFormat.keysOfKinds.sorted(by: { $0.key < $1.key })
        where reader.has(key) && !kinds.contains(kind) {
            reader.report(
                key, "\"\(key)\" has no meaning for a field of kind \"\(kind.rawValue)\".",
                "Leave it out, or use kind: \(kinds.map { "\"\($0.rawValue)\"" }.sorted().joined(separator: " or ")).")
        }
    }

    /// A mark is a boolean and needs no type; written text cannot be one.
    private func settleType(_ field: inout Field) {
        let isMark = field.kind == .checkbox || field.kind == .signature
        if isMark, !reader.has("type") { field.type = .boolean }
        let fits =
            switch field.kind {
            case .checkbox, .signature: field.type == .boolean
            case .choice: field.type == .text || field.type == .code
            case .table, .image: field.type == .text
            case .text, .comb, .barcode: field.type != .boolean
            }
        if !fits {
            reader.report(
                "type", "A field of kind \"\(field.kind.rawValue)\" cannot have the type \"\(field.type.rawValue)\".",
                isMark ? "Leave the type out: a mark is a boolean." : "Leave the type out, or change the kind.")
        }
    }

    private func options(of kind: Field.Kind?) -> [Field.Option] {
        var seen: Set<String> = []
        return (reader.elements("options") ?? []).compactMap { element -> Field.Option? in
            guard let option = ObjectReader(element, as: FormFormat.option) else { return nil }
            let box = option.box("box")
            if kind == .choice, !option.has("box") {
                element.report("\"box\" is missing.", "Add where the box to mark is: box: [x, y, width, height].")
            }
            for key in ["box", "page"] where kind != .choice && kind != nil && option.has(key) {
                option.report(
                    key, "\"\(key)\" has no meaning for a word of a code.", "Leave it out, or use kind: \"choice\".")
            }
            let page = Self.page(of: option, pageCount: pageCount)
            let label = option.localizedText("label")
            guard let value = option.string("value") else { return nil }
            if !seen.insert(value).inserted {
                option.report("value", "The value \"\(value)\" stands twice.", "Give each option its own value.")
            }
            return Field.Option(value: value, label: label, box: box, page: page)
        }
    }

    private func columns() -> [Field.Column] {
        var seen: Set<String> = []
        return (reader.elements("columns") ?? []).compactMap { element -> Field.Column? in
            guard let column = ObjectReader(element, as: FormFormat.column) else { return nil }
            let kind: Field.Kind = column.word("kind") ?? .text
            if !FormFormat.columnKinds.contains(kind) {
                column.report(
                    "kind", "A column cannot be of kind \"\(kind.rawValue)\".",
                    "Use \(FormFormat.columnKinds.map { "\"\($0.rawValue)\"" }.sorted().joined(separator: " or ")).")
            }
            let cells = column.integer("cells", in: 1...100, example: "4")
            if kind == .comb, !column.has("cells") {
                element.report("A comb needs to know its cells.", "Add cells: and how many there are.")
            }
            let type: FieldType = column.word("type") ?? (kind == .checkbox ? .boolean : .text)
            let label = column.localizedText("label")
            guard let name = column.string("name"),
                let x = column.number("x", above: -0.001, example: "0"),
                let width = column.number("width", above: 0, example: "40")
            else { return nil }
            if !seen.insert(name).inserted {
                column.report("name", "The column \"\(name)\" stands twice.", "Give each column its own name.")
            }
            return Field.Column(name: name, label: label, kind: kind, type: type, x: x, width: width, cells: cells)
        }
    }

    /// The words of a code come from the field itself or from a file; after loading they are all in `options`.
    private func readList(_ field: inout Field) {
        let isWritten = field.kind == .text || field.kind == .comb
        if let name = reader.string("list", example: "\"list.txt\"") {
            field.list = name
            field.options += files.list(name, log: reader.located.log, path: reader.path.member("list"))
        }
        if isWritten, field.type != .code, reader.has("list") || reader.has("options") {
            reader.located.report(
                "Only a code is chosen from given words.", "Add type: \"code\", or leave options and list out.")
        }
        if isWritten, field.type == .code, !reader.has("list"), !reader.has("options") {
            reader.located.report(
                "A code needs the words it can be.",
                "Add options: [{ value: \"…\" }], or list: with a file of one word a line.")
        }
    }

    /// - Returns: Whether all parts that the kind needs are there; what is not is reported.
    private func completeMarks(_ field: inout Field) -> Bool {
        switch field.kind {
        case .comb:
            if let boxes = field.cellBoxes {
                if reader.has("cells"), field.cells != boxes.count {
                    reader.report(
                        "cells", "\"cells\" says \(field.cells), but there are \(boxes.count) cellBoxes.",
                        "Leave \"cells\" out, or make them agree.")
                }
                field.cells = boxes.count
            }
            guard field.cells > 0 else {
                if !reader.has("cells"), !reader.has("cellBoxes") {
                    reader.located.report(
                        "A comb needs to know its cells.",
                        "Add cells: and how many there are, or cellBoxes: with a box for each.")
                }
                return false
            }
            if let counts = FormFormat.cellCounts[field.type], !counts.contains(field.cells) {
                reader.report(
                    "cells", "A \(field.type.rawValue) does not fit \(field.cells) cells.",
                    "Count them again: it has \(counts.sorted().map(String.init).joined(separator: ", ")) characters.")
            }
        case .choice where field.options.isEmpty:
            if reader.elements("options")?.isEmpty ?? true {
                reader.located.report(
                    "A choice needs its options.", "Add options: [{ value: \"ja\", box: [x, y, width, height] }, …].")
            }
            return false
        case .table:
            for key in ["rows", "columns"] where !reader.has(key) {
                reader.located.report(
                    "\"\(key)\" is missing.",
                    key == "rows"
                        ? "Add how many rows the table has." : "Add columns: [{ name: \"…\", x: 0, width: 40 }, …].")
            }
            return field.rows > 0 && !field.columns.isEmpty
        default: break
        }
        return true
    }

    /// A choice and a comb with explicit cells can leave their own box out.
    private func boxAroundParts(of field: Field) -> MillimetreRect? {
        let parts =
            switch field.kind {
            case .choice: field.options.filter { ($0.page ?? field.page) == field.page }.compactMap(\.box)
            case .comb: field.cellBoxes ?? []
            default: [MillimetreRect]()
            }
        guard let first = parts.first else { return nil }
        return parts.dropFirst().reduce(first) { $0.union($1) }
    }
}
