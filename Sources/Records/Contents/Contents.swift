import Foundation
import Support

/// Keeps contents unreadable: each has a random key of its own, and that key is sealed by the store's key.
///
/// Who destroys the sealed key has destroyed the content, wherever copies of it lie. What must be found again by its
/// content has a mark in place of a hash, so that nobody without the key can try out what may stand in the store.
struct Contents: Sendable {
    private let key: any KeyWrapping
    /// Makes the marks; it stays the same when the store's key is changed.
    private let marker: any KeyWrapping

    init(key: any KeyWrapping, marker: any KeyWrapping) {
        self.key = key
        self.marker = marker
    }

    struct Sealed: Sendable {
        var bytes: [UInt8]
        /// The content's own key, sealed.
        var key: [UInt8]
    }

    /// Seals a content under a new key; `context` is what it belongs to, such as `record:` and its id.
    func seal(_ bytes: [UInt8], _ context: String) -> Sealed {
        let (own, sealed) = key.makeContentKey(context: "key:\(context)")
        return Sealed(bytes: own.seal(bytes, context: context), key: sealed)
    }

    func open(_ sealed: Sealed, _ context: String) throws -> [UInt8] {
        try key.contentKey(sealed.key, context: "key:\(context)").open(sealed.bytes, context: context)
    }

    /// What stands in the tables for what a consumer wrote as its reason.
    func sealed(reason: String) -> String {
        Self.reasonPrefix + Data(marker.seal(Array(reason.utf8), context: Self.reasonContext)).base64EncodedString()
    }

    /// Whether a consumer wrote it, and it lies as it was written.
    func isClear(reason: String) -> Bool {
        !reason.hasPrefix(Self.reasonPrefix) && !SQLRecordStore.Reason.ownWords.contains(reason)
    }

    /// The reason as it was written; those of the store itself, and of its first versions, are not sealed.
    func opened(reason: String) -> String {
        guard reason.hasPrefix(Self.reasonPrefix),
            let sealed = Data(base64Encoded: String(reason.dropFirst(Self.reasonPrefix.count))),
            let bytes = try? marker.open([UInt8](sealed), context: Self.reasonContext)
        else { return reason }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let reasonPrefix = "sealed:"
    private static let reasonContext = "reason"

    /// 32 bytes that are the same for the same content, and tell nothing without the key.
    func mark(_ bytes: [UInt8]) -> [UInt8] {
        marker.mark(bytes)
    }

    /// What stands in the tables for a page image's SHA-256.
    func mark(ofBlob name: String) -> String {
        mark(Array("blob:\(name)".utf8)).hexadecimal
    }
}
