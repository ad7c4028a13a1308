import Support

/// A scanner as it was seen in one way: configured, on the USB, or announced on the network.
public struct ScannerSighting: Sendable, Hashable, Codable {
    public enum Origin: String, Sendable, Hashable, Codable, CaseIterable {
        case configured, usb, network
    }

    public var origin: Origin
    /// How to reach it in this way.
    public var device: DeviceDescription
    /// Small letters, without `urn:uuid:`.
    public var uuid: String?
    /// Other names and numbers of the host in its address.
    public var hosts: [String]
    /// Whether it is known to be a scanner, without asking it.
    public var isCertain: Bool
    /// Changes each time the device comes anew.
    public var edition: String

    public init(
        _ origin: Origin, _ device: DeviceDescription, uuid: String? = nil, hosts: [String] = [],
        isCertain: Bool = true, edition: String = ""
    ) {
        self.origin = origin
        self.device = device
        self.uuid = uuid.map(Self.normal)
        self.hosts = hosts
        self.isCertain = isCertain
        self.edition = edition
    }

    /// Takes in what the device said of itself when it was asked.
    public mutating func learn(_ capabilities: ScannerCapabilities) {
        if let uuid = capabilities.uuid { self.uuid = Self.normal(uuid) }
        if device.serial == nil { device.serial = capabilities.serial }
        if device.model == nil { device.model = capabilities.makeAndModel }
        isCertain = true
    }

    /// Whether both are ways to one device: by its UUID, its serial number, or its address.
    public func isSameDevice(as other: ScannerSighting) -> Bool {
        if let uuid, let otherUUID = other.uuid { return uuid == otherUUID }
        if let serial = device.serial, let otherSerial = other.device.serial, Self.isTelling(serial) {
            return serial == otherSerial
        }
        if let usb = device.usbIdentity, let otherUSB = other.device.usbIdentity {
            return usb.names(otherUSB) || otherUSB.names(usb)
        }
        return !endpoints.isDisjoint(with: other.endpoints)
    }

    /// Some makers give all devices the serial number 0000000000.
    private static func isTelling(_ serial: String) -> Bool {
        serial.count >= 4 && Set(serial).count > 2
    }

    private static func normal(_ uuid: String) -> String {
        let text = uuid.lowercased()
        return text.hasPrefix("urn:uuid:") ? String(text.dropFirst("urn:uuid:".count)) : text
    }

    /// Hosts with their port, in every spelling that is known.
    private var endpoints: Set<String> {
        guard let match = device.address.firstMatch(of: /(https?):\/\/(\[[^\]]+\]|[^\/:]+)(?::([0-9]+))?/) else {
            return [device.address]
        }
        // One device serves both, at two ports.
        let port = match.3.map(String.init) ?? (match.1 == "https" ? "443" : "80")
        let isUsual = port == "443" || port == "80"
        return Set(([String(match.2)] + hosts).map { $0.lowercased() + ":" + (isUsual ? "usual" : port) })
    }
}

extension DeviceDescription {
    /// The device on the USB that the address means.
    public var usbIdentity: USBIdentity? {
        if address.hasPrefix("usb://") {
            return USBIdentity(address.dropFirst("usb://".count).prefix { $0 != "/" })
        }
        if let match = address.wholeMatch(of: /sane:[a-z0-9_]+:usb=(.+)/) { return USBIdentity(match.1) }
        return nil
    }
}
