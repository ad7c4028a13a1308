import Forms
import Support

extension FormDraft {
    /// Takes the fields over that a PDF brings, each exactly where it is.
    ///
    /// - Parameters:
    ///   - id: Of the form.
    ///   - name: What people call it.
    ///   - pages: What is printed on each page: gives the labels.
    ///   - form: The PDF's own fields.
    public init(id: String, name: String = "", pages: [PrintedPage], form: PDFFormFields) {
        self.init(id: id, name: name, pages: pages.map { $0.withoutFields })
        self.name = name.isEmpty ? FormDraft(id: id, pages: pages.prefix(1).map { $0 }).name : name
        barcodes = pages.flatMap { $0.barcodes.map(\.text) }
        var names = FieldNames()
        var fields: [Field] = []
        var radios: [String: Int] = [:]
        for widget in form.fields
        where widget.kind != .button && !widget.isHidden && pages.indices.contains(widget.page - 1) {
            let page = pages[widget.page - 1]
            let box = widget.box.within(page).rounded
            guard box.width > 0.2, box.height > 0.2 else { continue }
            let words = widget.tip ?? FieldFinder.words(for: widget, on: page) ?? widget.plainName
            if widget.kind == .radio, let index = radios[widget.name] {
                fields[index].options.append(widget.option(words, box, of: fields[index]))
                continue
            }
            var field = Field(
                name: names.name(forPDF: widget.plainName), label: LocalizedText(["sv": words]), page: widget.page,
                kind: widget.fieldKind, type: widget.type(words), box: box, required: widget.isRequired)
            switch widget.kind {
            case .text where widget.isComb: field.cells = widget.maxLength ?? 1
            case .text where widget.isMultiline: field.lines = max(1, Int(box.height / 4.2))
            case .radio:
                radios[widget.name] = fields.count
                field.options = [widget.option(words, box, of: field)]
            case .list:
                field.type = .code
                var values = FieldNames()
                field.options = widget.choices.map {
                    Field.Option(value: values.name(for: $0, or: "val"), label: LocalizedText(["sv": $0]))
                }
                if field.options.isEmpty { field.type = .text }
            default: break
            }
            fields.append(field)
        }
        self.fields = fields
    }
}

extension PDFField {
    /// The last part of the name, without the numbers that XFA adds.
    var plainName: String {
        let last = name.split(separator: ".").last.map(String.init) ?? name
        return last.replacing(/\[\d+\]/, with: "")
    }

    fileprivate var fieldKind: Field.Kind {
        switch kind {
        case .text: isComb ? .comb : .text
        case .checkbox: .checkbox
        case .radio: .choice
        case .list, .button: .text
        case .signature: .signature
        }
    }

    fileprivate func type(_ words: String) -> FieldType {
        switch kind {
        case .checkbox: return .boolean
        case .text:
            let meanings = [LabelMeaning(plainName).type, LabelMeaning(words).type]
            let type = meanings.first { $0 != .text } ?? .text
            return isComb ? FieldFinder.type(type, ofCells: maxLength ?? 1) : isMultiline ? .text : type
        default: return .text
        }
    }

    fileprivate func option(_ words: String, _ box: MillimetreRect, of field: Field) -> Field.Option {
        var values = FieldNames()
        for option in field.options { _ = values.name(for: option.value, or: "val") }
        return Field.Option(
            value: values.name(for: choices.first ?? words, or: "val"), label: LocalizedText(["sv": words]), box: box,
            page: page == field.page ? nil : page)
    }
}

extension PrintedPage {
    /// Only its size: nothing to find fields in.
    fileprivate var withoutFields: PrintedPage {
        PrintedPage(
            width: width, height: height, rules: [], regions: [],
            map: RegionMap(width: 0, height: 0, cellsPerMillimetre: 1, indices: []))
    }
}

extension FieldNames {
    /// The PDF's own name as far as it can be one of ours.
    mutating func name(forPDF name: String) -> String {
        if name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_-]{0,63}/) != nil { return unique(name) }
        return self.name(for: name, or: "falt")
    }
}

extension FieldFinder {
    /// The printed words beside a PDF's field.
    static func words(for widget: PDFField, on page: PrintedPage) -> String? {
        var finder = FieldFinder(page)
        if widget.kind == .checkbox || widget.kind == .radio {
            finder.marks = [MarkBox(region: -1, box: widget.box, around: nil)]
            finder.labelMarks(anywhere: true)
            return finder.marks[0].label.isEmpty ? nil : finder.marks[0].label
        }
        return finder.label(for: widget.box, signs: [.above, .left, .below])
    }
}
