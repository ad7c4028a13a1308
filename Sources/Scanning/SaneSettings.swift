/// What a device behind SANE is told beside a scan's logical values.
public struct SaneSettings: Sendable, Hashable, Codable {
    /// What we mean, and what this backend calls it, where the usual spellings do not find it.
    public var names: [Meaning: String]
    /// Options by SANE's own name, as text: the device must have each, take it, and say so when it is read back.
    public var required: [String: String]
    /// Options that are set where the device has them.
    public var optional: [String: String]

    /// A source or mode that backends have many names for.
    public enum Meaning: String, Sendable, Hashable, Codable, CodingKeyRepresentable, CaseIterable {
        case platen, feeder
        case feederBothSides = "feeder-both-sides"
        case blackAndWhite = "black-and-white"
        case gray, color
    }

    public init(
        names: [Meaning: String] = [:], required: [String: String] = [:], optional: [String: String] = [:]
    ) {
        self.names = names
        self.required = required
        self.optional = optional
    }

    /// What a device's profile says of all its scans, with what one scan adds or says otherwise.
    public func merged(with scan: SaneSettings?) -> SaneSettings {
        guard let scan else { return self }
        return SaneSettings(
            names: names.merging(scan.names) { $1 }, required: required.merging(scan.required) { $1 },
            optional: optional.merging(scan.optional) { $1 })
    }
}
