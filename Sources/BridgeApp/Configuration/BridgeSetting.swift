import Foundation
import Support

/// One value of the configuration that can be set from outside its files.
struct BridgeSetting: Sendable {
    enum Kind: Sendable {
        case text, number, flag
        /// From outside a file it is relative to the working folder.
        case path
    }

    /// Such as `listen.port`.
    let key: String
    let kind: Kind
    /// What counts when nobody sets it, for a person.
    let standard: String

    /// What can hold a password, and is not shown.
    static let secret: Set = ["store.postgres"]

    /// Such as `BLANKETT_LISTEN_PORT`.
    var variable: String {
        "BLANKETT_"
            + key.reduce(into: "") { name, character in
                if character == "." {
                    name += "_"
                } else {
                    if character.isUppercase { name += "_" }
                    name += character.uppercased()
                }
            }
    }

    static let all: [BridgeSetting] = [
        BridgeSetting(key: "data", kind: .path, standard: "none: it is needed"),
        BridgeSetting(key: "listen.address", kind: .text, standard: "\"127.0.0.1\""),
        BridgeSetting(key: "listen.port", kind: .number, standard: "0, the system chooses"),
        BridgeSetting(key: "tls.certificate", kind: .path, standard: "none"),
        BridgeSetting(key: "tls.key", kind: .path, standard: "none"),
        BridgeSetting(key: "tls.clientAuthorities", kind: .path, standard: "none"),
        BridgeSetting(key: "store.postgres", kind: .text, standard: "none: SQLite in the data folder"),
        BridgeSetting(key: "blobs", kind: .path, standard: "blobs in the data folder"),
        BridgeSetting(
            key: "key", kind: .path, standard: "the credential bridge.key, else bridge.key in the data folder"),
        BridgeSetting(key: "retention.days", kind: .number, standard: "none: nothing is erased by itself"),
        BridgeSetting(key: "backup.key", kind: .text, standard: "none: backups are not encrypted"),
        BridgeSetting(key: "admin.port", kind: .number, standard: "none: there is no admin page"),
        BridgeSetting(key: "access", kind: .path, standard: "the data folder"),
        BridgeSetting(key: "rateLimits.agent", kind: .number, standard: "0, any number"),
        BridgeSetting(key: "rateLimits.consumer", kind: .number, standard: "6000"),
        BridgeSetting(key: "rateLimits.operator", kind: .number, standard: "600"),
        BridgeSetting(key: "rateLimits.stranger", kind: .number, standard: "120"),
        BridgeSetting(key: "tokens", kind: .flag, standard: "true"),
        BridgeSetting(key: "diskReserve", kind: .number, standard: "5 %, at most 268435456"),
        BridgeSetting(key: "largestBlob", kind: .number, standard: "33554432"),
        BridgeSetting(key: "connections", kind: .number, standard: "1024"),
    ]

    /// The document that holds only this setting.
    func document(_ text: String, from source: String) throws(BlankettError) -> JSONValue {
        let value: JSONValue
        switch kind {
        case .text: value = .string(text)
        case .path: value = .string(URL(filePath: text).absoluteURL.standardizedFileURL.path(percentEncoded: false))
        case .number:
            guard let number = Int(text) else { throw .usage("\(source): \(key) is a whole number, not “\(text)”.") }
            value = .number(Double(number))
        case .flag:
            guard let flag = Bool(text) else { throw .usage("\(source): \(key) is true or false, not “\(text)”.") }
            value = .bool(flag)
        }
        return key.split(separator: ".").reversed().reduce(value) { .object([String($1): $0]) }
    }
}
