import Support

/// Which device profiles are in force at this station: what `blankett profiles list` prints.
public struct ProfilesView: Sendable, Hashable, Codable {
    public struct Device: Sendable, Hashable, Codable {
        public var id: String
        /// The profile that fits; `nil` where there is none, or the device does not answer.
        public var profile: String?
        public var version: Int?
        public var scans: [String] = []
        /// Why nothing can be said of it: a stable code.
        public var code: String?

        public init(id: String) {
            self.id = id
        }
    }

    public struct File: Sendable, Hashable, Codable {
        public struct Device: Sendable, Hashable, Codable {
            public var name: String
            public var version: Int
        }

        public var name: String
        public var maker: String
        public var devices: [Device]
        /// Whether it was loaded, rather than lying in a folder.
        public var isLoaded: Bool
        /// Who vouches for it; `nil` for nobody.
        public var signer: String?

        public init(_ entry: DeviceProfileStore.Entry) {
            name = entry.name
            maker = entry.file.maker
            devices = entry.file.devices.map { Device(name: $0.name, version: $0.version) }
            isLoaded = entry.isLoaded
            signer = entry.signer?.description
        }
    }

    public var devices: [Device]
    public var files: [File]
    /// What is wrong with files that are therefore not in force.
    public var problems: [String]

    public init(devices: [Device], files: [File], problems: [String]) {
        self.devices = devices
        self.files = files
        self.problems = problems
    }
}
