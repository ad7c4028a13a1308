/// Why a page cannot stand in an evidence document.
public struct EvidenceError: Error, Hashable {
    public enum Reason: String, Sendable {
        /// Neither JPEG nor PNG.
        case format
        /// A kind of JPEG or PNG that a PDF/A cannot hold as it is: transparent, interlaced, four colours.
        case kind
        case damaged
    }

    /// The page of the form.
    public let page: Int
    public let reason: Reason
}
