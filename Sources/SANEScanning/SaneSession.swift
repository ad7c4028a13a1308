import CSANE

/// An open device.
///
/// Closed on every way out. Like all of SANE, for one thread.
public struct SaneSession: ~Copyable {
    private let handle: SANE_Handle

    public init(opening name: String) throws(SaneError) {
        var opened: SANE_Handle?
        try check("sane_open", sane_open(name, &opened))
        guard let opened else { throw SaneError(call: "sane_open", status: .invalid) }
        handle = opened
        SaneCancellation.watch(handle)
    }

    deinit {
        SaneCancellation.watch(nil)
        sane_close(handle)
    }

    /// All options with a name, as they are now.
    public func options() throws(SaneError) -> [SaneOption] {
        var count: SANE_Int = 0
        try check("sane_control_option", sane_control_option(handle, 0, SANE_ACTION_GET_VALUE, &count, nil))
        // The largest backends have some two hundred; a number beyond all reason is a driver's mistake.
        guard (2...10_000).contains(count) else { return [] }
        return (1..<count).compactMap { index in
            sane_get_option_descriptor(handle, index).map { SaneOption($0.pointee, index: index) }
        }
        .filter { !$0.name.isEmpty }
    }

    /// The option's value; `nil` when it has no single one or cannot be read now.
    public func value(of option: SaneOption) throws(SaneError) -> SaneValue? {
        guard option.isActive, option.isReadable else { return nil }
        switch option.kind {
        case .bool, .int, .fixed:
            var word: SANE_Word = 0
            try control(option, SANE_ACTION_GET_VALUE, &word)
            return switch option.kind {
            case .bool: .bool(word != SANE_FALSE)
            case .fixed: .number(Self.number(fixed: word))
            default: .number(Double(word))
            }
        case .string:
            var bytes = [CChar](repeating: 0, count: option.size + 1)
            try control(option, SANE_ACTION_GET_VALUE, &bytes)
            return .string(String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
        case .button, .other:
            return nil
        }
    }

    /// Sets an option; the backend may round the value, and change other options.
    ///
    /// - Throws: ``SaneError``, `invalid` when the value is not of the option's kind.
    public func set(_ option: SaneOption, to value: SaneValue) throws(SaneError) {
        switch (option.kind, value) {
        case (.bool, .bool(let value)):
            var word = SANE_Word(value ? SANE_TRUE : SANE_FALSE)
            try control(option, SANE_ACTION_SET_VALUE, &word)
        case (.int, .number(let value)):
            var word = SANE_Word(clamping: Int(value.rounded()))
            try control(option, SANE_ACTION_SET_VALUE, &word)
        case (.fixed, .number(let value)):
            var word = SANE_Word((value * 65536).rounded())
            try control(option, SANE_ACTION_SET_VALUE, &word)
        case (.string, .string(let value)):
            var bytes = value.utf8CString.map { $0 }
            guard bytes.count <= option.size else { throw SaneError(call: "sane_control_option", status: .invalid) }
            // Backends may write a corrected value back, up to the option's size.
            bytes += [CChar](repeating: 0, count: option.size - bytes.count)
            try control(option, SANE_ACTION_SET_VALUE, &bytes)
        default:
            throw SaneError(call: "sane_control_option", status: .invalid)
        }
    }

    private func control(
        _ option: SaneOption, _ action: SANE_Action, _ value: UnsafeMutableRawPointer
    ) throws(SaneError) {
        try check("sane_control_option", sane_control_option(handle, option.index, action, value, nil))
    }

    /// Begins a frame, and with it mostly a page: from the feeder, the next sheet is pulled in.
    public func start() throws(SaneError) {
        try check("sane_start", sane_start(handle))
    }

    /// What the frame that was started looks like.
    public func parameters() throws(SaneError) -> SaneFrame {
        var parameters = SANE_Parameters()
        try check("sane_get_parameters", sane_get_parameters(handle, &parameters))
        return SaneFrame(parameters)
    }

    /// Reads image bytes to the front of `buffer`.
    ///
    /// - Returns: How many; `nil` when the frame has ended.
    public func read(into buffer: inout [UInt8]) throws(SaneError) -> Int? {
        var length: SANE_Int = 0
        let status = buffer.withUnsafeMutableBufferPointer {
            sane_read(handle, $0.baseAddress, SANE_Int($0.count), &length)
        }
        if status == SANE_STATUS_EOF { return nil }
        try check("sane_read", status)
        // Some have been seen to report more than they were given room for.
        guard (0...buffer.count).contains(Int(length)) else { throw SaneError(call: "sane_read", status: .endOfFile) }
        return Int(length)
    }

    /// Ends a batch, whether it was done or not; every batch must be ended so.
    public func cancel() {
        sane_cancel(handle)
    }

    static func number(fixed word: SANE_Word) -> Double { Double(word) / 65536 }
}
