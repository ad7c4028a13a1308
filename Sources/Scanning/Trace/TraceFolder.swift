public import Foundation
import Support

/// Where traces of failed scans are kept: few, none of them large, the oldest removed first.
public struct TraceFolder: Sendable, Hashable {
    private let folder: URL
    private let keep: Int
    private let maximumBytes: Int
    /// Whether the images of pages may be kept; they hold what people wrote.
    public let allowsPages: Bool

    /// - Parameters:
    ///   - folder: Made when it is not there, for this user only.
    ///   - keep: How many traces.
    ///   - maximumBytes: Of one trace; what is too much is left out of its middle.
    ///   - allowsPages: Whether the images of pages may be kept.
    public init(_ folder: URL, keep: Int = 20, maximumBytes: Int = 4 << 20, allowsPages: Bool = false) {
        self.folder = folder
        self.keep = max(1, keep)
        self.maximumBytes = maximumBytes
        self.allowsPages = allowsPages
    }

    /// Writes a trace.
    ///
    /// - Parameter trace: What to keep.
    /// - Returns: Its file; `nil` when it cannot be written, which is no reason to fail anything.
    public func write(_ trace: ScanTrace) -> URL? {
        let manager = FileManager.default
        guard let bytes = bounded(trace) else { return nil }
        let time = trace.startedAt.ISO8601Format().filter { $0.isLetter || $0.isNumber }
        let file = folder.appending(path: "scan-\(time)-\(UUID().uuidString.prefix(8)).trace.json")
        do {
            let ownerOnly: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
            try manager.createDirectory(at: folder, withIntermediateDirectories: true, attributes: ownerOnly)
            // One that was there may be open to others.
            try manager.setAttributes(ownerOnly, ofItemAtPath: folder.path(percentEncoded: false))
            try Data(bytes).write(to: file, options: .atomic)
        } catch {
            return nil
        }
        for name in names.sorted().dropLast(keep) { try? manager.removeItem(at: url(of: name)) }
        return file
    }

    /// Of the traces in the folder.
    var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? [])
            .filter { $0.hasSuffix(".trace.json") }
    }

    func url(of name: String) -> URL { folder.appending(path: name) }

    private func bounded(_ trace: ScanTrace) -> [UInt8]? {
        var trace = trace
        while let bytes = try? JSONCoding.encode(trace, pretty: true) {
            if bytes.count <= maximumBytes { return bytes }
            let count = trace.exchanges.count
            if trace.exchanges.contains(where: { $0.body?.content != nil }) {
                for index in trace.exchanges.indices { trace.exchanges[index].body?.content = nil }
            } else if count > 8 {
                // The beginning tells what was asked for, the end what went wrong.
                let middle = (count / 4)..<(count / 2)
                trace.exchanges.removeSubrange(middle)
                trace.leftOut += middle.count
            } else {
                return nil
            }
        }
        return nil
    }
}
