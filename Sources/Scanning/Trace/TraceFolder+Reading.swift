public import Foundation

extension TraceFolder {
    /// A trace that is kept, without what is in it.
    public struct Entry: Sendable, Hashable, Codable {
        public var name: String
        public var bytes: Int
        public var writtenAt: Date
    }

    /// What is kept, the newest first.
    public var entries: [Entry] {
        names.compactMap { name in
            let file = url(of: name)
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: file.path(percentEncoded: false)),
                let bytes = attributes[.size] as? Int, let time = attributes[.modificationDate] as? Date
            else { return nil }
            return Entry(name: name, bytes: bytes, writtenAt: time)
        }
        .sorted { ($0.writtenAt, $0.name) > ($1.writtenAt, $1.name) }
    }

    /// - Parameter name: Of one of ``entries``; nothing else in the folder, or outside it, can be read.
    /// - Returns: The file; `nil` when there is none of that name.
    public func read(_ name: String) -> [UInt8]? {
        guard names.contains(name), let data = try? Data(contentsOf: url(of: name)) else { return nil }
        return [UInt8](data)
    }
}
