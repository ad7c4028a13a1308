public import Scanning

/// An open device whose options are found by what they mean, not by what the backend calls them.
public struct SaneDevice: ~Copyable {
    let session: SaneSession
    private(set) var options: [SaneOption]
    /// Such as `sheetfed scanner`; empty when it is not known.
    private let type: String

    public init(opening device: ScanWorkerMessage.FoundDevice) throws(SaneError) {
        let session = try SaneSession(opening: device.name)
        options = try session.options()
        self.session = session
        type = device.type.lowercased()
    }

    func option(_ name: String) -> SaneOption? {
        options.first { $0.name == name && $0.isActive }
    }

    func strings(_ name: String) -> [String] {
        guard let option = option(name), case .strings(let strings) = option.constraint else { return [] }
        return strings
    }

    /// Sets an option and reads back what it became.
    mutating func set(_ name: String, to value: SaneValue) throws(SaneError) -> SaneValue? {
        guard let option = option(name), option.isSettable else {
            throw SaneError(call: "set \(name)", status: .invalid)
        }
        try session.set(option, to: value)
        // Setting one option may change any other.
        options = try session.options()
        guard let option = self.option(name) else { return nil }
        return try session.value(of: option)
    }

    /// Sets an option that is known only by its name to a value written as text.
    mutating func set(_ name: String, toText text: String) throws(SaneError) {
        let value: SaneValue? =
            switch option(name)?.kind {
            case .bool: text == "yes" ? .bool(true) : text == "no" ? .bool(false) : nil
            case .int, .fixed: Double(text).map { .number($0) }
            case .string: .string(text)
            case .button, .other, nil: nil
            }
        guard let value else { throw SaneError(call: "set \(name)", status: .invalid) }
        _ = try set(name, to: value)
    }

    func bool(_ name: String) throws(SaneError) -> Bool? {
        guard let option = option(name) else { return nil }
        return try session.value(of: option)?.bool
    }

    /// The device's name for a source; `nil` where it has none such.
    func sourceName(_ source: ScanSource, sides: Int) -> String? {
        SaneNames.best(strings("source")) { SaneNames.source($0).map { $0 == (source, sides) } ?? false }
    }

    /// Whether a device with only one source takes sheets from a stack.
    var isSheetfed: Bool { type.contains("sheet") || type.contains("feed") || option("page-loaded") != nil }

    /// What the sensors say; many devices have none.
    public func status() throws(SaneError) -> ScannerStatus {
        if try bool("cover-open") == true { return ScannerStatus(state: .idle, feeder: .doorOpen) }
        switch try bool("page-loaded") {
        case true: return ScannerStatus(state: .idle, feeder: .loaded)
        case false: return ScannerStatus(state: .idle, feeder: .empty)
        case nil: return ScannerStatus(state: .idle, feeder: .unknown)
        }
    }
}
