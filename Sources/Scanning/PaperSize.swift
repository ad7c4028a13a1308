/// A sheet's size in millimetres, by its name or its two lengths.
public struct PaperSize: Sendable, Hashable {
    public var width: Double
    public var height: Double

    /// Sizes that have a name.
    public static let named: [String: PaperSize] = [
        "A3": PaperSize(width: 297, height: 420), "A4": PaperSize(width: 210, height: 297),
        "A5": PaperSize(width: 148, height: 210), "A6": PaperSize(width: 105, height: 148),
        "letter": PaperSize(width: 215.9, height: 279.4), "legal": PaperSize(width: 215.9, height: 355.6),
    ]

    public init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    /// Reads `A4`, `letter` or `210x297`; `nil` for anything else.
    public init?(_ text: String) {
        if let size = Self.named.first(where: { $0.key.lowercased() == text.lowercased() })?.value {
            self = size
            return
        }
        let lengths = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Double($0) }
        guard lengths.count == 2, let width = lengths[0], let height = lengths[1],
            (1...2000).contains(width), (1...4000).contains(height)
        else { return nil }
        self.init(width: width, height: height)
    }
}
