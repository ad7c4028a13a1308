/// Which USB device is meant: vendor, product and, where it has one, serial number, wherever it is plugged in.
///
/// Several of a kind without serial numbers are told apart by the socket they are in. As text `VID:PID`, `VID:PID:SERIAL` or
/// `VID:PID@SOCKET`, small hexadecimal digits, the serial number percent-encoded, the socket as the kernel names it.
public struct USBIdentity: Sendable, Hashable, Codable, CustomStringConvertible {
    public var vendor: UInt16
    public var product: UInt16
    /// `nil` where the device has none, or where any of its kind is meant.
    public var serial: String?
    /// The bus and the ports on the way to it, such as `1-2.3`; `nil` where any will do.
    public var socket: String?

    public init(vendor: UInt16, product: UInt16, serial: String? = nil, socket: String? = nil) {
        self.vendor = vendor
        self.product = product
        self.serial = serial
        self.socket = socket
    }

    /// `nil` unless `text` is `VID:PID`, `VID:PID:SERIAL` or `VID:PID@SOCKET`.
    public init?(_ text: some StringProtocol) {
        let pattern = /([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})(?::([^\s\/]+)|@([0-9]+-[0-9]+(?:\.[0-9]+)*))?/
        guard let match = String(text).wholeMatch(of: pattern), let vendor = UInt16(match.1, radix: 16),
            let product = UInt16(match.2, radix: 16)
        else { return nil }
        let serial = match.3.map { Self.decoded($0) }
        if serial == .some(nil) { return nil }
        self.init(vendor: vendor, product: product, serial: serial ?? nil, socket: match.4.map(String.init))
    }

    /// `VID:PID` in small hexadecimal digits, as device profiles write it.
    public var model: String { Self.digits(vendor) + ":" + Self.digits(product) }

    public var description: String {
        model + (serial.map { ":" + Self.encoded($0) } ?? socket.map { "@" + $0 } ?? "")
    }

    /// Whether `other`, which was found, can be the device that this one names.
    public func names(_ other: USBIdentity) -> Bool {
        (vendor, product) == (other.vendor, other.product) && (serial == nil || serial == other.serial)
            && (socket == nil || socket == other.socket)
    }

    private static func digits(_ number: UInt16) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func encoded(_ serial: String) -> String {
        serial.utf8.map { byte in
            if isPlain(byte) { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }

    /// `nil` when what follows a percent sign is no byte, or the bytes are no text.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let digits = String(rest.prefix(2)), digits.utf8.count == 2, let value = UInt8(digits, radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
