import Scanning
public import Support

/// A SANE call that failed.
public struct SaneError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Such as `sane_open`.
    public var call: String
    public var status: SaneStatus

    public var description: String { "\(call): \(status)" }

    /// What a program acts on and a person reads, when no sheet has moved.
    public var blankettError: BlankettError {
        let feeder: ScannerStatus.Feeder =
            switch status {
            case .noDocuments: .empty
            case .jammed: .jam
            case .coverOpen: .doorOpen
            default: .unknown
            }
        if let obstacle = feeder.obstacle { return obstacle }
        return switch status {
        case .busy, .warmingUp:
            BlankettError(
                "scanner-busy", exit: .device, "The scanner is busy.",
                advice: "Wait until it is done with what it does, or switch it off and on.", isTransient: true,
                cause: self)
        case .ioError:
            BlankettError(
                "scanner-unreachable", exit: .device, "The scanner does not answer.",
                advice: "Check that it is switched on and connected.", isTransient: true, cause: self)
        case .accessDenied:
            BlankettError(
                "scanner-refused", exit: .device, "This program may not use the scanner (\(self)).",
                advice: "The user that runs it must be in the group that owns the scanner, such as scanner or lp.")
        default:
            BlankettError(
                "scanner-refused", exit: .device, "The scanner refused (\(self)).",
                advice: "Check its name and that its driver is installed.")
        }
    }
}
