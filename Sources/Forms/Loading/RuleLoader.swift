import Support

/// Reads one rule across fields.
struct RuleLoader {
    private let reader: ObjectReader
    private let fields: [String: Field]

    static func load(_ located: Located, fields: [String: Field]) -> Rule? {
        guard let word = located.value["rule"]?.stringValue, let object = FormFormat.rules[word] else {
            let known = FormFormat.rules.keys.sorted()
            if let rule = located.member("rule") {
                let word = rule.value.stringValue ?? ""
                rule.report("Unknown rule \"\(word)\".", Nearest.advice(for: word, among: known))
            } else {
                located.report("\"rule\" is missing.", "Add one of: \(known.joined(separator: ", ")).")
            }
            return nil
        }
        guard let reader = ObjectReader(located, as: object) else { return nil }
        return RuleLoader(reader: reader, fields: fields).rule(word)
    }

    private func rule(_ word: String) -> Rule? {
        let message = reader.localizedText("message")
        switch word {
        case "order":
            guard let names = names("fields", atLeast: 2) else { return nil }
            return comparable(names) ? .order(fields: names, message: message) : nil
        case "sum":
            guard let parts = names("parts", atLeast: 1), let total = name("total") else { return nil }
            let numbers: Set<FieldType> = [.integer, .decimal, .amount]
            for name in parts + [total] {
                if let type = fields[name]?.type, !numbers.contains(type) {
                    reader.located.report(
                        "\"\(name)\" is of type \"\(type.rawValue)\" and cannot be added up.",
                        "Give it the type integer, decimal or amount.")
                    return nil
                }
            }
            return .sum(parts: parts, total: total, message: message)
        case "any-of":
            return names("fields", atLeast: 2).map { .anyOf(fields: $0, message: message) }
        default:
            guard let field = name("field"), let then = names("then", atLeast: 1) else { return nil }
            let values = reader.elements("values")
            let known = values?.map { isPossible($0, in: field) }.allSatisfy { $0 } ?? true
            return known ? .requires(field: field, values: values?.map(\.value), then: then, message: message) : nil
        }
    }

    private func names(_ key: String, atLeast count: Int) -> [String]? {
        guard let strings = reader.strings(key) else { return nil }
        guard strings.count >= count else {
            reader.report(
                key, "\"\(key)\" names \(strings.count) fields; it takes at least \(count).", "Name the fields.")
            return nil
        }
        let known = strings.map { isKnown($0.text, $0.located) }.allSatisfy { $0 }
        return known ? strings.map(\.text) : nil
    }

    private func name(_ key: String) -> String? {
        guard let name = reader.string(key), let located = reader.located(key) else { return nil }
        return isKnown(name, located) ? name : nil
    }

    private func isKnown(_ name: String, _ located: Located) -> Bool {
        if fields[name] != nil { return true }
        located.report("There is no field \"\(name)\".", Nearest.advice(for: name, among: fields.keys))
        return false
    }

    private func comparable(_ names: [String]) -> Bool {
        let types = Set(names.compactMap { fields[$0]?.type })
        let families: [Set<FieldType>] = [[.date], [.time], [.integer, .decimal, .amount]]
        if families.contains(where: types.isSubset) { return true }
        reader.report(
            "fields", "Fields of type \(types.map(\.rawValue).sorted().joined(separator: ", ")) have no common order.",
            "Name only dates, only times or only numbers.")
        return false
    }

    private func isPossible(_ value: Located, in name: String) -> Bool {
        guard let field = fields[name] else { return true }
        if field.type == .boolean {
            if value.value.boolValue != nil { return true }
            value.report("\"\(name)\" is either true or false.", "Write true or false.")
            return false
        }
        guard field.kind == .choice || field.type == .code else { return true }
        let known = field.options.map(\.value)
        let text = value.value.stringValue ?? ""
        if known.contains(text) { return true }
        value.report("\"\(name)\" has no option \"\(text)\".", Nearest.advice(for: text, among: known))
        return false
    }
}
