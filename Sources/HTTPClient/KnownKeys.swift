public import Foundation
import HTTP
import Support

/// The public keys of devices that sign their own certificates, kept from the first time each was seen.
///
/// A device that shows another key later is not believed until a person says so.
public struct KnownKeys: Sendable {
    private let file: URL

    /// - Parameter file: A JSON object from origin to pin; made when the first device is seen.
    public init(file: URL) {
        self.file = file
    }

    /// Whom to believe at `origin`: the key that is known, else the one it shows now, which is then kept.
    ///
    /// - Parameters:
    ///   - origin: Such as `https://10.0.0.7`; plain ones need no trust.
    ///   - forgetting: Takes the key that is shown now, whatever was known.
    /// - Returns: The trust for a ``CurlTransport``.
    /// - Throws: ``TransportError`` when the device does not answer, ``BlankettError`` when the file is no use.
    public func trust(for origin: String, forgetting: Bool = false) async throws -> TLSTrust {
        guard origin.hasPrefix("https://") else { return TLSTrust() }
        var known: [String: String] = [:]
        do {
            if let data = FileManager.default.contents(atPath: file.path()) {
                known = try JSONCoding.decode(from: data)
            }
            if !forgetting, let text = known[origin] {
                guard let pin = PublicKeyPin(text) else { throw CocoaError(.fileReadCorruptFile) }
                return TLSTrust(server: .pinned(pin))
            }
        } catch {
            throw BlankettError(
                "known-keys-unusable", exit: .storage, "The file of known devices cannot be read: \(file.path())",
                advice: "Move it away; every device must then be accepted anew.", cause: error)
        }
        let pin = try await CurlTransport.publicKeyPin(of: origin)
        known[origin] = pin.description
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(JSONCoding.encode(known, pretty: true)).write(to: file, options: .atomic)
        } catch {
            throw BlankettError(
                "known-keys-unusable", exit: .storage, "The file of known devices cannot be written: \(file.path())",
                advice: "Check the folder's rights and the space on the disk.", cause: error)
        }
        return TLSTrust(server: .pinned(pin))
    }
}
