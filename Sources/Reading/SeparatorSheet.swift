/// A sheet between two documents of a stack: its barcode says so, and it is no page of either.
public enum SeparatorSheet {
    /// What its barcode says, whatever the symbology.
    public static let text = "BLANKETT-SEPARATOR"
    /// The reason of a page of no form that is one.
    public static let reason = "separator"
}

extension DocumentReading {
    /// What is said of a separator sheet: nothing on it is anybody's.
    public static func separator(_ page: PageResult) -> DocumentReading {
        DocumentReading(
            source: [page.source], form: nil, outcome: .blank, reasons: [SeparatorSheet.reason],
            pages: [.init(source: page.source, frame: page.frame, page: nil)])
    }
}

extension PageResult {
    public var isSeparator: Bool { outcome == .unknownForm && reason == SeparatorSheet.reason }
}
