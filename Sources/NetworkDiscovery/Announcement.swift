package import Scanning

/// A scanner as it announces itself on the network: DNS-SD `_uscan._tcp`, or `_uscans._tcp` with TLS.
///
/// Anybody on the network can announce anything: each part is checked before it becomes part of an address.
package struct Announcement: Sendable, Hashable {
    /// Such as `Acme VirtualMFP 4000`.
    package var name: String
    package var isSecure: Bool
    /// Such as `printer.local`.
    package var host: String
    /// The number in text, without brackets; with the interface after `%` where it is link-local.
    package var address: String
    package var port: UInt16
    /// What stands in the TXT record, by its key in small letters.
    package var text: [String: String]

    package init(name: String, isSecure: Bool, host: String, address: String, port: UInt16, text: [String: String]) {
        self.name = name
        self.isSecure = isSecure
        self.host = host
        self.address = address
        self.port = port
        self.text = text
    }

    /// The way to the scanner; `nil` when it announces no usable address.
    package var sighting: ScannerSighting? {
        guard port > 0, address.wholeMatch(of: /[0-9A-Fa-f.:]{2,45}(%[A-Za-z0-9._-]{1,15})?/) != nil else {
            return nil
        }
        let isLoopback = address.hasPrefix("127.") || address == "::1"
        // On this machine it is ipp-usb, which answers to its name only.
        let numeric = address.contains(":") ? "[\(address.replacing("%", with: "%25"))]" : address
        let root = (text["rs"] ?? "").split(separator: "/").joined(separator: "/")
        let path = root.wholeMatch(of: /[A-Za-z0-9._~\/-]{1,200}/) == nil ? "eSCL" : root
        let url = "\(isSecure ? "https" : "http")://\(isLoopback ? "localhost" : numeric):\(port)/\(path)"
        let uuid = text["uuid"].flatMap { $0.wholeMatch(of: /(?:urn:uuid:)?[0-9A-Fa-f-]{32,36}/) == nil ? nil : $0 }
        let model = Self.clean(text["ty"] ?? "")
        let own = Self.clean(name)
        let device = DeviceDescription(
            id: url, name: own.isEmpty ? url : own, make: text["usb_mfg"].map(Self.clean),
            model: model.isEmpty ? nil : model, connection: .escl, address: url)
        return ScannerSighting(
            .network, device, uuid: uuid, hosts: [Self.clean(host), address],
            edition: "\(url) \(uuid ?? "")")
    }

    /// A short text without what could disturb a terminal or a log.
    private static func clean(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(120).filter { !$0.properties.isControlOrFormat }))
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isControlOrFormat: Bool {
        switch generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
        default: false
        }
    }
}
