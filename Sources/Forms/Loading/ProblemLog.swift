import Support

/// Collects what is wrong while a package is walked, so that all of it is told at once.
///
/// Not `Sendable`: it lives for one load.
final class ProblemLog {
    private let file: String
    private let outline: JSON5Outline
    private(set) var problems: [FormProblem] = []

    /// - Parameters:
    ///   - file: What the problems call the template's file.
    ///   - outline: Where its values stand.
    init(file: String, outline: JSON5Outline) {
        self.file = file
        self.outline = outline
    }

    func report(_ path: JSONPath, _ message: String, _ advice: String) {
        problems.append(
            FormProblem(
                file: file, line: outline.line(of: path), path: path.description, message: message, advice: advice))
    }
}

/// A value of the template together with where it stands.
struct Located {
    var value: JSONValue
    var path: JSONPath
    var log: ProblemLog

    func report(_ message: String, _ advice: String) {
        log.report(path, message, advice)
    }

    func member(_ key: String) -> Located? {
        value[key].map { Located(value: $0, path: path.member(key), log: log) }
    }

    /// The elements of an array; reports anything else and gives none.
    func elements() -> [Located] {
        guard let array = value.arrayValue else {
            report("Here must be a list, not \(value.kindName).", "Write it in brackets: [ … ].")
            return []
        }
        return array.enumerated().map { Located(value: $1, path: path.element($0), log: log) }
    }
}

extension JSONValue {
    /// What a person calls this kind of value.
    var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
