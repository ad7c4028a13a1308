import Foundation

/// The name of a member as it stands in the document that a ``JSONReader`` reads.
///
/// It looks into the document's bytes, so it counts only while they are read. A record has a hundred names, and making a
/// string of each would take longer than reading what stands behind them.
public struct JSONName: Equatable {
    @usableFromInline let bytes: UnsafeBufferPointer<UInt8>

    @usableFromInline init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    public var text: String { String(decoding: bytes, as: UTF8.self) }

    @inlinable public static func == (one: JSONName, other: JSONName) -> Bool {
        one.bytes.count == other.bytes.count && one.begins(with: other.bytes.baseAddress)
    }

    /// Lets a name stand in a `switch` over texts.
    @inlinable public static func ~= (expected: StaticString, name: JSONName) -> Bool {
        name.bytes.count == expected.utf8CodeUnitCount && name.begins(with: expected.utf8Start)
    }

    // `other` points to as many bytes as the name has.
    @usableFromInline func begins(with other: UnsafePointer<UInt8>?) -> Bool {
        guard let start = bytes.baseAddress, let other else { return true }
        return memcmp(start, other, bytes.count) == 0
    }
}
