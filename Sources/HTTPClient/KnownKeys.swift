public import Foundation
import HTTP
public import Support
import Synchronization

/// The public keys of devices that sign their own certificates, kept from the first time each was seen.
///
/// A device that shows another key later is not believed until a person says so. One object for each file in a process:
/// it remembers what it has read.
public final class KnownKeys: Sendable {
    private let file: URL
    private let keys = Mutex<[String: String]?>(nil)

    /// - Parameter file: A JSON object to pins from origins, and from devices' own ids; made when the first device is seen.
    public init(file: URL) {
        self.file = file
    }

    /// The key that is known of an origin or a device; `nil` before it was first seen.
    public subscript(origin: String) -> PublicKeyPin? {
        get throws(BlankettError) {
            try change { keys throws(BlankettError) in
                guard let text = keys[origin] else { return nil }
                guard let pin = PublicKeyPin(text) else { throw self.unreadable(nil) }
                return pin
            }
        }
    }

    /// Whom to believe at `origin`: the key that is known, else the one it shows now, which is then kept.
    ///
    /// - Parameters:
    ///   - origin: Such as `https://10.0.0.7`; plain ones need no trust.
    ///   - device: Its own id, by which it is known wherever it is found; `nil` where it is only known by where it is.
    /// - Returns: The trust for a ``CurlTransport``.
    /// - Throws: ``TransportError`` when the device does not answer, ``BlankettError`` when the file is no use.
    public func trust(for origin: String, device: String? = nil) async throws -> TLSTrust {
        guard origin.hasPrefix("https://") else { return TLSTrust() }
        if let device {
            if let known = try self[device] { return TLSTrust(server: .pinned(known)) }
            let trust = try await self.trust(for: origin)
            guard case .pinned(let key) = trust.server else { return trust }
            return TLSTrust(server: .pinned(try keep(key, of: device, isFirst: true)))
        }
        if let known = try self[origin] { return TLSTrust(server: .pinned(known)) }
        let shown = try await CurlTransport.certificate(of: origin).key
        return TLSTrust(server: .pinned(try keep(shown, of: origin, isFirst: true)))
    }

    /// Believes whoever has this key at `origin` from now on, whatever was known.
    ///
    /// - Throws: ``BlankettError`` when it cannot be kept.
    public func keep(_ key: PublicKeyPin, of origin: String) throws(BlankettError) {
        _ = try keep(key, of: origin, isFirst: false)
    }

    /// - Returns: The key that counts: another where one was known and this is to be the first.
    private func keep(
        _ key: PublicKeyPin, of origin: String, isFirst: Bool
    ) throws(BlankettError) -> PublicKeyPin {
        try change { keys throws(BlankettError) in
            // Whoever asked at the same time may have been first.
            if isFirst, let known = keys[origin].flatMap(PublicKeyPin.init) { return known }
            var next = keys
            next[origin] = key.description
            do {
                try FileManager.default.createDirectory(
                    at: self.file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try DurableFile.write(JSONCoding.encode(next, pretty: true), to: self.file)
            } catch {
                throw BlankettError(
                    "known-keys-unusable", exit: .storage,
                    "The file of known devices cannot be written: \(self.file.path())",
                    advice: "Check the folder's rights and the space on the disk.", cause: error)
            }
            keys = next
            return key
        }
    }

    /// Lends what is known, read from the file at the first time.
    private func change<Result: Sendable>(
        _ body: (inout [String: String]) throws(BlankettError) -> Result
    ) throws(BlankettError) -> Result {
        try keys.withLock { keys throws(BlankettError) in
            var known: [String: String]
            if let keys {
                known = keys
            } else if let data = FileManager.default.contents(atPath: file.path()) {
                do {
                    known = try JSONCoding.decode(from: data)
                } catch {
                    throw unreadable(error)
                }
            } else {
                known = [:]
            }
            defer { keys = known }
            return try body(&known)
        }
    }

    private func unreadable(_ cause: (any Error)?) -> BlankettError {
        BlankettError(
            "known-keys-unusable", exit: .storage, "The file of known devices cannot be read: \(file.path())",
            advice: "Move it away; every device must then be accepted anew.", cause: cause)
    }
}
