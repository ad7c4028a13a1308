import Foundation
public import Scanning
public import Support

/// A scanner behind SANE: `sane:BACKEND:DEVICE`.
///
/// Such as `sane:fujitsu:libusb:001:004`, `sane:test:0`, `sane:airscan:http://192.0.2.7/eSCL`, or with `wsd+http://` for
/// a device that only speaks WS-Scan. With nothing after the second colon: the first device that the backend finds. With
/// `usb=VID:PID` or `usb=VID:PID:SERIAL` there: that device, wherever it is plugged in.
public struct SaneAddress: Sendable, Hashable, CustomStringConvertible {
    public let backend: String
    /// What follows the backend's name.
    public let rest: String

    /// - Throws: ``BlankettError`` `bad-address` for an address that cannot be used, with the reason.
    public init(_ text: String) throws(BlankettError) {
        guard let match = text.wholeMatch(of: /sane:([a-z0-9_]+)(?::(.*))?/) else {
            throw Self.refusal("\(text) is no address of a SANE scanner.", "Write sane:BACKEND:DEVICE.")
        }
        backend = String(match.1)
        rest = match.2.map(String.init) ?? ""
        switch backend {
        case "escl":
            throw Self.refusal(
                "SANE's own backend escl is not used: it loses pages after a jam and crashes on what devices send.",
                "Use the scanner's eSCL address, such as http://192.0.2.7/eSCL, or sane:airscan: before it.")
        case "dll":
            throw Self.refusal("dll is not a backend but a list of them.", "Name the backend itself.")
        case "airscan":
            // It goes into a file that airscan reads.
            guard rest.wholeMatch(of: /(?:wsd\+)?https?:\/\/[A-Za-z0-9._~:\/?@!$&()*+%=\[\]-]+/) != nil else {
                throw Self.refusal("airscan needs the device's URL.", "Write sane:airscan:http://ADDRESS/eSCL.")
            }
        case _ where rest.hasPrefix("usb="):
            guard USBIdentity(rest.dropFirst("usb=".count)) != nil else {
                throw Self.refusal(
                    "\(rest) names no USB device.", "Write sane:\(backend):usb=VID:PID or …:VID:PID:SERIAL.")
            }
        default:
            // So does the device's name into a message; no name has a line break.
            guard !rest.contains(where: \.isNewline) else {
                throw Self.refusal("A SANE device's name has no line breaks.", "Copy it from the list of scanners.")
            }
        }
    }

    public var description: String { rest.isEmpty ? "sane:\(backend)" : "sane:\(backend):\(rest)" }

    /// What SANE is asked to open.
    var deviceName: String {
        // airscan numbers its devices anew in each process; with one in its list, the first is the one.
        backend == "airscan" ? "airscan:" : "\(backend):\(rest)"
    }

    /// Where a device that is scanned through airscan can be asked over eSCL too; `nil` for others.
    public var esclRoot: String? { backend == "airscan" && !rest.hasPrefix("wsd+") ? rest : nil }

    /// airscan's own file: this device only, and no looking around on the network.
    var airscanConfiguration: String {
        let isWSD = rest.hasPrefix("wsd+")
        return """
            [devices]
            "Scanner" = \(isWSD ? String(rest.dropFirst(4)) : rest), \(isWSD ? "WSD" : "eSCL")
            [options]
            discovery = disable

            """
    }

    /// The device that the address means on the USB; `nil` when it means one by SANE's own name.
    public var usbIdentity: USBIdentity? {
        rest.hasPrefix("usb=") ? USBIdentity(rest.dropFirst("usb=".count)) : nil
    }

    private static func refusal(_ message: String, _ advice: String) -> BlankettError {
        BlankettError("bad-address", exit: .badInput, message, advice: advice)
    }
}
