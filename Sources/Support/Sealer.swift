/// Makes bytes unreadable and untouchable for who has not the key, and names contents by their hash.
///
/// The stores need it; the module Sealing has it.
public protocol Sealer: Sendable {
    /// Seals bytes for one context, which is what they belong to, such as a record's id.
    ///
    /// Opening them in another context fails.
    func seal(_ bytes: [UInt8], context: String) -> [UInt8]

    /// Opens what ``seal(_:context:)`` made.
    ///
    /// - Throws: ``BlankettError`` with code `seal-broken` when key, context or a bit is not the same.
    func open(_ sealed: [UInt8], context: String) throws -> [UInt8]

    /// SHA-256.
    func hash(_ bytes: [UInt8]) -> [UInt8]

    /// A keyed hash: the same for the same bytes and context, and without the key it tells nothing of them.
    ///
    /// - Returns: 16 bytes.
    func mark(_ bytes: [UInt8], context: String) -> [UInt8]
}

/// A sealer that makes a key for each content and keeps that key sealed beside it.
public protocol KeyWrapping: Sealer {
    /// Makes a random key.
    ///
    /// - Parameter context: What the new key is for; it must be said again to have it back.
    /// - Returns: The key, and the same sealed by this one.
    func makeContentKey(context: String) -> (key: any KeyWrapping, sealed: [UInt8])

    /// Gives back a key from what ``makeContentKey(context:)`` made of it.
    ///
    /// - Throws: ``BlankettError`` with code `seal-broken`.
    func contentKey(_ sealed: [UInt8], context: String) throws -> any KeyWrapping

    /// 32 bytes that depend on this key and on all of `bytes`, and are the same each time.
    func mark(_ bytes: [UInt8]) -> [UInt8]
}
