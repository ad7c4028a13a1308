public import Forms
public import Reading

/// What of a document a person must still look at.
struct OpenFields {
    /// Doubtful, or asked of a second person.
    var doubtful = 0
    /// Of these, what the resident left out: who stands at the counter can still mend it.
    var missing = 0

    init(_ contents: DocumentContents, of template: FormTemplate?) {
        let known = Dictionary((template?.fields ?? []).map { ($0.name, $0) }) { first, _ in first }
        for reading in contents.reading.fields {
            let field = known[reading.name]
            guard contents.isOpen(reading, of: field) else { continue }
            doubtful += 1
            if reading.isMissing { missing += 1 }
        }
    }
}

extension DocumentContents {
    /// Whether a person must still look at a field.
    ///
    /// - Parameters:
    ///   - reading: What was read of it, or decided.
    ///   - field: The form's; `nil` where the form is not known.
    /// - Returns: `false` for what the form says nobody needs to review.
    public func isOpen(_ reading: FieldReading, of field: Field?) -> Bool {
        guard field?.review != .never else { return false }
        return reading.isDoubtful || waitsForSecond(reading, of: field)
    }

    /// Whether one person has agreed with the value, and the form wants another to do so too.
    public func waitsForSecond(_ reading: FieldReading, of field: Field?) -> Bool {
        guard let field, field.review == .twoPeople, !reading.isDoubtful else { return false }
        return Set(agreedBy?[reading.name] ?? []).count < 2
    }
}

extension FieldReading {
    /// Whether something is asked for that the paper does not have.
    public var isMissing: Bool { isDoubtful && reason == Reason.requiredMissing.rawValue }
}
