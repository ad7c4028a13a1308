import Foundation
import Scanning

/// What the daemon ipp-usb has written down about the devices it owns.
struct IPPUSBDaemon {
    let folder: URL

    /// The port at which it serves a device; `nil` when it does not say.
    ///
    /// It keeps a file for each device, `dev/VID-PID-SERIAL-MODEL.state`, with a line `http-port = 60000`.
    ///
    /// Devices without serial numbers that are told apart by their sockets have no file each.
    func port(for identity: USBIdentity) -> Int? {
        guard identity.socket == nil else { return nil }
        let states = folder.appending(path: "dev")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: states.path())) ?? []
        let prefix = identity.model.replacing(":", with: "-") + "-"
        let serial = identity.serial.map { $0.filter { $0.isLetter || $0.isNumber } + "-" } ?? ""
        let name = names.sorted().first { $0.lowercased().hasPrefix((prefix + serial).lowercased()) }
        guard let name,
            let text = try? String(contentsOf: states.appending(path: name), encoding: .utf8),
            let match = text.firstMatch(of: /(?m)^\s*http-port\s*=\s*([0-9]{1,5})\s*$/)
        else { return nil }
        return Int(match.1)
    }
}
