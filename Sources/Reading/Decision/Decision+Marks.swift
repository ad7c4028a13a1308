public import Forms
import Support

extension Decision {
    /// The same for a box that was filled over.
    private static let filled = 0.9
    private static let perhapsFilled = 0.72..<0.95
    /// Below this the printed box was not found again.
    private static let leastMatch = 0.35

    /// What one box says.
    private enum Mark {
        case unmarked, perhaps(Bool), marked, undone, perhapsUndone, lost
    }

    private func mark(_ measured: MarkMeasurement, _ ink: MarkInk, _ correction: Field.Correction) -> Mark {
        if measured.match < Self.leastMatch, ink.amount < 0.3 { return .lost }
        if correction == .filledMeansUndone {
            if measured.fill >= Self.perhapsFilled.upperBound { return .undone }
            if Self.perhapsFilled.contains(measured.fill) { return .perhapsUndone }
        }
        return ink.isUnsure ? .perhaps(ink.isMark) : ink.isMark ? .marked : .unmarked
    }

    /// Decides one tick box.
    public func checkbox(_ field: Field, _ measured: MarkMeasurement) -> FieldReading {
        let ink = MarkInk(measured)
        let (value, reason): (Bool, Reason?) =
            switch mark(measured, ink, field.correction) {
            case .unmarked: (false, nil)
            case .marked: (true, nil)
            case .undone: (false, nil)
            case .perhaps(let value): (value, .faintMark)
            case .perhapsUndone: (measured.fill < Self.filled, .filledOver)
            case .lost: (ink.isMark, .boxNotFound)
            }
        var result = marked(field, reason: reason, [ink])
        result.value = .bool(value)
        return result
    }

    /// Decides boxes that belong together.
    ///
    /// - Parameters:
    ///   - field: A choice.
    ///   - marks: What was measured, with each option's place in the field.
    /// - Returns: The reading; its value is the option's, or for `select: "any"` an array of them.
    public func choice(_ field: Field, _ marks: [(option: Int, mark: MarkMeasurement)]) -> FieldReading {
        var chosen: [(option: Int, ink: MarkInk)] = []
        var reason: Reason?
        let inks = MarkInk.all(marks.map(\.mark))
        for ((option, measured), ink) in zip(marks, inks) {
            switch mark(measured, ink, field.correction) {
            case .unmarked, .undone: break
            case .marked: chosen.append((option, ink))
            case .perhaps(let value):
                if value { chosen.append((option, ink)) }
                reason = reason ?? .faintMark
            case .perhapsUndone:
                if measured.fill < Self.filled { chosen.append((option, ink)) }
                reason = .filledOver
            case .lost:
                if ink.isMark { chosen.append((option, ink)) }
                reason = reason ?? .boxNotFound
            }
        }
        if field.select == .one, chosen.count > 1 {
            reason = .twoMarked
            // The strongest mark is proposed.
            chosen = chosen.max { $0.ink.amount < $1.ink.amount }.map { [$0] } ?? []
        }
        var result = marked(field, reason: reason, inks)
        let values = chosen.map(\.option).sorted().map { JSONValue.string(field.options[$0].value) }
        if values.isEmpty {
            if reason == nil { result.status = .empty }
            result.value = nil
        } else {
            result.value = field.select == .any ? .array(values) : values[0]
        }
        return result
    }

    private func marked(_ field: Field, reason: Reason?, _ inks: [MarkInk]) -> FieldReading {
        let distance = inks.map(\.distance).min() ?? 0
        let certain = min(0.9999, 0.9991 + distance / 100)
        let reason = reason ?? (field.review.isAlways ? .reviewAlways : nil)
        var result = reading(
            field, status: reason == nil ? .read : .uncertain, confidence: reason == nil ? certain : 0.6,
            reason: reason)
        result.readers = ["marks"]
        return result
    }
}
