import Foundation
import Scanning
import Support

/// A device name `BACKEND:usb=VID:PID`, with `:SERIAL` or `@SOCKET` where there are several of a kind: not SANE's, but by what stays the same when it is plugged in again.
struct SaneUSBName {
    let backend: String
    let identity: USBIdentity

    /// `nil` when the name is one of SANE's own.
    init?(_ name: String) {
        guard let match = name.wholeMatch(of: /([a-z0-9_]+):usb=(.+)/), let identity = USBIdentity(match.2) else {
            return nil
        }
        backend = String(match.1)
        self.identity = identity
    }

    /// Which of the devices that the backend found is meant.
    ///
    /// - Parameters:
    ///   - devices: As SANE lists them.
    ///   - places: Where such devices are plugged in, as `001:004`.
    /// - Returns: The device.
    /// - Throws: ``BlankettError`` when it is not there, or several could be meant.
    func choose(
        among devices: [ScanWorkerMessage.FoundDevice], at places: [String]
    ) throws(BlankettError) -> ScanWorkerMessage.FoundDevice {
        let own = devices.filter { $0.name.hasPrefix(backend + ":") }
        let here = own.filter { device in places.contains { device.name.hasSuffix("libusb:" + $0) } }
        let serial = identity.serial.map { serial in own.filter { $0.name.contains(serial) } } ?? []
        // Some backends name their devices after neither.
        let only = own.filter { !$0.name.contains("libusb:") }
        let found = !here.isEmpty ? here : !serial.isEmpty ? serial : only
        switch found.count {
        case 1 where places.count <= 1 || !here.isEmpty || !serial.isEmpty: return found[0]
        case 0:
            throw BlankettError(
                "scanner-unreachable", exit: .device,
                places.isEmpty
                    ? "The scanner is not plugged in."
                    : "The driver \(backend) does not find the scanner, though it is plugged in.",
                advice: places.isEmpty
                    ? "Check its cable, and that it is switched on."
                    : "Check that this user is in the group scanner, then unplug it and plug it in again.",
                isTransient: true)
        default:
            throw BlankettError(
                "scanner-ambiguous", exit: .badInput, "Several scanners of this kind are plugged in.",
                advice: "Give the serial number, or the socket: sane:\(backend):usb=\(identity.model):SERIAL or "
                    + "sane:\(backend):usb=\(identity.model)@1-2, as blankett scanners shows it.")
        }
    }

    /// Where devices of this identity are plugged in now, by what the kernel notes, as `001:004`.
    ///
    /// - Parameter folder: The kernel's.
    /// - Returns: Bus and address of each.
    func places(in folder: String = "/sys/bus/usb/devices") -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().compactMap { name in
            func note(_ key: String) -> String? {
                (try? String(contentsOfFile: "\(folder)/\(name)/\(key)", encoding: .utf8))?
                    .trimmingCharacters(in: .whitespacesAndNewlines)
            }
            guard let vendor = note("idVendor"), let product = note("idProduct"),
                var found = USBIdentity("\(vendor):\(product)")
            else { return nil }
            found.serial = note("serial")
            found.socket = name
            guard identity.names(found), let bus = note("busnum").flatMap({ Int($0) }),
                let address = note("devnum").flatMap({ Int($0) })
            else { return nil }
            return Self.digits(bus) + ":" + Self.digits(address)
        }
    }

    private static func digits(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }
}
