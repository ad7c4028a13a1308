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
}
