public import Forms
import Reading
import Support

/// Doubtful fields that are alike enough to be looked at side by side: over many documents, on one screen.
public struct ReviewGroup: Sendable, Hashable {
    /// What the fields have in common.
    public enum Key: Sendable, Hashable {
        /// The same field of the same form.
        case field(FormKey, String)
        /// The readings differ in one character, and this is the one that is proposed.
        case character(Character)
        /// Boxes of which the same is proposed: `true`, `false` or an option's value.
        case mark(String)
    }

    public var key: Key
    public var count: Int
    public var documents: Int

    public init(key: Key, count: Int, documents: Int) {
        self.key = key
        self.count = count
        self.documents = documents
    }

    /// Fewer are looked at as quickly in their documents.
    static let least = 2
}

extension ReviewGroup.Key: CustomStringConvertible, LosslessStringConvertible {
    /// Such as `field~ansokan~3~postnr`, `character~7` or `mark~true`.
    public var description: String {
        switch self {
        case .field(let form, let name): "field~\(form.id)~\(form.version)~\(name)"
        case .character(let character): "character~\(character)"
        case .mark(let value): "mark~\(value)"
        }
    }

    public init?(_ text: String) {
        let most = text.hasPrefix("field~") ? 3 : 1
        let parts = text.split(separator: "~", maxSplits: most, omittingEmptySubsequences: false).map(String.init)
        switch (parts.first, parts.count) {
        case ("field", 4):
            guard let version = Int(parts[2]) else { return nil }
            self = .field(FormKey(id: parts[1], version: version), parts[3])
        case ("character", 2):
            guard parts[1].count == 1, let character = parts[1].first else { return nil }
            self = .character(character)
        case ("mark", 2): self = .mark(parts[1])
        default: return nil
        }
    }

    /// The groups that a field belongs to.
    static func all(of reading: FieldReading, _ field: Field, in form: FormKey) -> [ReviewGroup.Key] {
        var keys: [ReviewGroup.Key] = [.field(form, field.name)]
        switch field.kind {
        case .checkbox, .signature:
            if let value = reading.value?.boolValue { keys.append(.mark(String(value))) }
        case .choice:
            if let value = reading.value?.stringValue { keys.append(.mark(value)) }
        case .text, .comb:
            if let character = reading.disputedCharacter { keys.append(.character(character)) }
        case .barcode, .image, .table: break
        }
        return keys
    }
}

extension FieldReading {
    /// The one character of the proposal that another reading has otherwise; `nil` when they differ in more.
    var disputedCharacter: Character? {
        guard let raw, let candidates else { return nil }
        var disputed: Set<Character> = []
        for other in candidates where other.text != raw {
            guard other.text.count == raw.count else { return nil }
            disputed.formUnion(zip(raw, other.text).filter { $0 != $1 }.map(\.0))
        }
        return disputed.count == 1 ? disputed.first : nil
    }
}
