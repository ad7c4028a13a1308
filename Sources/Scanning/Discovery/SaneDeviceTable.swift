public import Foundation

/// Which SANE backend a USB device needs, as the SANE project lists it.
///
/// The file is `sane-devices.tsv` beside the device profiles; `scripts/sane-devices` makes it.
public struct SaneDeviceTable: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        public enum Support: String, Sendable, Hashable {
            case complete, good, basic, minimal, untested, unsupported
        }

        /// `nil` where nobody has written one.
        public var backend: String?
        public var support: Support
        /// Whether it comes with SANE, or must be had from the device's maker.
        public var comesWithSANE: Bool
        /// Makers and models of this identity.
        public var models: String
    }

    private var entries: [String: [Entry]] = [:]

    public static let fileName = "sane-devices.tsv"

    /// A table of the given text; lines that are none are passed over.
    public init(_ text: String = "") {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard columns.count == 5, let support = Entry.Support(rawValue: columns[2]) else { continue }
            let backend = columns[1].wholeMatch(of: /[a-z0-9_]+/) == nil ? nil : columns[1]
            entries[columns[0], default: []].append(
                Entry(
                    backend: backend, support: support, comesWithSANE: columns[3] == "sane", models: columns[4]))
        }
    }

    /// The table of the first folder that has one; else an empty one.
    public init(folders: [URL]) {
        let text = folders.lazy.compactMap {
            try? String(contentsOf: $0.appending(path: Self.fileName), encoding: .utf8)
        }.first
        self.init(text ?? "")
    }

    public var count: Int { entries.count }

    /// What is known of a device, the best backend first.
    public subscript(identity: USBIdentity) -> [Entry] { entries[identity.model] ?? [] }
}
