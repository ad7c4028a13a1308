import CUSB

/// What libusb answered when something did not work.
public struct USBError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The C function.
    public var call: String
    /// libusb's own number.
    public var code: Int32

    public var description: String { "\(call): \(String(cString: libusb_error_name(code)))" }

    static let ambiguous = LIBUSB_ERROR_INVALID_PARAM.rawValue
    static let busy = LIBUSB_ERROR_BUSY.rawValue
    static let gone = LIBUSB_ERROR_NO_DEVICE.rawValue
    static let notAllowed = LIBUSB_ERROR_ACCESS.rawValue
    static let notFound = LIBUSB_ERROR_NOT_FOUND.rawValue
    static let stalled = LIBUSB_ERROR_PIPE.rawValue
    static let timedOut = LIBUSB_ERROR_TIMEOUT.rawValue
}

/// Turns a negative answer of libusb into an error; others are counts.
@discardableResult
func check(_ call: String, _ result: Int32) throws(USBError) -> Int32 {
    guard result >= 0 else { throw USBError(call: call, code: result) }
    return result
}
