/// A language the commands speak.
public enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case swedish = "sv"

    /// The language of a locale name such as `sv_SE.UTF-8`; English when it is another.
    public init(locale: String?) {
        self = locale.map { $0.hasPrefix("sv") } == true ? .swedish : .english
    }
}

/// A text that people read, in each language the commands speak.
public struct Words: Sendable, Hashable {
    public var en: String
    public var sv: String

    public init(en: String, sv: String) {
        self.en = en
        self.sv = sv
    }

    public subscript(language: Language) -> String {
        switch language {
        case .english: en
        case .swedish: sv
        }
    }

    public static func + (left: Words, right: Words) -> Words {
        Words(en: left.en + right.en, sv: left.sv + right.sv)
    }

    public static func += (left: inout Words, right: Words) { left = left + right }
}

/// A literal is the same in every language: a number, a name, a sign.
extension Words: ExpressibleByStringInterpolation {
    public init(stringLiteral text: String) {
        self.init(en: text, sv: text)
    }
}
