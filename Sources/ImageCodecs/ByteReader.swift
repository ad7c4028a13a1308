/// Reads numbers out of a file's header without ever reading past its end.
struct ByteReader {
    enum Order { case bigEndian, littleEndian }

    let bytes: [UInt8]
    var order = Order.bigEndian

    var count: Int { bytes.count }

    func byte(_ offset: Int) -> Int? {
        offset >= 0 && offset < bytes.count ? Int(bytes[offset]) : nil
    }

    func uint16(_ offset: Int) -> Int? {
        guard let first = byte(offset), let second = byte(offset + 1) else { return nil }
        return order == .bigEndian ? first << 8 | second : second << 8 | first
    }

    func uint32(_ offset: Int) -> Int? {
        guard let first = uint16(offset), let second = uint16(offset + 2) else { return nil }
        return order == .bigEndian ? first << 16 | second : second << 16 | first
    }
}
