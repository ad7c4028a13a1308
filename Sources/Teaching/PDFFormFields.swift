public import Support

/// The fields that a PDF brings along (AcroForm), as `qpdf --json=2` tells them.
public struct PDFFormFields: Sendable {
    public var fields: [PDFField]

    /// - Parameter document: What qpdf printed, with the keys `acroform`, `pages` and `qpdf`.
    public init(_ document: JSONValue) {
        let objects = document["qpdf"]?[1]
        func value(_ reference: JSONValue?) -> JSONValue? {
            guard let text = reference?.stringValue, text.hasSuffix(" R") else { return reference }
            return objects?["obj:\(text)"]?["value"]
        }
        func inherited(_ key: String, from object: JSONValue?) -> JSONValue? {
            var next = object
            // A chain of parents that leads back to itself ends here.
            for _ in 0..<20 {
                guard let one = next else { return nil }
                if let found = one[key] { return value(found) }
                next = value(one["/Parent"])
            }
            return nil
        }
        let pages = (document["pages"]?.arrayValue ?? []).map { PDFPageFrame(value($0["object"]), inherited) }
        fields = (document["acroform"]?["fields"]?.arrayValue ?? []).compactMap { entry in
            guard let number = entry["pageposfrom1"]?.numberValue.map({ Int($0) }), pages.indices.contains(number - 1)
            else {
                return nil
            }
            let widget = value(entry["annotation"]?["object"])
            return PDFField(
                entry, widget: widget, maxLength: inherited("/MaxLen", from: widget)?.numberValue.map { Int($0) },
                rectangle: value(widget?["/Rect"])?.arrayValue?.compactMap { value($0)?.numberValue }, page: number,
                frame: pages[number - 1])
        }
    }
}

/// The visible part of a PDF page, in points from the lower left corner.
struct PDFPageFrame {
    var left = 0.0
    var bottom = 0.0
    var right = 595.0
    var top = 842.0
    /// Clockwise by quarters of a circle.
    var quarters = 0

    init(_ page: JSONValue?, _ inherited: (String, JSONValue?) -> JSONValue?) {
        let box = inherited("/CropBox", page) ?? inherited("/MediaBox", page)
        let numbers = box?.arrayValue?.compactMap(\.numberValue) ?? []
        if numbers.count == 4 {
            left = min(numbers[0], numbers[2])
            right = max(numbers[0], numbers[2])
            bottom = min(numbers[1], numbers[3])
            top = max(numbers[1], numbers[3])
        }
        let turn = Int(inherited("/Rotate", page)?.numberValue ?? 0)
        quarters = ((turn / 90) % 4 + 4) % 4
    }

    /// A rectangle of the page as it is seen, in millimetres.
    func seen(_ r: [Double]) -> MillimetreRect {
        let point = 25.4 / 72
        let (x0, x1) = (min(r[0], r[2]) - left, max(r[0], r[2]) - left)
        let (y0, y1) = (min(r[1], r[3]) - bottom, max(r[1], r[3]) - bottom)
        let (width, height) = (right - left, top - bottom)
        let box: (Double, Double, Double, Double) =
            switch quarters {
            case 1: (y0, x0, y1, x1)
            case 2: (width - x1, y0, width - x0, y1)
            case 3: (height - y1, width - x1, height - y0, width - x0)
            default: (x0, height - y1, x1, height - y0)
            }
        return MillimetreRect(left: box.0 * point, top: box.1 * point, right: box.2 * point, bottom: box.3 * point)
    }
}

/// One widget of a PDF's form.
public struct PDFField: Sendable, Hashable {
    public enum Kind: Sendable, Hashable { case text, checkbox, radio, list, signature, button }

    public var name: String
    /// What a viewer shows when the pointer rests on it.
    public var tip: String?
    public var kind: Kind
    public var page: Int
    public var box: MillimetreRect
    public var maxLength: Int?
    public var isComb: Bool
    public var isMultiline: Bool
    public var isRequired: Bool
    /// Whether paper never shows it.
    public var isHidden: Bool
    /// For a list its choices; for a mark its own value.
    public var choices: [String]

    init?(
        _ entry: JSONValue, widget: JSONValue?, maxLength: Int?, rectangle: [Double]?, page: Int, frame: PDFPageFrame
    ) {
        guard let rectangle, rectangle.count == 4, rectangle.allSatisfy({ abs($0) < 100_000 }) else { return nil }
        let flags = Int(entry["fieldflags"]?.numberValue ?? 0)
        func isSet(_ bit: Int) -> Bool { flags & (1 << (bit - 1)) != 0 }
        switch entry["fieldtype"]?.stringValue {
        case "/Tx": kind = .text
        case "/Ch": kind = .list
        case "/Sig": kind = .signature
        case "/Btn":
            // ISO 32000-1, table 226.
            kind = isSet(17) ? .button : isSet(16) ? .radio : .checkbox
        default: return nil
        }
        name = entry["fullname"]?.stringValue ?? ""
        tip = entry["alternativename"]?.stringValue.flatMap { [entry] tip in
            tip.isEmpty || tip == entry["fullname"]?.stringValue ? nil : tip
        }
        self.page = page
        box = frame.seen(rectangle)
        self.maxLength = maxLength
        isComb = kind == .text && isSet(25) && (maxLength ?? 0) > 0
        isMultiline = kind == .text && isSet(13)
        isRequired = isSet(2)
        let annotation = Int(entry["annotation"]?["annotationflags"]?.numberValue ?? 0)
        // Hidden, or shown on the screen only while nobody prints.
        isHidden = annotation & 2 != 0
        let states = widget?["/AP"]?["/N"]?.objectValue?.keys.filter { $0 != "/Off" }.sorted() ?? []
        choices =
            kind == .list
            ? (entry["choices"]?.arrayValue ?? []).compactMap { $0.stringValue ?? $0[1]?.stringValue }
            : states.map { String($0.dropFirst()) }
    }
}
