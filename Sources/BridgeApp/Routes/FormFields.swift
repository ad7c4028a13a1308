import Foundation

/// The fields of a form (`application/x-www-form-urlencoded`), each once.
struct FormFields: Sendable {
    /// In bytes.
    static let largest = 8192
    let fields: [String: String]

    /// `nil` when it is too large, or can be read in two ways or none.
    init?(_ body: [UInt8]) {
        guard body.count <= Self.largest, let text = String(validating: body, as: UTF8.self) else { return nil }
        var fields: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                $0.replacing("+", with: " ").removingPercentEncoding
            }
            guard parts.count == 2, let name = parts[0], let value = parts[1],
                fields.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        self.fields = fields
    }
}
