import CUSB
import Foundation
import Scanning

extension USBDevice {
    /// Reads a device's descriptors and what the kernel noted of it; it is not claimed, and opened only for a printer's
    /// IEEE-1284 id.
    ///
    /// - Parameter device: libusb's.
    /// - Throws: ``USBError`` when it is gone already.
    init(reading device: OpaquePointer) throws(USBError) {
        let notes = KernelNotes(device)
        self.init(
            bus: libusb_get_bus_number(device), address: libusb_get_device_address(device),
            identity: try Self.identity(of: device), socket: notes.socket, manufacturer: notes.text("manufacturer"),
            product: notes.text("product"), interfaces: Self.interfaces(of: device))
        identity.socket = nil
        if isPrinter { deviceID = notes.deviceID(interfaces) ?? Self.askedDeviceID(device, interfaces) }
    }

    /// Which device it is.
    ///
    /// - Parameter device: libusb's.
    /// - Returns: Its identity, with the serial number where it has one, and its socket.
    /// - Throws: ``USBError`` when it is gone already.
    static func identity(of device: OpaquePointer) throws(USBError) -> USBIdentity {
        var descriptor = libusb_device_descriptor()
        try check("libusb_get_device_descriptor", libusb_get_device_descriptor(device, &descriptor))
        let notes = KernelNotes(device)
        return USBIdentity(
            vendor: descriptor.idVendor, product: descriptor.idProduct, serial: notes.text("serial"),
            socket: notes.socket)
    }

    private static func interfaces(of device: OpaquePointer) -> [Interface] {
        var configuration: UnsafeMutablePointer<libusb_config_descriptor>?
        guard libusb_get_active_config_descriptor(device, &configuration) == 0, let configuration else { return [] }
        defer { libusb_free_config_descriptor(configuration) }
        let all = UnsafeBufferPointer(
            start: configuration.pointee.interface, count: Int(configuration.pointee.bNumInterfaces))
        return all.flatMap { one in
            UnsafeBufferPointer(start: one.altsetting, count: Int(one.num_altsetting)).map {
                Interface(
                    number: $0.bInterfaceNumber, alternate: $0.bAlternateSetting,
                    kind: [$0.bInterfaceClass, $0.bInterfaceSubClass, $0.bInterfaceProtocol])
            }
        }
    }

    /// Asks the printer class for the identity; the kernel allows that without a claim.
    private static func askedDeviceID(_ device: OpaquePointer, _ interfaces: [Interface]) -> IEEE1284ID? {
        guard let printer = interfaces.first(where: { $0.kind.first == 7 }) else { return nil }
        var handle: OpaquePointer?
        guard libusb_open(device, &handle) == 0, let handle else { return nil }
        defer { libusb_close(handle) }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let index = UInt16(printer.number) << 8 | UInt16(printer.alternate)
        let count = libusb_control_transfer(handle, 0xA1, 0, 0, index, &bytes, UInt16(bytes.count), 1000)
        // The first two bytes are the length, themselves included.
        guard count > 2 else { return nil }
        return IEEE1284ID(String(decoding: bytes[2..<Int(count)], as: UTF8.self))
    }
}

/// The kernel's folder of a device under `/sys`: its strings without opening it.
private struct KernelNotes {
    /// The folder's name: the bus and the ports on the way to the device.
    let socket: String
    private let folder: String

    init(_ device: OpaquePointer) {
        var ports = [UInt8](repeating: 0, count: 8)
        let count = max(0, libusb_get_port_numbers(device, &ports, Int32(ports.count)))
        let path = ports.prefix(Int(count)).map(String.init).joined(separator: ".")
        let bus = libusb_get_bus_number(device)
        socket = path.isEmpty ? "usb\(bus)" : "\(bus)-\(path)"
        folder = "/sys/bus/usb/devices/" + socket
    }

    func text(_ name: String) -> String? { Self.text(folder + "/" + name) }

    /// What the driver usblp asked, where it is bound.
    func deviceID(_ interfaces: [USBDevice.Interface]) -> IEEE1284ID? {
        for interface in interfaces where interface.kind.first == 7 {
            if let text = Self.text("\(folder)/\(socket):1.\(interface.number)/ieee1284_id") { return IEEE1284ID(text) }
        }
        return nil
    }

    private static func text(_ path: String) -> String? {
        guard let file = FileHandle(forReadingAtPath: path), let bytes = try? file.read(upToCount: 4096) else {
            return nil
        }
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : text
    }
}
