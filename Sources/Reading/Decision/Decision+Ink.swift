public import Forms
import Support

extension Decision {
    /// Decides whether a signature is there, from the ink in its box.
    ///
    /// - Parameters:
    ///   - field: A signature.
    ///   - inkArea: In square millimetres.
    /// - Returns: `true` or `false`; uncertain for a stroke or two.
    public func signature(_ field: Field, inkArea: Double) -> FieldReading {
        let isPresent = inkArea >= 2.5
        var reason: Reason? = (0.8..<5).contains(inkArea) ? .faintInk : nil
        if reason == nil, field.review.isAlways { reason = .reviewAlways }
        var result = reading(
            field, status: reason == nil ? .read : .uncertain, confidence: reason == nil ? 0.9992 : 0.7, reason: reason)
        result.value = .bool(isPresent)
        result.readers = ["ink"]
        return result
    }

    /// A picture's value is where it is.
    public func image(_ field: Field, inkArea: Double) -> FieldReading {
        guard inkArea >= 2 else { return empty(field) }
        let reason: Reason? = field.review.isAlways ? .reviewAlways : nil
        var result = reading(
            field, status: reason == nil ? .read : .uncertain, confidence: 0.9992, reason: reason)
        let box = [field.box.x, field.box.y, field.box.width, field.box.height].map(JSONValue.number)
        result.value = ["box": .array(box), "page": .number(Double(field.page))]
        result.readers = ["ink"]
        return result
    }

    /// Nothing was added to the blank here.
    public func empty(_ field: Field) -> FieldReading {
        reading(field, status: .empty, confidence: 0.9995)
    }

    /// There is ink and no reader reads it.
    public func unreadable(_ field: Field) -> FieldReading {
        reading(field, status: .unreadable, confidence: 0, reason: .illegible)
    }

    /// Decides a barcode field: a barcode carries its own check.
    ///
    /// - Parameters:
    ///   - field: A barcode field.
    ///   - barcodes: Those found at the field's place.
    ///   - list: The lines of the field's list file.
    /// - Returns: The reading; uncertain when there are two.
    public func barcode(_ field: Field, _ barcodes: [Barcode], list: [String] = []) -> FieldReading {
        guard let first = barcodes.first else { return unreadable(field) }
        let normalized = field.normalize(first.text, list: list, today: today)
        var reason: Reason?
        if Set(barcodes.map(\.text)).count > 1 { reason = .readersDiffer }
        if normalized.verdict != .valid { reason = .notAValue }
        if reason == nil, field.review.isAlways { reason = .reviewAlways }
        var result = reading(
            field, status: reason == nil ? .read : .uncertain, confidence: reason == nil ? 0.9998 : 0.5, reason: reason)
        result.value = normalized.value
        result.raw = first.text
        result.checks = normalized.checks
        result.readers = ["zxing"]
        if reason == .readersDiffer {
            result.candidates = barcodes.map { .init(text: $0.text, confidence: 0.5, reader: "zxing") }
        }
        return result
    }
}
