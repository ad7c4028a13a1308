import Foundation
import NetworkDiscovery
public import Scanning
public import Support
import Synchronization
import USBDevices
import Workers

/// Looks for scanners on the USB and on the network.
public struct ScannerSearch: Sendable {
    public enum Place: String, Sendable, Hashable, CaseIterable {
        case usb, network
    }

    private let places: Set<Place>
    private let profiles: @Sendable () async -> DeviceProfileLibrary
    private let profilesChanged: Bell
    private let table: SaneDeviceTable

    /// - Parameters:
    ///   - places: Where to look.
    ///   - table: Which SANE backend a USB device needs.
    ///   - profilesChanged: Rings when `profiles` gives others.
    ///   - profiles: Say how a USB device is reached.
    public init(
        in places: Set<Place> = Set(Place.allCases), table: SaneDeviceTable, profilesChanged: Bell = Bell(),
        profiles: @escaping @Sendable () async -> DeviceProfileLibrary
    ) {
        self.places = places
        self.profiles = profiles
        self.profilesChanged = profilesChanged
        self.table = table
    }

    /// Looks until the task is cancelled.
    ///
    /// - Parameters:
    ///   - changed: Called with all that is seen, after each change.
    ///   - looked: Called when a place cannot be looked at, with the reason, and is tried again after a while; without
    ///     one when it is looked at.
    public func run(
        _ changed: @escaping @Sendable ([ScannerSighting]) async -> Void,
        looked: @escaping @Sendable (Place, (any Error)?) -> Void = { _, _ in }
    ) async {
        let seen = Guarded<[Place: [ScannerSighting]]>([:])
        let (states, continuation) = AsyncStream.makeStream(
            of: [ScannerSighting].self, bufferingPolicy: .bufferingNewest(1))
        @Sendable func note(_ place: Place, _ sightings: [ScannerSighting]) {
            seen.value.withLock { seen in
                seen[place] = sightings
                continuation.yield(Place.allCases.flatMap { seen[$0] ?? [] })
            }
        }
        await withDiscardingTaskGroup { group in
            for place in places {
                group.addTask {
                    while !Task.isCancelled {
                        do {
                            try await look(at: place) { sightings in
                                looked(place, nil)
                                note(place, sightings)
                            }
                        } catch {
                            looked(place, error)
                            note(place, [])
                        }
                        try? await Task.sleep(for: .seconds(30))
                    }
                }
            }
            for await state in states { await changed(state) }
            group.cancelAll()
        }
    }

    /// Looks for a while.
    ///
    /// - Parameter limit: How long; the USB answers at once, the network within two seconds or so.
    /// - Returns: What was seen, and the places that could not be looked at.
    public func once(for limit: Duration) async -> (sightings: [ScannerSighting], failures: [(Place, any Error)]) {
        let found = Guarded<[ScannerSighting]>([])
        let failures = Guarded<[(Place, any Error)]>([])
        await withTaskGroup { group in
            group.addTask {
                await run { sightings in
                    found.value.withLock { $0 = sightings }
                } looked: { place, error in
                    if let error { failures.value.withLock { $0.append((place, error)) } }
                }
            }
            try? await Task.sleep(for: limit)
            group.cancelAll()
        }
        return (found.value.withLock { $0 }, failures.value.withLock { $0 })
    }

    private func look(
        at place: Place, _ changed: @escaping @Sendable ([ScannerSighting]) -> Void
    ) async throws {
        switch place {
        case .usb: try await lookAtUSB(changed)
        case .network: try await NetworkScanners().run { changed($0) }
        }
    }

    private func lookAtUSB(_ changed: @escaping @Sendable ([ScannerSighting]) -> Void) async throws {
        let plugged = Guarded<[USBDevice]>([])
        @Sendable func tell() async {
            let profiles = await profiles()
            let devices = plugged.value.withLock { $0 }
            changed(
                devices.flatMap {
                    $0.sightings(profiles: profiles, table: table, hasBackend: SaneBackends.isInstalled)
                })
        }
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await USBWatcher().run { devices in
                    plugged.value.withLock { $0 = devices }
                    await tell()
                }
            }
            group.addTask {
                var seen = profilesChanged.count
                while !Task.isCancelled {
                    seen = await profilesChanged.wait(after: seen)
                    await tell()
                }
            }
            // The watcher ends by itself only where there is no USB.
            try await group.next()
            group.cancelAll()
        }
    }
}

/// A value that several tasks take turns with.
private final class Guarded<Value: Sendable>: Sendable {
    let value: Mutex<Value>

    init(_ value: Value) {
        self.value = Mutex(value)
    }
}
