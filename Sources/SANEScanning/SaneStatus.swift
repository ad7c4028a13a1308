internal import CSANE
public import Scanning

/// What a SANE call answered.
///
/// A struct and not an enum: backends answer with numbers that `sane.h` does not know.
public struct SaneStatus: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public var rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let good = SaneStatus(SANE_STATUS_GOOD)
    public static let cancelled = SaneStatus(SANE_STATUS_CANCELLED)
    public static let busy = SaneStatus(SANE_STATUS_DEVICE_BUSY)
    public static let invalid = SaneStatus(SANE_STATUS_INVAL)
    public static let endOfFile = SaneStatus(SANE_STATUS_EOF)
    public static let jammed = SaneStatus(SANE_STATUS_JAMMED)
    public static let noDocuments = SaneStatus(SANE_STATUS_NO_DOCS)
    public static let coverOpen = SaneStatus(SANE_STATUS_COVER_OPEN)
    public static let ioError = SaneStatus(SANE_STATUS_IO_ERROR)
    public static let accessDenied = SaneStatus(SANE_STATUS_ACCESS_DENIED)
    public static let warmingUp = SaneStatus(rawValue: 12)

    init(_ status: SANE_Status) {
        rawValue = status.rawValue
    }

    public var description: String {
        String(cString: sane_strstatus(SANE_Status(rawValue: rawValue)))
    }

    /// How a batch ends that meets this status.
    public var batchEnd: BatchEnd.Reason {
        switch self {
        case .noDocuments: .noMoreSheets
        case .cancelled: .cancelled
        case .jammed: .jam
        case .coverOpen: .doorOpen
        case .endOfFile: .badImage
        case .ioError: .connectionLost
        default: .refused
        }
    }
}
