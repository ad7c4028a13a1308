public import Foundation
public import Scanning
public import Support

/// One scanned page in the journal; its image lies sealed in a file of its own.
public struct Page: Sendable, Hashable, Codable {
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        /// On disk, not read yet.
        case journalled
        case read
        /// Half of a sheet that was scanned again.
        case superseded
        /// Its document was delivered or discarded, and the image is deleted.
        case erased
    }

    public let id: UUIDv7
    public let batch: UUIDv7
    /// From 1, within the batch.
    public let number: Int
    public let mediaType: String
    public let width: Int
    public let height: Int
    public let resolution: Int
    /// Of the image in clear: 64 lower-case hexadecimal digits.
    public let sha256: String
    public let scannedAt: Date
    public var state: State = .journalled
    public var document: UUIDv7?
    /// Read only as this form, when a person said so.
    public var form: String?
    /// And exactly as this version of it.
    public var version: Int?

    public init(
        id: UUIDv7 = UUIDv7(), batch: UUIDv7, number: Int, scanned: ScannedPage, sha256: String, scannedAt: Date
    ) {
        self.id = id
        self.batch = batch
        self.number = number
        mediaType = scanned.mediaType
        width = scanned.width
        height = scanned.height
        resolution = scanned.resolution
        self.sha256 = sha256
        self.scannedAt = scannedAt
    }
}
