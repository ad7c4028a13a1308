/// A device on the USB as its descriptors describe it; nothing was claimed to learn this.
public struct USBDevice: Sendable, Hashable, Codable {
    /// One alternate setting of an interface: what it speaks.
    public struct Interface: Sendable, Hashable, Codable {
        public var number: UInt8
        public var alternate: UInt8
        /// Class, subclass and protocol.
        public var kind: [UInt8]

        public init(number: UInt8, alternate: UInt8 = 0, kind: [UInt8]) {
            self.number = number
            self.alternate = alternate
            self.kind = kind
        }
    }

    /// Where it is plugged in: both change when it is plugged in again.
    public var bus: UInt8
    public var address: UInt8
    public var identity: USBIdentity
    /// The bus and the ports on the way to it, as the kernel writes them: `1-2.3`.
    public var socket: String?
    public var manufacturer: String?
    /// What the device calls itself.
    public var product: String?
    public var interfaces: [Interface]
    /// What the printer class gives as the device's identity.
    public var deviceID: IEEE1284ID?

    public init(
        bus: UInt8, address: UInt8, identity: USBIdentity, socket: String? = nil, manufacturer: String? = nil,
        product: String? = nil, interfaces: [Interface] = [], deviceID: IEEE1284ID? = nil
    ) {
        self.bus = bus
        self.address = address
        self.identity = identity
        self.socket = socket
        self.manufacturer = manufacturer
        self.product = product
        self.interfaces = interfaces
        self.deviceID = deviceID
    }

    /// Whether an interface carries HTTP: eSCL may be behind it.
    public var hasIPPOverUSB: Bool { interfaces.contains { $0.kind == [7, 1, 4] } }

    /// Whether an interface is of the printer class, which knows the IEEE-1284 id.
    public var isPrinter: Bool { interfaces.contains { $0.kind.first == 7 } }

    /// Who made it, as far as it says so.
    public var make: String? { deviceID?.manufacturer ?? manufacturer }

    /// What it is called, as far as it says so.
    public var model: String? { deviceID?.model ?? product }

    public var serial: String? { identity.serial ?? deviceID?.serial }

    /// The devices, where several are of a kind and have no serial number each with its socket in its identity.
    public static func toldApart(_ devices: [USBDevice]) -> [USBDevice] {
        let counts = Dictionary(grouping: devices, by: \.identity).mapValues(\.count)
        return devices.map { device in
            var device = device
            if device.identity.serial == nil, counts[device.identity, default: 0] > 1 {
                device.identity.socket = device.socket
            }
            return device
        }
    }
}
