public import HTTPClient
public import Scanning
import Support

/// A scanner of this station, and what a scan means on it.
public struct StationDevice: Sendable {
    public let id: String
    public internal(set) var name: String
    public let scanner: any Scanner
    /// How it came to be here.
    public internal(set) var origin = ScannerSighting.Origin.configured
    /// What else means it, such as what it is on the USB.
    public internal(set) var aliases: Set<String> = []
    /// Its certificate, where it is reached over HTTPS.
    public var certificate: DeviceCertificate?
    /// Tells this device from one of the same id that was here before, such as before it was plugged in again.
    let edition = UUIDv7()
    /// Names of the scan profiles that it offers, the usual one first; the device may have to be asked.
    public let profiles: @Sendable () async throws -> [String]
    /// Fits a profile to what the device announces right now.
    public let fit: @Sendable (_ profile: String) async throws -> ScanJob

    /// What is known of the device in the profiles that are in force now.
    public let known: @Sendable () async throws -> DeviceProfile?

    public init(
        id: String, name: String, scanner: any Scanner, profiles: @escaping @Sendable () async throws -> [String],
        fit: @escaping @Sendable (_ profile: String) async throws -> ScanJob,
        known: @escaping @Sendable () async throws -> DeviceProfile? = { nil }
    ) {
        self.id = id
        self.name = name
        self.scanner = scanner
        self.profiles = profiles
        self.fit = fit
        self.known = known
    }
}
