import HTTP
import Scanning
import Support

/// The errors of a scanner that did not take a job: no sheet has moved.
enum ESCLRefusal {
    static func error(for cause: any Error, when what: String) -> BlankettError {
        switch cause {
        case let error as BlankettError: error
        case let error as TransportError where error.kind == .otherKey:
            BlankettError(
                "scanner-not-trusted", exit: .device,
                "The scanner showed another certificate than the one that is known.",
                advice:
                    "If it was replaced or reset, let a technician accept its new certificate: blankett scanners trust.",
                cause: error)
        case let error as TransportError where error.kind == .tls:
            BlankettError(
                "scanner-unreachable", exit: .device, "No secure connection to the scanner could be made.",
                advice: "Check its HTTPS settings; what only speaks old TLS is better reached by http.",
                isTransient: true, cause: error)
        case let error as TransportError where error.kind == .cancelled:
            BlankettError("cancelled", exit: .partial, "The scan was cancelled before it began.", cause: error)
        case let error as TransportError where error.kind == .notAllowed:
            BlankettError(
                "scanner-not-allowed", exit: .device, "This user may not use the scanner's USB device.",
                advice: "Put the user into the groups scanner and lp, and log in again.", cause: error)
        case let error as TransportError where error.kind == .inUse:
            BlankettError(
                "scanner-busy", exit: .device, "Another program uses the scanner's USB device.",
                advice: "End it, such as another scanning program.", isTransient: true, cause: error)
        case let error as TransportError:
            BlankettError(
                "scanner-unreachable", exit: .device, "The scanner did not answer when \(what).",
                advice: "Check that it is switched on and connected.", isTransient: true, cause: error)
        case let error as UnexpectedStatus where error.status == 503:
            BlankettError(
                "scanner-busy", exit: .device, "The scanner is busy.", advice: "Wait until it is done, and try again.",
                isTransient: true, cause: error)
        default:
            BlankettError(
                "scanner-refused", exit: .device, "The scanner gave no usable answer when \(what).",
                advice: "Check its address, and that scanning over the network is switched on in its settings.",
                cause: cause)
        }
    }
}
