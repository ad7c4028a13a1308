/// A path into a JSON document (RFC 6901), such as `/applicant/legalId`.
public struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    public var tokens: [String]

    public init(tokens: [String]) {
        self.tokens = tokens
    }

    /// `nil` when `text` is neither empty nor begins with `/`.
    public init?(_ text: String) {
        if text.isEmpty {
            tokens = []
        } else if text.hasPrefix("/") {
            tokens = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
                String($0).replacing("~1", with: "/").replacing("~0", with: "~")
            }
        } else {
            return nil
        }
    }

    public var description: String {
        tokens.map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
    }
}

extension JSONValue {
    public subscript(pointer: JSONPointer) -> JSONValue? {
        pointer.tokens.reduce(Optional(self)) { value, token in
            switch value {
            case .object(let members): members[token]
            case .array(let elements): Int(token).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
            default: nil
            }
        }
    }

    /// Puts `value` at `pointer` and makes the objects on the way; `-` or the next index appends to an array.
    ///
    /// - Returns: `false`, and nothing is changed, when a value on the way is neither object nor array.
    public mutating func set(_ value: JSONValue, at pointer: JSONPointer) -> Bool {
        guard let first = pointer.tokens.first else {
            self = value
            return true
        }
        let rest = JSONPointer(tokens: Array(pointer.tokens.dropFirst()))
        switch self {
        case .object(var members):
            var member = members[first] ?? (rest.tokens.isEmpty ? .null : .object([:]))
            guard member.set(value, at: rest) else { return false }
            members[first] = member
            self = .object(members)
        case .array(var elements):
            let index = first == "-" ? elements.count : Int(first) ?? -1
            guard (0...elements.count).contains(index) else { return false }
            var element = index < elements.count ? elements[index] : (rest.tokens.isEmpty ? .null : .object([:]))
            guard element.set(value, at: rest) else { return false }
            if index < elements.count { elements[index] = element } else { elements.append(element) }
            self = .array(elements)
        default:
            return false
        }
        return true
    }
}
