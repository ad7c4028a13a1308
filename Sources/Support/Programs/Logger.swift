import Foundation
import Synchronization

/// Writes JSON lines; takes only what cannot hold a person's data.
///
/// A message is a fixed text of the program, and a field is a number, an id or a name of ours. There is no way to log
/// a value from a form by mistake.
public final class Logger: Sendable {
    public enum Level: String, Sendable { case info, warning, error }

    public struct Field: Sendable {
        let key: StaticString
        let value: JSONValue

        public static func count(_ key: StaticString, _ number: Int) -> Field {
            Field(key: key, value: .number(Double(number)))
        }

        public static func milliseconds(_ key: StaticString, _ duration: Duration) -> Field {
            let (seconds, attoseconds) = duration.components
            return Field(key: key, value: .number(Double(seconds * 1000 + attoseconds / 1_000_000_000_000_000)))
        }

        public static func id(_ key: StaticString, _ id: UUIDv7) -> Field {
            Field(key: key, value: .string(id.description))
        }

        /// A name or code of ours: letters, digits, `.`, `_`, `-`, `:` and `/`, and never six digits in a row.
        ///
        /// What has another shape is logged as `?`.
        public static func name(_ key: StaticString, _ name: String) -> Field {
            let isSafe =
                name.consists(
                    of: { $0.isLetterOrDigit || "._:/-".utf8.contains($0) }, length: 1...100, first: \.isLetterOrDigit)
                && !name.holdsLongNumber
            return Field(key: key, value: .string(isSafe ? name : "?"))
        }

        /// The stable code of an error; never its message.
        public static func error(_ error: any Error) -> Field {
            if let error = error as? BlankettError { return .name("error", error.code) }
            return .name("error", String(describing: type(of: error)))
        }
    }

    private let write: @Sendable ([UInt8]) -> Void

    /// - Parameter write: Takes one line with its line feed.
    public init(_ write: @escaping @Sendable ([UInt8]) -> Void) {
        self.write = write
    }

    /// One line for each event on standard error, where the journal picks it up.
    public static let standardError = Logger { line in
        // One call for a line, so that lines of several threads do not mix.
        _ = line.withUnsafeBytes { Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    public static let silent = Logger { _ in }

    public func log(_ level: Level = .info, _ event: StaticString, _ fields: Field...) {
        var line: [String: JSONValue] = [
            "time": .string(Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))),
            "level": .string(level.rawValue), "event": .string("\(event)"),
        ]
        for field in fields { line["\(field.key)"] = field.value }
        guard let bytes = try? JSONCoding.encode(JSONValue.object(line)) else { return }
        write(bytes + [UInt8(ascii: "\n")])
    }
}
