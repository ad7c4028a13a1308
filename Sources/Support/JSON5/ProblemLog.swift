/// Collects what is wrong while a file is walked, so that all of it is told at once.
///
/// Not `Sendable`: it lives for one load.
package final class ProblemLog {
    private let place: (JSONPath) -> (file: String, line: Int?)
    /// Nobody mends more at once, and a hostile file must not cost more.
    private static let most = 100
    package private(set) var problems: [FileProblem] = []

    /// - Parameters:
    ///   - file: What the problems call the file.
    ///   - outline: Where its values stand.
    package convenience init(file: String, outline: JSON5Outline) {
        self.init { (file, outline.line(of: $0)) }
    }

    /// - Parameter place: Where a value stands, for a document that was put together of several files.
    package init(place: @escaping (JSONPath) -> (file: String, line: Int?)) {
        self.place = place
    }

    package func report(_ path: JSONPath, _ message: String, _ advice: String) {
        guard problems.count < Self.most else { return }
        let (file, line) = place(path)
        problems.append(
            FileProblem(file: file, line: line, path: path.description, message: message, advice: advice))
    }
}

/// A value of the file together with where it stands.
package struct Located {
    package var value: JSONValue
    package var path: JSONPath
    package var log: ProblemLog

    package init(value: JSONValue, path: JSONPath = JSONPath(), log: ProblemLog) {
        self.value = value
        self.path = path
        self.log = log
    }

    package func report(_ message: String, _ advice: String) {
        log.report(path, message, advice)
    }

    package func member(_ key: String) -> Located? {
        value[key].map { Located(value: $0, path: path.member(key), log: log) }
    }

    /// The elements of an array; reports anything else and gives none.
    package func elements() -> [Located] {
        guard let array = value.arrayValue else {
            report("Here must be a list, not \(value.kindName).", "Write it in brackets: [ … ].")
            return []
        }
        return array.enumerated().map { Located(value: $1, path: path.element($0), log: log) }
    }
}

extension JSONValue {
    /// What a person calls this kind of value.
    package var kindName: String {
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
