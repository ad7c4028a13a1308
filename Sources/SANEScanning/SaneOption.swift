import CSANE

/// One option of an open device, as it is now: setting another option may change it.
public struct SaneOption: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case bool, int, fixed, string
        /// Pressed by setting it; groups and arrays, which are not scanned with, count as `other`.
        case button, other
    }

    public enum Unit: Sendable, Hashable {
        case none, pixel, millimetre, dpi, other
    }

    public enum Constraint: Sendable, Hashable {
        case none
        case range(ClosedRange<Double>, step: Double)
        case numbers([Double])
        case strings([String])
    }

    private static let longestString = 1 << 16

    let index: SANE_Int
    /// Bytes of a string value, with its end.
    let size: Int
    public let name: String
    public let kind: Kind
    public let unit: Unit
    public let isActive: Bool
    public let isSettable: Bool
    public let isReadable: Bool
    public let constraint: Constraint

    init(_ descriptor: SANE_Option_Descriptor, index: SANE_Int) {
        self.index = index
        size = Int(descriptor.size)
        name = descriptor.name.map { String(cString: $0) } ?? ""
        let isSingle = descriptor.size == MemoryLayout<SANE_Word>.size
        kind =
            switch descriptor.type {
            case SANE_TYPE_BOOL where isSingle: .bool
            case SANE_TYPE_INT where isSingle: .int
            case SANE_TYPE_FIXED where isSingle: .fixed
            // A length that no word has is a driver's mistake.
            case SANE_TYPE_STRING where (1...Self.longestString).contains(Int(descriptor.size)): .string
            case SANE_TYPE_BUTTON: .button
            default: .other
            }
        unit =
            switch descriptor.unit {
            case SANE_UNIT_NONE: .none
            case SANE_UNIT_PIXEL: .pixel
            case SANE_UNIT_MM: .millimetre
            case SANE_UNIT_DPI: .dpi
            default: .other
            }
        isActive = descriptor.cap & SANE_CAP_INACTIVE == 0
        isSettable = descriptor.cap & SANE_CAP_SOFT_SELECT != 0
        isReadable = descriptor.cap & SANE_CAP_SOFT_DETECT != 0
        constraint = Self.constraint(of: descriptor)
    }

    private static func constraint(of descriptor: SANE_Option_Descriptor) -> Constraint {
        let isFixed = descriptor.type == SANE_TYPE_FIXED
        func number(_ word: SANE_Word) -> Double { isFixed ? SaneSession.number(fixed: word) : Double(word) }
        switch descriptor.constraint_type {
        case SANE_CONSTRAINT_RANGE:
            guard let range = descriptor.constraint.range?.pointee, range.min <= range.max else { return .none }
            return .range(number(range.min)...number(range.max), step: number(range.quant))
        case SANE_CONSTRAINT_WORD_LIST:
            guard let list = descriptor.constraint.word_list, list[0] > 0 else { return .none }
            return .numbers((1...Int(list[0])).map { number(list[$0]) })
        case SANE_CONSTRAINT_STRING_LIST:
            guard let list = descriptor.constraint.string_list else { return .none }
            var strings: [String] = []
            while let string = list[strings.count] { strings.append(String(cString: string)) }
            return .strings(strings)
        default:
            return .none
        }
    }
}

/// A single value of an option.
public enum SaneValue: Sendable, Hashable, CustomStringConvertible {
    case bool(Bool)
    case number(Double)
    case string(String)

    public var description: String {
        switch self {
        case .bool(let value): value ? "yes" : "no"
        case .number(let value): value == value.rounded() ? "\(Int(value))" : "\((value * 1000).rounded() / 1000)"
        case .string(let value): value
        }
    }

    public var number: Double? { if case .number(let value) = self { value } else { nil } }
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
}
