/// A sheet between two documents of a stack: its barcode says so, and it is no page of either.
public enum SeparatorSheet {
    /// What its barcode says, whatever the symbology.
    public static let text = "BLANKETT-SEPARATOR"
    /// The reason of a page of no form that is one.
    public static let reason = "separator"
}

extension PageResult {
    public var isSeparator: Bool { outcome == .unknownForm && reason == SeparatorSheet.reason }
}
