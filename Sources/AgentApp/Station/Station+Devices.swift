import Scanning
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
}

extension Station {
    /// Asks every scanner now and then how it is; one that scans is left alone.
    func watchDevices() async {
        while !Task.isCancelled {
            await withDiscardingTaskGroup { group in
                for device in devices { group.addTask { await self.look(at: device) } }
            }
            try? await time.sleep(5)
        }
    }

    /// Asks every scanner at once, as when what is known of them has changed.
    public func look() async {
        for device in devices { await look(at: device) }
    }

    func look(at device: StationDevice) async {
        guard runningScans[device.id] == nil else { return }
        var view = DeviceView(id: device.id, name: device.name, state: .ready, profiles: [])
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
        // While the device was asked a scan may have begun, and what it said is of before.
        guard runningScans[device.id] == nil else { return }
        if deviceViews[device.id] != view {
            deviceViews[device.id] = view
            changes.ring()
        }
    }

    func views(of devices: [StationDevice]) -> [DeviceView] {
        devices.map { device in
            var view =
                deviceViews[device.id]
                ?? DeviceView(id: device.id, name: device.name, state: .unknown, profiles: [])
            // What the feeder held before is on its way through.
            if runningScans[device.id] != nil { (view.state, view.feeder) = (.scanning, nil) }
            return view
        }
    }
}
