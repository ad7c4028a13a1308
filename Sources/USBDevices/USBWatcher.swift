import CUSB
import Foundation
public import Scanning
import Synchronization

/// Tells which devices are on the USB, at once and whenever one is plugged in or taken away.
///
/// Only descriptors are read; no interface is claimed, so nobody else is disturbed.
public struct USBWatcher: Sendable {
    public init() {}

    /// Watches until the task is cancelled.
    ///
    /// - Parameter changed: Called with all devices, the first time at once, then after each change; the latest state
    ///   when changes come faster than they are taken.
    /// - Throws: ``USBError`` where the machine has no USB.
    public func run(_ changed: @Sendable ([USBDevice]) async -> Void) async throws {
        let (states, continuation) = AsyncStream.makeStream(of: [USBDevice].self, bufferingPolicy: .bufferingNewest(1))
        let loop = try USBWatchLoop(continuation)
        let thread = Thread { loop.run() }
        thread.name = "usb-watcher"
        thread.start()
        defer { loop.stop() }
        for await state in states { await changed(state) }
    }

    /// The devices that are plugged in now.
    ///
    /// - Returns: All devices but hubs.
    /// - Throws: ``USBError`` where the machine has no USB.
    public static func devices() throws -> [USBDevice] {
        var found: [USBDevice] = []
        try USBLibrary().eachDevice { device throws(USBError) in
            if !device.isHub { found.append(try USBDevice(reading: device)) }
        }
        return USBDevice.toldApart(found)
    }
}

/// The watcher's thread: libusb's events, and the devices as they were last read.
private final class USBWatchLoop: Sendable {
    private struct Change: @unchecked Sendable {
        // Counted up when noted, down when worked off.
        var device: OpaquePointer
        var isArrival: Bool
    }

    private let library: USBLibrary
    private let continuation: AsyncStream<[USBDevice]>.Continuation
    private let changes = Mutex<[Change]>([])
    private let isStopped = Atomic(false)

    init(_ continuation: AsyncStream<[USBDevice]>.Continuation) throws {
        library = try USBLibrary()
        self.continuation = continuation
    }

    deinit {
        for change in changes.withLock({ $0 }) { libusb_unref_device(change.device) }
    }

    func stop() {
        isStopped.store(true, ordering: .releasing)
        libusb_interrupt_event_handler(library.context)
    }

    func note(_ device: OpaquePointer, isArrival: Bool) {
        guard let counted = libusb_ref_device(device) else { return }
        changes.withLock { $0.append(Change(device: counted, isArrival: isArrival)) }
    }

    func run() {
        defer { continuation.finish() }
        var callback: libusb_hotplug_callback_handle = 0
        let both = Int32(LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED.rawValue | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT.rawValue)
        let registered = libusb_hotplug_register_callback(
            library.context, both, Int32(LIBUSB_HOTPLUG_ENUMERATE.rawValue), LIBUSB_HOTPLUG_MATCH_ANY,
            LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY, noteChange, Unmanaged.passUnretained(self).toOpaque(),
            &callback)
        guard registered == 0 else { return }
        defer { libusb_hotplug_deregister_callback(library.context, callback) }
        var devices: [OpaquePointer: USBDevice] = [:]
        var last: [USBDevice]?
        while !isStopped.load(ordering: .acquiring) {
            workOff(&devices)
            let state = USBDevice.toldApart(
                devices.values.sorted { ($0.bus, $0.address) < ($1.bus, $1.address) })
            if state != last {
                continuation.yield(state)
                last = state
            }
            var limit = timeval(tv_sec: 60, tv_usec: 0)
            guard changes.withLock({ $0.isEmpty }) else { continue }
            libusb_handle_events_timeout_completed(library.context, &limit, nil)
        }
    }

    /// Reads what came, outside of libusb's callback, where nothing may be asked of a device.
    private func workOff(_ devices: inout [OpaquePointer: USBDevice]) {
        let noted = changes.withLock { changes in
            defer { changes = [] }
            return changes
        }
        for change in noted {
            if !change.isArrival {
                devices[change.device] = nil
            } else if !change.device.isHub {
                // One that is gone again before it was read: its leaving is noted too.
                devices[change.device] = try? USBDevice(reading: change.device)
            }
            libusb_unref_device(change.device)
        }
    }
}

extension OpaquePointer {
    /// Whether this device of libusb's only holds others.
    fileprivate var isHub: Bool {
        var descriptor = libusb_device_descriptor()
        return libusb_get_device_descriptor(self, &descriptor) == 0
            && Int(descriptor.bDeviceClass) == Int(LIBUSB_CLASS_HUB.rawValue)
    }
}

@c private func noteChange(
    context: OpaquePointer?, device: OpaquePointer?, event: libusb_hotplug_event, loop: UnsafeMutableRawPointer?
) -> Int32 {
    guard let device, let loop else { return 0 }
    Unmanaged<USBWatchLoop>.fromOpaque(loop).takeUnretainedValue()
        .note(device, isArrival: event == LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED)
    return 0
}
