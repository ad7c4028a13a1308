/// On which line each value of a JSON5 text begins.
///
/// Foundation decodes JSON5 but keeps no places, and of a key written twice it keeps one without a word; both matter
/// to the person who wrote the file. Of a text that Foundation has refused it tells where the first fault is.
package struct JSON5Outline {
    /// Where a text stops being JSON5, and why.
    package struct Fault: Sendable, Hashable {
        package var line: Int
        /// Such as `a comma or ] is missing`.
        package var words: String
    }

    private var lines: [JSONPath: Int] = [:]
    /// The first fault that was seen; a text without any can still have a number or an escape that is none.
    package private(set) var fault: Fault?
    /// Keys that stand twice in the same object.
    package private(set) var repeatedKeys: [JSONPath] = []

    /// An outline of nothing.
    package init() {}

    package init(_ text: [UInt8]) {
        var walk = Walk(text: text)
        walk.document()
        lines = walk.lines
        fault = walk.fault
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
    var fault: JSON5Outline.Fault?
    private var depth = 0

    init(text: [UInt8]) {
        self.text = text
    }

    mutating func document() {
        value(at: JSONPath())
        skipSpaceAndComments()
        if byte != nil { fail("there is more after the end") }
    }

    /// Keeps the first fault; what follows it is only its consequence.
    private mutating func fail(_ words: String, line: Int? = nil) {
        fault = fault ?? .init(line: line ?? self.line, words: words)
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
                let start = line
                while self.byte != nil, !follows("*", "/") { advance() }
                if self.byte == nil { fail("the remark that begins here has no end", line: start) }
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
        // Foundation refuses what is nested deeper than this; the stack must not be what says no.
        guard depth < 512 else {
            fail("it is nested too deep")
            position = text.count
            return
        }
        depth += 1
        defer { depth -= 1 }
        switch byte {
        case UInt8(ascii: "{"): object(at: path)
        case UInt8(ascii: "["): array(at: path)
        case nil: fail("a value is missing at the end")
        default: if scalar().isEmpty, !endedQuotes { fail("a value is missing") }
        }
    }

    /// Whether the byte before is a quote: an empty text is a value.
    private var endedQuotes: Bool {
        (1...text.count).contains(position) && "\"'".utf8.contains(text[position - 1])
    }

    /// After a member or element: a comma, or the bracket that ends the whole.
    private mutating func separator(orEnd end: Character) {
        skipSpaceAndComments()
        if byte == UInt8(ascii: ",") {
            advance()
        } else if byte != end.asciiValue, byte != nil {
            fail("a comma or \(end) is missing")
        }
    }

    private mutating func object(at path: JSONPath) {
        let start = line
        advance()
        var seen: Set<String> = []
        while true {
            skipSpaceAndComments()
            guard let byte, byte != UInt8(ascii: "}") else { break }
            let key = scalar()
            if key.isEmpty, !endedQuotes { fail("a key is missing") }
            let member = path.member(key)
            lines[member] = line
            if !seen.insert(key).inserted { repeatedKeys.append(member) }
            skipSpaceAndComments()
            if self.byte == UInt8(ascii: ":") { advance() } else { fail("a colon is missing after \(key)") }
            value(at: member)
            separator(orEnd: "}")
        }
        if byte == nil { fail("the { of this line has no }", line: start) }
        advance()
    }

    private mutating func array(at path: JSONPath) {
        let start = line
        advance()
        var index = 0
        while true {
            skipSpaceAndComments()
            guard let byte, byte != UInt8(ascii: "]") else { break }
            value(at: path.element(index))
            index += 1
            separator(orEnd: "]")
        }
        if byte == nil { fail("the [ of this line has no ]", line: start) }
        advance()
    }

    /// A string in either kind of quotes, without them, or a bare word or number.
    private mutating func scalar() -> String {
        guard let first = byte else { return "" }
        let isQuoted = first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
        if isQuoted { advance() }
        let start = position
        let startLine = line
        while let byte, isQuoted ? byte != first : !Self.endsBareWord(byte) {
            if isQuoted, byte == UInt8(ascii: "\\") { advance() }
            advance()
        }
        if isQuoted, byte == nil { fail("the text that begins here has no closing quote", line: startLine) }
        let content = String(decoding: text[min(start, text.count)..<min(position, text.count)], as: UTF8.self)
        // Never stand still: a stray byte is passed over.
        if isQuoted || position == start { advance() }
        return content
    }

    private static func endsBareWord(_ byte: UInt8) -> Bool {
        byte <= 0x20 || ",:/{}[]\"'".utf8.contains(byte)
    }
}
