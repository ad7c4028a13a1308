public import Forms
import Support

extension Decision {
    /// The share of ink from which a box counts as marked, and the band around it in which a person should look.
    private static let threshold = 0.06
    private static let unsure = 0.035..<0.10
    /// The same for a box that was filled over.
    private static let filled = 0.9
    private static let perhapsFilled = 0.72..<0.95
    /// Below this the printed box was not found again.
    private static let leastMatch = 0.35

    /// What one box says.
    private enum Mark {
        case unmarked, perhaps(Bool), marked, undone, perhapsUndone, lost
    }

    private func mark(_ measured: MarkMeasurement, _ correction: Field.Correction) -> Mark {
        if measured.match < Self.leastMatch, measured.ink < 0.3 { return .lost }
        if correction == .filledMeansUndone {
            if measured.fill >= Self.perhapsFilled.upperBound { return .undone }
            if Self.perhapsFilled.contains(measured.fill) { return .perhapsUndone }
        }
        if Self.unsure.contains(measured.ink) { return .perhaps(measured.ink >= Self.threshold) }
        return measured.ink >= Self.threshold ? .marked : .unmarked
    }

    /// Decides one tick box.
    public func checkbox(_ field: Field, _ measured: MarkMeasurement) -> FieldReading {
        let (value, reason): (Bool, Reason?) =
            switch mark(measured, field.correction) {
            case .unmarked: (false, nil)
            case .marked: (true, nil)
            case .undone: (false, nil)
            case .perhaps(let value): (value, .faintMark)
            case .perhapsUndone: (measured.fill < Self.filled, .filledOver)
            case .lost: (measured.ink >= Self.threshold, .boxNotFound)
            }
        var result = marked(field, reason: reason, measured: [measured])
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
        var chosen: [Int] = []
        var reason: Reason?
        for (option, measured) in marks {
            switch mark(measured, field.correction) {
            case .unmarked, .undone: break
            case .marked: chosen.append(option)
            case .perhaps(let value):
                if value { chosen.append(option) }
                reason = reason ?? .faintMark
            case .perhapsUndone:
                if measured.fill < Self.filled { chosen.append(option) }
                reason = .filledOver
            case .lost:
                if measured.ink >= Self.threshold { chosen.append(option) }
                reason = reason ?? .boxNotFound
            }
        }
        if field.select == .one, chosen.count > 1 {
            reason = .twoMarked
            // The strongest mark is proposed.
            let strongest = marks.filter { chosen.contains($0.option) }.max { $0.mark.ink < $1.mark.ink }
            chosen = strongest.map { [$0.option] } ?? []
        }
        var result = marked(field, reason: reason, measured: marks.map(\.mark))
        let values = chosen.sorted().map { JSONValue.string(field.options[$0].value) }
        if values.isEmpty {
            if reason == nil { result.status = .empty }
            result.value = nil
        } else {
            result.value = field.select == .any ? .array(values) : values[0]
        }
        return result
    }

    private func marked(_ field: Field, reason: Reason?, measured: [MarkMeasurement]) -> FieldReading {
        // How far the nearest measurement is from the threshold, on the scale of the unsure band.
        let distance = measured.map { abs($0.ink - Self.threshold) }.min() ?? 0
        let certain = min(0.9999, 0.9991 + distance / 100)
        let reason = reason ?? (field.review == .always ? .reviewAlways : nil)
        var result = reading(
            field, status: reason == nil ? .read : .uncertain, confidence: reason == nil ? certain : 0.6,
            reason: reason)
        result.readers = ["marks"]
        return result
    }
}
