public import Scanning

/// An open device whose options are found by what they mean, not by what the backend calls them.
public struct SaneDevice: ~Copyable {
    let session: SaneSession
    private(set) var options: [SaneOption]
    private let found: ScanWorkerMessage.FoundDevice

    public init(opening device: ScanWorkerMessage.FoundDevice) throws(SaneError) {
        let session = try SaneSession(opening: device.name)
        options = try session.options()
        self.session = session
        found = device
    }

    func option(_ name: String) -> SaneOption? {
        options.first { $0.name == name && $0.isActive }
    }

    /// The first of several names that backends have for the same thing.
    func option(_ names: [String]) -> SaneOption? {
        for name in names {
            if let option = option(name) { return option }
        }
        return nil
    }

    func strings(_ names: [String]) -> [String] {
        guard let option = option(names), case .strings(let strings) = option.constraint else { return [] }
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

    /// Sets the first of several options that the device has, and reads back what it became.
    mutating func set(_ names: [String], to value: SaneValue) throws(SaneError) -> SaneValue? {
        try set(option(names)?.name ?? names[0], to: value)
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

    func bool(_ names: [String]) throws(SaneError) -> Bool? {
        guard let option = option(names) else { return nil }
        return try session.value(of: option)?.bool
    }

    /// The device's name for a source, or what a profile says that it is (`own`); `nil` where it has none such.
    func sourceName(_ source: ScanSource, sides: Int, _ own: [SaneSettings.Meaning: String] = [:]) -> String? {
        let meaning: SaneSettings.Meaning = source == .platen ? .platen : sides == 2 ? .feederBothSides : .feeder
        if let name = own[meaning] { return name }
        return SaneNames.best(strings(SaneNames.source)) { SaneNames.source($0).map { $0 == (source, sides) } ?? false }
    }

    /// Whether a device with only one source takes sheets from a stack.
    var isSheetfed: Bool {
        let type = found.type.lowercased()
        return type.contains("sheet") || type.contains("feed") || option(SaneNames.paperSensor) != nil
    }

    /// Maker and model as the backend says them; `nil` when it does not.
    var makeAndModel: String? {
        let words = [found.vendor, found.model].filter { !$0.isEmpty }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    /// What the sensors say; many devices have none.
    public func sensors() throws(SaneError) -> SensorReading {
        SensorReading(
            paper: try bool(SaneNames.paperSensor), button: try bool(SaneNames.scanButton),
            coverOpen: try bool(SaneNames.coverSensor))
    }

    /// What the sensors say of the feeder; the button is left alone, as reading it forgets that it was pressed.
    public func status() throws(SaneError) -> ScannerStatus {
        let reading = SensorReading(
            paper: try bool(SaneNames.paperSensor), coverOpen: try bool(SaneNames.coverSensor))
        return ScannerStatus(state: .idle, feeder: reading.feeder)
    }
}
