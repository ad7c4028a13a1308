import CUSB
import Scanning

/// One use of libusb, with an event loop of its own.
///
/// Its methods may be called from any thread; a device's handle is for one at a time.
struct USBLibrary: ~Copyable, @unchecked Sendable {
    // libusb locks its own contexts.
    let context: OpaquePointer

    /// - Throws: ``USBError`` where the machine has no USB at all.
    init() throws(USBError) {
        var made: OpaquePointer?
        try check("libusb_init", libusb_init(&made))
        guard let made else { throw USBError(call: "libusb_init", code: LIBUSB_ERROR_OTHER.rawValue) }
        context = made
    }

    deinit {
        libusb_exit(context)
    }

    /// Lends each device that is plugged in now to `body`.
    func eachDevice(_ body: (OpaquePointer) throws(USBError) -> Void) throws(USBError) {
        var list: UnsafeMutablePointer<OpaquePointer?>?
        let count = libusb_get_device_list(context, &list)
        guard count >= 0, let list else { throw USBError(call: "libusb_get_device_list", code: Int32(clamping: count)) }
        defer { libusb_free_device_list(list, 1) }
        for index in 0..<count {
            if let device = list[index] { try body(device) }
        }
    }

    /// Opens the device of this identity.
    ///
    /// - Returns: Its handle, for the caller to close.
    /// - Throws: ``USBError``, with code `notFound` when it is not plugged in, and `ambiguous` when several could be meant: the
    ///   paper may lie in the other one.
    func open(_ identity: USBIdentity) throws(USBError) -> OpaquePointer {
        let count = try count(identity)
        guard count <= 1 else {
            throw USBError(
                call: "\(count) devices \(identity) are plugged in; `blankett scanners` shows the address of each",
                code: USBError.ambiguous)
        }
        var handle: OpaquePointer?
        var failure = USBError(call: "looking for \(identity)", code: USBError.notFound)
        try eachDevice { device throws(USBError) in
            guard handle == nil, let found = try? USBDevice.identity(of: device), identity.names(found) else { return }
            let result = libusb_open(device, &handle)
            if result != 0 { failure = USBError(call: "libusb_open", code: result) }
        }
        guard let handle else { throw failure }
        return handle
    }

    /// How many devices that are plugged in the identity could mean.
    func count(_ identity: USBIdentity) throws(USBError) -> Int {
        var count = 0
        try eachDevice { device throws(USBError) in
            if let found = try? USBDevice.identity(of: device), identity.names(found) { count += 1 }
        }
        return count
    }
}
