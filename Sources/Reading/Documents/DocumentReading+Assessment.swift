public import Forms
public import Support

extension DocumentReading {
    /// The same reading held against its form: what is missing, which rules are broken, the outcome, and `data`.
    ///
    /// Right after reading and again after each correction of a clerk.
    ///
    /// - Parameter template: The form of ``form``.
    /// - Returns: The reading with outcome, reasons, field reasons and `data` brought up to date.
    public func assessed(by template: FormTemplate) -> DocumentReading {
        var result = self
        var reasons: [String] = []
        let values = Dictionary(fields.map { ($0.name, $0.value) }) { first, _ in first }.compactMapValues { $0 }
        let pagesPresent = Set(pages.compactMap(\.page))
        let policies = Dictionary(template.fields.map { ($0.name, $0) }) { first, _ in first }

        func note(_ name: String, _ reason: Reason, makesUncertain: Bool) {
            guard let index = result.fields.firstIndex(where: { $0.name == name }) else { return }
            result.fields[index].reason = result.fields[index].reason ?? reason.rawValue
            if makesUncertain, result.fields[index].status == .read {
                result.fields[index].status = .uncertain
                result.fields[index].confidence = min(result.fields[index].confidence, 0.9)
            }
        }

        var isDoubtful = false
        for field in template.fields where field.required && pagesPresent.contains(field.page) {
            guard let reading = fields.first(where: { $0.name == field.name }) else { continue }
            let isMissing = reading.status == .empty || (reading.value == false && reading.status != .uncertain)
            let isSettled = reading.status == .confirmed || reading.status == .corrected
            if isMissing, !isSettled {
                note(field.name, .requiredMissing, makesUncertain: false)
                reasons.append("The required field \(field.name) is empty.")
                isDoubtful = true
            }
        }
        let missingPages = template.pages.indices.map { $0 + 1 }.filter { !pagesPresent.contains($0) }
        if missingPages.isEmpty {
            for rule in template.rules {
                guard let broken = rule.broken(by: values) else { continue }
                let isSettled = broken.fields.allSatisfy { name in
                    fields.contains { $0.name == name && ($0.status == .confirmed || $0.status == .corrected) }
                }
                reasons.append(broken.message)
                if isSettled { continue }
                isDoubtful = true
                for name in broken.fields {
                    note(name, broken.isMissing ? .requiredMissing : .ruleBroken, makesUncertain: !broken.isMissing)
                }
            }
        }
        isDoubtful =
            isDoubtful
            || result.fields.contains { reading in
                (reading.status == .uncertain || reading.status == .unreadable)
                    && policies[reading.name]?.review != .never
            }

        switch outcome {
        case .foreignPage:
            result.reasons = self.reasons + reasons.filter { !self.reasons.contains($0) }
        case _ where !missingPages.isEmpty:
            result.outcome = .incomplete
            let names = missingPages.map(String.init).joined(separator: ", ")
            result.reasons = ["Page \(names) of \(template.pages.count) is missing."] + reasons
        default:
            result.outcome = isDoubtful || !pageDoubts.isEmpty ? .needsReview : .read
            result.reasons = pageDoubts + reasons
        }
        result.data = Self.data(of: result.fields, as: template)
        return result
    }

    /// Reasons about which pages belong together; they stay until the pages are scanned again.
    var pageDoubts: [String] { reasons.filter { $0.hasPrefix(DocumentAssembler.doubtfulPage) } }

    /// The document for the case system: the form's constants, and each value at its field's target.
    ///
    /// - Parameters:
    ///   - fields: What was read; fields without a value are left out.
    ///   - template: Says where the values go.
    /// - Returns: A JSON object.
    public static func data(of fields: [FieldReading], as template: FormTemplate) -> JSONValue {
        var data: JSONValue = [:]
        for (pointer, value) in (template.output?.constants ?? [:]).sorted(by: { $0.key < $1.key }) {
            if let pointer = JSONPointer(pointer) { _ = data.set(value, at: pointer) }
        }
        for field in template.fields {
            guard let value = fields.first(where: { $0.name == field.name })?.value else { continue }
            _ = data.set(value, at: field.target ?? JSONPointer(tokens: [field.name]))
        }
        return data
    }
}
