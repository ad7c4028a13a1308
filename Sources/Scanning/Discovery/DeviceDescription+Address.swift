extension DeviceDescription {
    /// A device of which only the address is known; it says how it is reached.
    public init(address: String, id: String? = nil, name: String? = nil) {
        let connection: Connection =
            address.hasPrefix("sane:") ? .sane : address.hasPrefix("usb://") ? .esclUSB : .escl
        self.init(id: id ?? address, name: name ?? address, connection: connection, address: address)
        usb = usbIdentity?.model
    }
}
