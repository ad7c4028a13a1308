import CUSB
public import Scanning

extension USBDevice {
    /// Puts a device back to where it was when it was plugged in: a driver that was killed leaves it in mid-sentence.
    ///
    /// Blocks until the device is there again. Several devices that cannot be told apart are left alone.
    ///
    /// - Parameter identity: Whose driver is gone.
    /// - Throws: ``USBError`` when it is not plugged in or must not be opened.
    public static func reset(_ identity: USBIdentity) throws(USBError) {
        let library = try USBLibrary()
        guard try library.count(identity) <= 1 else { return }
        let handle = try library.open(identity)
        defer { libusb_close(handle) }
        try check("libusb_reset_device", libusb_reset_device(handle))
    }
}
