/// What a printer says it is: `MFG:Acme;MDL:VirtualMFP 4000;SN:0815;`, with long or short keys.
public struct IEEE1284ID: Sendable, Hashable, Codable {
    public var manufacturer: String?
    public var model: String?
    public var serial: String?

    public init(manufacturer: String? = nil, model: String? = nil, serial: String? = nil) {
        self.manufacturer = manufacturer
        self.model = model
        self.serial = serial
    }

    /// Reads what can be read; keys that are not known are passed over.
    public init(_ text: String) {
        var values: [String: String] = [:]
        for part in text.prefix(4096).split(separator: ";") {
            guard let colon = part.firstIndex(of: ":") else { continue }
            let key = part[..<colon].filter { !$0.isWhitespace }.uppercased()
            let value = part[part.index(after: colon)...].drop { $0.isWhitespace }
            if !value.isEmpty, values[key] == nil { values[key] = String(value.prefix(256)) }
        }
        self.init(
            manufacturer: values["MFG"] ?? values["MANUFACTURER"], model: values["MDL"] ?? values["MODEL"],
            serial: values["SN"] ?? values["SERN"] ?? values["SERIALNUMBER"])
    }
}
