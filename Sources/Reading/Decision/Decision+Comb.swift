import Forms
import Support

extension Decision {
    /// Decides a comb of digits: the value that readers and rules together make likeliest.
    ///
    /// A rule weighs in before the choice: of two likely digits the one is chosen that the check digit or the calendar
    /// allows, and `checks` says so. A number that breaks its rule is still proposed where the readers are sure of it,
    /// since people write wrong numbers too.
    ///
    /// - Parameters:
    ///   - field: A comb whose type is written in digits.
    ///   - digits: What was read in its cells.
    ///   - list: The lines of the field's list file.
    /// - Returns: The reading; `nil` where what was read is no number of cells that were understood.
    func comb(_ field: Field, _ digits: CombDigits, list: [String]) -> FieldReading? {
        // A check digit rules out every text that differs in one place, so all of these must be among them: nine a cell.
        let texts = digits.likeliest(20 * max(4, digits.cells.count))
        guard let first = texts.first else { return nil }
        var values: [Interpretation] = []
        var weights: [String: Double] = [:]
        // Of all other texts together, which differ in more than one place, a check digit allows every tenth.
        let others = max(0, 1 - texts.reduce(0) { $0 + $1.share })
        var total = others * (field.type.hasCheckDigit ? 0.1 + 0.9 * CombCalibration.wrongNumber : 1)
        for (text, share) in texts {
            let candidate = TextCandidate(text: text, confidence: share, reader: digits.readers[0])
            let value = Interpretation(candidate, field: field, list: list, today: today)
            let weight = share * CombCalibration.likelihood(of: value.normalized.verdict)
            if weights[value.key] == nil { values.append(value) }
            weights[value.key, default: 0] += weight
            total += weight
        }
        let ranked = values.sorted { weights[$0.key, default: 0] > weights[$1.key, default: 0] }
        guard var lead = ranked.first, total > 0 else { return nil }
        let doubt = 1 - weights[lead.key, default: 0] / total
        let confidence = 1 - doubt * (digits.isBorneOut ? CombCalibration.thirdReader : 1)
        if lead.candidate.text != first.text, values.first.map({ $0.key != lead.key }) ?? false {
            lead.normalized.checks.append("\(field.type.hasCheckDigit ? "luhn" : "date"):repaired")
        }

        var reason: Reason?
        if digits.cells.contains(where: \.isStruck) {
            reason = .struckOut
        } else if digits.cells.contains(where: { $0.isForced || $0.sign == "" }) {
            reason = .readersDiffer
        } else if digits.hasMore {
            reason = .lengthDiffers
        } else if digits.readers.count < 2, !lead.normalized.isSelfChecking {
            reason = .oneReaderOnly
        } else if confidence < 1 - errorTarget {
            reason = digits.agreed < digits.cells.count ? .readersDiffer : .lowConfidence
        }
        let proposals = ranked.prefix(3).map { value in
            var value = value
            value.candidate.confidence = weights[value.key, default: 0] / total
            return value
        }
        var result = settled(
            field, lead, confidence: confidence, readers: digits.readers, others: proposals, reason: reason)
        result.cells = digits.cells.map { $0.described(by: digits.readers) }
        return result
    }
}

extension CombDigits {
    /// The likeliest texts with their probabilities, best first.
    fileprivate func likeliest(_ count: Int) -> [(text: String, share: Double)] {
        var texts = [(text: "", share: 1.0)]
        for cell in cells {
            if let sign = cell.sign {
                texts = texts.map { ($0.text + sign, $0.share) }
                continue
            }
            let shares = cell.shares.enumerated()
            texts = texts.flatMap { text in shares.map { (text.text + "\($0.offset)", text.share * $0.element) } }
            texts = Array(texts.sorted { $0.share > $1.share }.prefix(count))
        }
        return texts
    }
}
