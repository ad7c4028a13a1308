/// Reads numbers out of a file's header without ever reading past its end.
package struct ByteReader {
    package enum Order { case bigEndian, littleEndian }

    package let bytes: [UInt8]
    package var order = Order.bigEndian

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package var count: Int { bytes.count }

    package func byte(_ offset: Int) -> Int? {
        offset >= 0 && offset < bytes.count ? Int(bytes[offset]) : nil
    }

    package func uint16(_ offset: Int) -> Int? {
        guard let first = byte(offset), let second = byte(offset + 1) else { return nil }
        return order == .bigEndian ? first << 8 | second : second << 8 | first
    }

    package func uint32(_ offset: Int) -> Int? {
        guard let first = uint16(offset), let second = uint16(offset + 2) else { return nil }
        return order == .bigEndian ? first << 16 | second : second << 16 | first
    }
}
