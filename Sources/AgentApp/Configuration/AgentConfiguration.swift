public import Foundation
public import Support

/// How a station is set up: what stands in its file, `agent.json5`.
public struct AgentConfiguration: Sendable, Hashable {
    public struct ScannerEntry: Sendable, Hashable {
        public var name: String
        /// An eSCL root such as `http://127.0.0.1:8095/eSCL`, `usb://VID:PID`, or `sane:` and a SANE device name.
        public var address: String
        /// The usual scan profile; the device's first where it is left out.
        public var profile: String?

        public init(name: String, address: String, profile: String? = nil) {
            self.name = name
            self.address = address
            self.profile = profile
        }
    }

    public struct Bridge: Sendable, Hashable {
        public var url: String
        /// The file with the bearer token; only its owner may read it.
        public var tokenFile: URL?
        /// The authorities that vouch for the bridge; the system's where it is left out.
        public var authorities: URL?
        /// The bridge's key, `sha256//…`, in place of any authority.
        public var pin: String?
        /// This station's client certificate and its key.
        public var certificate: URL?
        public var key: URL?
        /// The file with a one-time code, with which the station enrols by itself.
        public var enrolmentCode: URL?

        /// Whether the station shows the certificate that it got from the bridge.
        public var usesIdentity: Bool { tokenFile == nil && certificate == nil }
    }

    /// Which scanners are used that nobody configured.
    public struct Discovery: Sendable, Hashable {
        public var usb: Bool
        public var network: Bool
        /// Only these, where there are any; such as `04c5:132b`, a serial number, a UUID, a name or an address.
        public var allow: [String]
        /// Not these.
        public var deny: [String]

        public init(usb: Bool = true, network: Bool = false, allow: [String] = [], deny: [String] = []) {
            self.usb = usb
            self.network = network
            self.allow = allow
            self.deny = deny
        }
    }

    public var settings: StationSettings
    /// The one folder that holds all the agent keeps.
    public var dataFolder: URL
    /// 0 lets the system choose.
    public var kioskPort: UInt16
    public var scanners: [ScannerEntry]
    public var discovery = Discovery()
    public var formFolders: [URL]
    public var profileFolders: [URL]
    /// Whose signature a device profile needs here; two while a key is changed, none takes unsigned ones too.
    public var profileKeys: [PublicKey] = []
    /// Whose signature a package of the bridge needs here; none takes unsigned ones too.
    public var packageKeys: [PublicKey] = []
    public var modelFolder: URL?
    public var bridge: Bridge?

    /// The key that seals all contents.
    public var keyFile: URL { dataFolder.appending(path: "journal.key") }
    /// The certificate that the bridge gave to this station.
    public var identity: StationIdentity { StationIdentity(in: dataFolder) }
    /// Who works here.
    public var operatorsFile: URL { dataFolder.appending(path: "operators.json") }
    /// Where what the bridge has published is kept.
    public var packages: PackageFolder {
        PackageFolder(dataFolder.appending(path: "packages"), trusted: packageKeys)
    }
    /// Where forms come from.
    public var forms: FormSources {
        FormSources(
            configured: formFolders, published: bridge == nil ? nil : packages,
            shelf: FormShelf(dataFolder.appending(path: "forms", directoryHint: .isDirectory)))
    }
    /// Where forms are taught.
    public var draftFolder: URL { dataFolder.appending(path: "drafts", directoryHint: .isDirectory) }
    /// Where the kiosk page is, with the secret of this launch.
    public var addressFile: URL { dataFolder.appending(path: "agent.address") }
    /// The device profiles that were loaded.
    public var profileStore: URL { dataFolder.appending(path: "device-profiles.json") }
    /// What failed scans leave for a technician.
    public var traceFolder: URL { dataFolder.appending(path: "traces") }
    /// Where `blankett` finds the running agent.
    public var controlSocket: URL { dataFolder.appending(path: "control.sock") }
}
