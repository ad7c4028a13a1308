import CUSB
import Foundation
import Scanning

/// One claimed IPP-over-USB interface of an open device; released and closed at its end.
struct IPPConnection: ~Copyable {
    private let library: USBLibrary
    private let handle: OpaquePointer
    private let interface: IPPInterface

    /// In milliseconds: so long a transfer waits before the caller may think again.
    private static let slice: UInt32 = 500

    /// - Throws: ``USBError``, with code `busy` when another program has claimed all of its interfaces.
    init(opening identity: USBIdentity) throws(USBError) {
        let library = try USBLibrary()
        let handle = try library.open(identity)
        do {
            interface = try Self.claim(handle)
        } catch {
            libusb_close(handle)
            throw error
        }
        self.library = library
        self.handle = handle
        discardStale()
    }

    deinit {
        libusb_release_interface(handle, interface.number)
        libusb_close(handle)
    }

    /// Writes some of `bytes`.
    ///
    /// - Returns: How many; 0 when the device takes none at present.
    func write(_ bytes: [UInt8]) throws(USBError) -> Int {
        var bytes = bytes
        return try transfer(interface.output, &bytes, Self.slice)
    }

    /// Reads what the device has to say; nothing when it is silent at present.
    func read() throws(USBError) -> [UInt8] {
        try read(waiting: Self.slice)
    }

    private func read(waiting milliseconds: UInt32) throws(USBError) -> [UInt8] {
        // Whole packets: a part of one would be an overflow.
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = try transfer(interface.input, &bytes, milliseconds)
        return count == 0 ? [] : Array(bytes.prefix(count))
    }

    private func transfer(_ endpoint: UInt8, _ bytes: inout [UInt8], _ wait: UInt32) throws(USBError) -> Int {
        var moved: Int32 = 0
        let result = libusb_bulk_transfer(handle, endpoint, &bytes, Int32(bytes.count), &moved, wait)
        if result == USBError.stalled { libusb_clear_halt(handle, endpoint) }
        if result != USBError.timedOut { try check("libusb_bulk_transfer", result) }
        if result == 0, moved == 0 { usleep(10_000) }
        return Int(moved)
    }

    /// Puts the device back to where it was when it was plugged in.
    func reset() {
        libusb_clear_halt(handle, interface.input)
        libusb_clear_halt(handle, interface.output)
        libusb_release_interface(handle, interface.number)
        libusb_reset_device(handle)
    }

    /// Reads away what a client before us left unread.
    private func discardStale() {
        for _ in 0..<64 {
            guard let bytes = try? read(waiting: 20), !bytes.isEmpty else { return }
        }
    }

    /// Claims the first interface that is free.
    private static func claim(_ handle: OpaquePointer) throws(USBError) -> IPPInterface {
        // The kernel's printer driver gives way, and gets its interface back afterwards.
        libusb_set_auto_detach_kernel_driver(handle, 1)
        var failure = USBError(call: "looking for an IPP-over-USB interface", code: USBError.notFound)
        for interface in IPPInterface.all(of: handle) {
            let result = libusb_claim_interface(handle, interface.number)
            if result == 0 {
                libusb_set_interface_alt_setting(handle, interface.number, interface.alternate)
                return interface
            }
            failure = USBError(call: "libusb_claim_interface", code: result)
        }
        throw failure
    }
}

/// An interface 7/1/4 and its two bulk endpoints.
private struct IPPInterface {
    var number: Int32
    var alternate: Int32
    var input: UInt8
    var output: UInt8

    static func all(of handle: OpaquePointer) -> [IPPInterface] {
        var configuration: UnsafeMutablePointer<libusb_config_descriptor>?
        guard let device = libusb_get_device(handle),
            libusb_get_active_config_descriptor(device, &configuration) == 0, let configuration
        else { return [] }
        defer { libusb_free_config_descriptor(configuration) }
        let interfaces = UnsafeBufferPointer(
            start: configuration.pointee.interface, count: Int(configuration.pointee.bNumInterfaces))
        return interfaces.flatMap { UnsafeBufferPointer(start: $0.altsetting, count: Int($0.num_altsetting)) }
            .compactMap(IPPInterface.init)
    }

    private init?(_ descriptor: libusb_interface_descriptor) {
        guard
            (descriptor.bInterfaceClass, descriptor.bInterfaceSubClass, descriptor.bInterfaceProtocol) == (7, 1, 4)
        else { return nil }
        let bulk = UnsafeBufferPointer(start: descriptor.endpoint, count: Int(descriptor.bNumEndpoints))
            .filter { $0.bmAttributes & 3 == 2 }.map(\.bEndpointAddress)
        guard let input = bulk.first(where: { $0 & 0x80 != 0 }), let output = bulk.first(where: { $0 & 0x80 == 0 })
        else { return nil }
        self.init(
            number: Int32(descriptor.bInterfaceNumber), alternate: Int32(descriptor.bAlternateSetting), input: input,
            output: output)
    }

    private init(number: Int32, alternate: Int32, input: UInt8, output: UInt8) {
        (self.number, self.alternate, self.input, self.output) = (number, alternate, input, output)
    }
}
