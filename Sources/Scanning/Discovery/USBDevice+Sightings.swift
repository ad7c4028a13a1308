extension USBDevice {
    /// The ways in which this device may be scanned with, the best first; none where nothing says that it is a scanner.
    ///
    /// - Parameters:
    ///   - profiles: A profile of this very model says which ways to use, and in which order.
    ///   - table: Which SANE backend it needs.
    ///   - hasBackend: Whether a SANE backend is installed.
    /// - Returns: One sighting for each way.
    public func sightings(
        profiles: DeviceProfileLibrary, table: SaneDeviceTable, hasBackend: (String) -> Bool
    ) -> [ScannerSighting] {
        let profile = profiles.profile(for: description(.esclUSB, "usb://\(identity)/eSCL")).flatMap {
            $0.match.isGeneric ? nil : $0
        }
        var ways: [(DeviceDescription.Connection, String)] = []
        if hasIPPOverUSB { ways.append((.esclUSB, "usb://\(identity)/eSCL")) }
        var backends = (profile?.connection ?? []).compactMap { $0.split(separator: ":").dropFirst().first }
            .map(String.init).filter { $0 != "airscan" }
        backends += table[identity].filter { $0.support != .unsupported }.compactMap(\.backend)
        for (index, backend) in backends.enumerated() where !backends[..<index].contains(backend) && hasBackend(backend)
        {
            ways.append((.sane, "sane:\(backend):usb=\(identity)"))
        }
        let isCertain = profile != nil || !table[identity].isEmpty
        return ways.map { connection, address in
            ScannerSighting(
                .usb, description(connection, address), isCertain: isCertain,
                edition: "\(bus)-\(self.address)")
        }
    }

    private func description(_ connection: DeviceDescription.Connection, _ address: String) -> DeviceDescription {
        let name = [make, model].compactMap(\.self).joined(separator: " ")
        return DeviceDescription(
            id: "usb:\(identity)", name: name.isEmpty ? "USB \(identity.model)" : name, make: make, model: model,
            serial: serial, connection: connection, address: address, usb: identity.model)
    }
}
