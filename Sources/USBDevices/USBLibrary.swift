import CUSB

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
}
