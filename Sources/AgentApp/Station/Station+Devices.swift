public import Scanning
import Support

/// A scanner as a person sees it.
public struct DeviceView: Sendable, Hashable, Codable {
    public enum State: String, Sendable, Hashable, Codable {
        case unknown, ready, scanning, busy, unreachable
    }

    public var id: String
    public var name: String
    public var state: State
    /// Paper in the feeder, where the device tells.
    public var feeder: String?
    public var profiles: [String]
    /// Why it is unreachable: a stable code.
    public var code: String?
    /// How it came to be here.
    public var origin: ScannerSighting.Origin

    init(_ device: StationDevice, state: State) {
        (id, name, origin) = (device.id, device.name, device.origin)
        (self.state, profiles) = (state, [])
    }
}

/// A scanner as a technician sees it: also where it is, and what else it is called.
public struct DeviceDetails: Sendable, Hashable, Codable {
    public var device: DeviceView
    /// The way in use.
    public var address: String
    public var connection: DeviceDescription.Connection
    /// Everything that means this scanner, such as in `allow` and `deny`.
    public var aliases: [String]
}

extension Station {
    public func deviceDetails() -> [DeviceDetails] {
        zip(devices, views(of: devices)).map { device, view in
            let way = device.scanner.device
            return DeviceDetails(
                device: view, address: way.address, connection: way.connection, aliases: device.aliases.sorted())
        }
    }

    /// Asks every scanner now and then how it is; one that scans is left alone.
    func watchDevices() async {
        var watched: Set<UUIDv7> = []
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let seen = devicesChanged.count
                // One that takes its time keeps no other waiting.
                for device in devices where watched.insert(device.edition).inserted {
                    group.addTask { await self.watch(device) }
                }
                await devicesChanged.wait(after: seen)
            }
        }
    }

    private func watch(_ device: StationDevice) async {
        while !Task.isCancelled, isHere(device) {
            let seen = devicesChanged.count
            await look(at: device)
            await devicesChanged.wait(after: seen, atMost: time.duration(5))
        }
        await endScan(on: device)
    }

    /// Asks every scanner at once, as when what is known of them has changed.
    public func look() async {
        for device in devices {
            await stopWatching(device)
            await look(at: device)
        }
    }

    func look(at device: StationDevice) async {
        guard runningScans[device.id] == nil, !isHeld(device) else { return }
        var view = DeviceView(device, state: .ready)
        do {
            view.profiles = try await device.profiles()
            let status = try await device.scanner.status()
            view.feeder = status.feeder.rawValue
            switch status.state {
            case .idle, .unknown: view.state = .ready
            case .processing, .warmingUp: view.state = .busy
            case .stopped, .down: (view.state, view.code) = (.unreachable, "scanner-\(status.state.rawValue)")
            }
        } catch {
            (view.state, view.code) = (.unreachable, (error as? BlankettError)?.code ?? "scanner-unreachable")
        }
        // While the device was asked a scan may have begun, or its sensors are read: what it said is of before.
        guard runningScans[device.id] == nil, isHere(device), !isHeld(device) else { return }
        if deviceViews[device.id] != view {
            deviceViews[device.id] = view
            changes.ring()
        }
    }

    func views(of devices: [StationDevice]) -> [DeviceView] {
        devices.map { device in
            var view =
                deviceViews[device.id]
                ?? DeviceView(device, state: .unknown)
            view.name = device.name
            // What the feeder held before is on its way through.
            if runningScans[device.id] != nil { (view.state, view.feeder) = (.scanning, nil) }
            return view
        }
    }
}
