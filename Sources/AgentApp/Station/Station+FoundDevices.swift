import Scanning
import Support

extension Station {
    /// Takes over which scanners the station has now.
    ///
    /// - Parameter now: Those that stay are the same values as before.
    public func setDevices(_ now: [StationDevice]) {
        let before = devices
        devices = now
        for device in before where !isHere(device) {
            deviceViews[device.id] = nil
            if let task = sensorWatches[device.edition]?.task {
                task.cancel()
            } else {
                sensorWatches[device.edition] = nil
            }
            if !now.contains(where: { $0.id == device.id }) {
                log.log(.info, "scanner-gone", .name("device", device.id))
            }
        }
        for device in now where !before.contains(where: { $0.id == device.id }) {
            log.log(.info, "scanner-found", .name("device", device.id), .name("origin", device.origin.rawValue))
        }
        devicesChanged.ring()
        changes.ring()
    }

    /// Takes over whether scanners can be looked for in a place.
    ///
    /// - Parameters:
    ///   - place: `usb` or `network`.
    ///   - problem: A stable code; `nil` when they can.
    public func looked(for place: String, problem: String?) {
        guard notSearched[place] != problem else { return }
        notSearched[place] = problem
        changes.ring()
    }

    /// Whether it is still this very device, and not another or the same one plugged in again.
    func isHere(_ device: StationDevice) -> Bool {
        devices.contains { $0.edition == device.edition }
    }

    /// Ends a scan that runs on a device that was pulled out.
    ///
    /// Mostly it has ended by itself: then pages and reason are known better. A driver may wait for ever.
    func endScan(on device: StationDevice) async {
        guard device.scanner.device.usbIdentity != nil, runningScans[device.id]?.device == device.edition else {
            return
        }
        try? await time.sleep(5)
        guard runningScans[device.id]?.device == device.edition else { return }
        runningScans[device.id]?.failure = BatchEnd.Reason.connectionLost.rawValue
        runningScans[device.id]?.task?.cancel()
    }

    /// The device that a person means.
    ///
    /// - Parameter name: Its id or name, or anything else that means it; `nil` where there is only one, or only one that
    ///   is configured.
    /// - Returns: The device.
    /// - Throws: ``BlankettError`` `unknown-device`.
    func device(named name: String?) throws -> StationDevice {
        if let name {
            let device =
                devices.first { $0.id == name } ?? devices.first { $0.name == name }
                ?? devices.first { $0.aliases.contains(name) }
            if let device { return device }
        } else {
            let own = devices.filter { $0.origin == .configured }
            if let device = devices.count == 1 ? devices.first : own.count == 1 ? own.first : nil { return device }
        }
        let names = devices.map(\.id).joined(separator: ", ")
        throw BlankettError(
            "unknown-device", exit: .badInput,
            name == nil ? "Which scanner is not clear." : "This station has no such scanner.",
            advice: devices.isEmpty
                ? "Connect one, or add one to the station's configuration." : "Choose one of: \(names).")
    }

    /// The device that a stack lies in, or lay in.
    ///
    /// - Returns: The device.
    /// - Throws: ``BlankettError`` `scanner-unreachable` while it is away.
    func device(of batch: Batch) throws -> StationDevice {
        guard let device = try? device(named: batch.device) else {
            throw BlankettError(
                "scanner-unreachable", exit: .device, "The scanner of this stack is not connected.",
                advice: "Connect it and switch it on, then go on.", isTransient: true)
        }
        return device
    }
}
