/// On which line each value of a JSON5 text begins.
///
/// Foundation decodes JSON5 but keeps no places, and of a key written twice it keeps one without a word; both matter
/// to the person who wrote the file. The text is one that Foundation has accepted, so this walk checks nothing else.
package struct JSON5Outline {
    private var lines: [JSONPath: Int] = [:]
    /// Keys that stand twice in the same object.
    package private(set) var repeatedKeys: [JSONPath] = []

    /// An outline of nothing.
    package init() {}

    package init(_ text: [UInt8]) {
        var walk = Walk(text: text)
        walk.value(at: JSONPath())
        lines = walk.lines
        repeatedKeys = walk.repeatedKeys
    }

    /// The line of the value, or of the nearest one around it.
    package func line(of path: JSONPath) -> Int? {
        lines[path] ?? path.parent.flatMap(line)
    }
}

private struct Walk {
    let text: [UInt8]
    var position = 0
    var line = 1
    var lines: [JSONPath: Int] = [:]
    var repeatedKeys: [JSONPath] = []

    init(text: [UInt8]) {
        self.text = text
    }

    private var byte: UInt8? { position < text.count ? text[position] : nil }

    private mutating func advance() {
        if byte == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    private func follows(_ first: Character, _ second: Character) -> Bool {
        position + 1 < text.count && text[position] == first.asciiValue && text[position + 1] == second.asciiValue
    }

    private mutating func skipSpaceAndComments() {
        while let byte {
            if follows("/", "/") {
                while let byte = self.byte, byte != UInt8(ascii: "\n") { advance() }
            } else if follows("/", "*") {
                while self.byte != nil, !follows("*", "/") { advance() }
                advance()
                advance()
            } else if byte <= 0x20 {
                advance()
            } else {
                return
            }
        }
    }

    mutating func value(at path: JSONPath) {
        skipSpaceAndComments()
        lines[path] = lines[path] ?? line
        switch byte {
        case UInt8(ascii: "{"): object(at: path)
        case UInt8(ascii: "["): array(at: path)
        default: _ = scalar()
        }
    }

    private mutating func object(at path: JSONPath) {
        advance()
        var seen: Set<String> = []
        while true {
            skipSpaceAndComments()
            guard let byte, byte != UInt8(ascii: "}") else { break }
            let member = path.member(scalar())
            lines[member] = line
            if case .member(let key) = member.steps.last, !seen.insert(key).inserted { repeatedKeys.append(member) }
            skipSpaceAndComments()
            advance()
            value(at: member)
            skipSpaceAndComments()
            if self.byte == UInt8(ascii: ",") { advance() }
        }
        advance()
    }

    private mutating func array(at path: JSONPath) {
        advance()
        var index = 0
        while true {
            skipSpaceAndComments()
            guard let byte, byte != UInt8(ascii: "]") else { break }
            value(at: path.element(index))
            index += 1
            skipSpaceAndComments()
            if self.byte == UInt8(ascii: ",") { advance() }
        }
        advance()
    }

    /// A string in either kind of quotes, without them, or a bare word or number.
    private mutating func scalar() -> String {
        guard let first = byte else { return "" }
        let isQuoted = first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
        if isQuoted { advance() }
        let start = position
        while let byte, isQuoted ? byte != first : !Self.endsBareWord(byte) {
            if isQuoted, byte == UInt8(ascii: "\\") { advance() }
            advance()
        }
        let content = String(decoding: text[min(start, text.count)..<min(position, text.count)], as: UTF8.self)
        // Never stand still: a stray byte is passed over.
        if isQuoted || position == start { advance() }
        return content
    }

    private static func endsBareWord(_ byte: UInt8) -> Bool {
        byte <= 0x20 || ",:/{}[]\"'".utf8.contains(byte)
    }
}
