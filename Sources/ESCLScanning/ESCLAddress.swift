import Foundation
import Support

/// Where a device's eSCL service is: an origin, and the path that all its resources begin with.
struct ESCLAddress: Sendable, Hashable {
    /// Such as `http://127.0.0.1:8095`, `unix:///run/mfp.sock`, or `usb://0482:069d` for a transport that knows USB.
    var origin: String
    /// Such as `/eSCL`.
    var root: String

    /// `nil` unless `text` is an http, https or usb address, or `unix://` and a socket's path (its root is `/eSCL`).
    init?(_ text: String) {
        if text.hasPrefix("unix:///") {
            self.init(origin: text, root: "/eSCL")
            return
        }
        guard let match = text.wholeMatch(of: /((?:https?|usb):\/\/[^\/\s?#]+)(\/[^\s?#]*)?/) else { return nil }
        var root = match.2.map(String.init) ?? ""
        while root.hasSuffix("/") { root.removeLast() }
        self.init(origin: String(match.1), root: root.isEmpty ? "/eSCL" : root)
    }

    /// - Throws: ``BlankettError`` `bad-address` when `text` is none.
    init(checking text: String) throws(BlankettError) {
        guard let address = ESCLAddress(text) else {
            throw BlankettError(
                "bad-address", exit: .badInput, "“\(text)” is not the address of an eSCL scanner.",
                advice: "Write one such as http://printer.example:80/eSCL.")
        }
        self = address
    }

    private init(origin: String, root: String) {
        self.origin = origin
        self.root = root
    }

    /// The path of a job from the Location that the device gave.
    ///
    /// Only the path is believed: devices name hosts that nobody can reach, and some cut the address off.
    func jobPath(location: String) -> String? {
        let text = location.prefix { $0 != "?" && $0 != "#" }
        let path: Substring
        if let range = text.range(of: "\(root)/ScanJobs/") {
            path = text[range.lowerBound...]
        } else if let scheme = text.range(of: "://") {
            guard let slash = text[scheme.upperBound...].firstIndex(of: "/") else { return nil }
            path = text[slash...]
        } else {
            path = text
        }
        var result = String(path)
        while result.hasSuffix("/") { result.removeLast() }
        let isClean = result.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        return result.hasPrefix("/") && result.count > 1 && isClean ? result : nil
    }
}
