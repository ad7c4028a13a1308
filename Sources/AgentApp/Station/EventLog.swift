import Foundation
import Support

/// Writes what happens as JSON lines to standard error, from where systemd takes it.
///
/// Only what is listed here can be written: names of actions, ids, codes and counts, so no contents of a form get out.
public struct EventLog: Sendable {
    private struct Line: Encodable {
        var time: Date
        var event: String
        var object: String?
        var code: String?
        var count: Int?
    }

    private let write: @Sendable (String) -> Void

    /// - Parameter write: Takes one line without its end.
    public init(_ write: @escaping @Sendable (String) -> Void) {
        self.write = write
    }

    public static let standardError = EventLog { line in
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    public static let none = EventLog { _ in }

    func note(_ event: String, object: String? = nil, code: String? = nil, count: Int? = nil) {
        let line = Line(time: Date(), event: event, object: object, code: code, count: count)
        if let text = try? JSONCoding.encodeText(line) { write(text) }
    }

    func failure(_ event: String, object: String? = nil, _ error: any Error) {
        note(event, object: object, code: (error as? BlankettError)?.code ?? String(describing: type(of: error)))
    }
}
