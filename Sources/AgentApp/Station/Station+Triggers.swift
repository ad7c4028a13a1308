public import Foundation
import Scanning
import Support

/// Something at a device for which a person who stands there wants the page to be awake.
public struct DeviceSignal: Sendable, Hashable, Codable {
    public enum Cause: String, Sendable, Hashable, Codable {
        case paper = "paper-loaded"
        case button = "scan-button"
    }

    /// Rises by one with each.
    public var number: Int
    public var device: String
    public var cause: Cause
    public var time: Date
    /// Why the profile's "scan when paper is loaded" did not begin a scan: a stable code.
    public var problem: String?
}

/// The watching of one device's sensors.
struct SensorWatch {
    var task: Task<Void, any Error>?
    var trigger = FeederTrigger()
    /// The scan profile that paper begins; `nil` where a person begins every scan.
    var profile: String?
    /// Paper has come: when the device has been given up, it is scanned.
    var isStarting = false
    /// A device that could not be watched is left alone until then.
    var notBefore = Date.distantPast
}

extension Station {
    /// Watches the sensors of every device that is ready, for as long as the agent runs.
    func watchSensors() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                for device in devices where canWatch(device) {
                    let task = Task { try await self.watchSensors(of: device) }
                    sensorWatches[device.edition, default: SensorWatch()].task = task
                    group.addTask { await self.follow(task, of: device) }
                }
                try? await time.sleep(0.5)
            }
            for watch in sensorWatches.values { watch.task?.cancel() }
        }
    }

    /// Gives a device up that is watched: when this returns, it is free for a scan.
    func stopWatching(_ device: StationDevice) async {
        guard let task = sensorWatches[device.edition]?.task else { return }
        task.cancel()
        _ = await task.result
        forget(task, of: device)
    }

    /// Whether the device cannot be asked anything because its sensors are being read.
    func isHeld(_ device: StationDevice) -> Bool {
        device.scanner.isHeldWhileWatched && sensorWatches[device.edition]?.task != nil
    }

    private func canWatch(_ device: StationDevice) -> Bool {
        let watch = sensorWatches[device.edition]
        return deviceViews[device.id]?.state == .ready && runningScans[device.id] == nil && watch?.task == nil
            && watch?.notBefore ?? .distantPast <= now()
    }

    private func watchSensors(of device: StationDevice) async throws {
        let profiles = try await device.known()?.profiles ?? [:]
        let offered = deviceViews[device.id]?.profiles ?? []
        // The usual one first.
        let profile = offered.first { profiles[$0]?.trigger == .paper }
        sensorWatches[device.edition]?.profile = profile
        try await device.scanner.watch(every: time.duration(profile == nil ? 2 : 1)) {
            await self.saw($0, at: device)
        }
    }

    /// Waits for the end of a watch, and scans if paper was why it ended.
    private func follow(_ task: Task<Void, any Error>, of device: StationDevice) async {
        var pause = 5.0
        do {
            try await task.value
        } catch let error as BlankettError where error.code == BlankettError.noSensors.code {
            pause = 600
        } catch {}
        forget(task, of: device)
        guard isHere(device) else { return sensorWatches[device.edition] = nil }
        let isStarting = sensorWatches[device.edition]?.isStarting == true
        sensorWatches[device.edition]?.isStarting = false
        if task.isCancelled {
            if isStarting, runningScans[device.id] == nil { await scanPaper(in: device) }
        } else {
            sensorWatches[device.edition]?.notBefore = now().addingTimeInterval(pause)
            // It may be gone: nobody is to wait for the next look.
            await look(at: device)
        }
    }

    /// The watch has ended, unless another has begun meanwhile.
    private func forget(_ task: Task<Void, any Error>, of device: StationDevice) {
        if sensorWatches[device.edition]?.task == task { sensorWatches[device.edition]?.task = nil }
    }

    private func saw(_ reading: SensorReading, at device: StationDevice) {
        if deviceViews[device.id]?.state == .ready, reading.feeder != .unknown,
            deviceViews[device.id]?.feeder != reading.feeder.rawValue
        {
            deviceViews[device.id]?.feeder = reading.feeder.rawValue
            changes.ring()
        }
        switch sensorWatches[device.edition]?.trigger.handle(reading, at: now()) {
        case .button: raise(.button, at: device)
        case .paper where sensorWatches[device.edition]?.profile != nil:
            // The device can only scan when it is watched no longer.
            sensorWatches[device.edition]?.isStarting = true
            sensorWatches[device.edition]?.task?.cancel()
        case .paper: raise(.paper, at: device)
        case .some(.none), nil: break
        }
    }

    private func scanPaper(in device: StationDevice) async {
        var problem: String?
        do {
            let open = try await journal.transaction { try $0.batches(in: [.incomplete], limit: .max) }
            // The paper may be what is missing: a person says so.
            guard !open.contains(where: { $0.device == device.id }) else { throw BlankettError.notNow }
            _ = try await startScan(device: device.id, profile: sensorWatches[device.edition]?.profile)
        } catch {
            log.log(.warning, "scan-not-started", .name("device", device.id), .error(error))
            problem = (error as? BlankettError)?.code ?? "internal"
        }
        raise(.paper, at: device, problem: problem)
    }

    private func raise(_ cause: DeviceSignal.Cause, at device: StationDevice, problem: String? = nil) {
        signal = DeviceSignal(
            number: (signal?.number ?? 0) + 1, device: device.id, cause: cause, time: now(), problem: problem)
        log.log(
            .info, "device-signal", .name("device", device.id), .name("cause", cause.rawValue),
            .name("problem", problem ?? "none"))
        changes.ring()
    }
}
