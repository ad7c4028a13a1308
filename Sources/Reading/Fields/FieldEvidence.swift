public import Forms
import Support
public import Imaging

/// What was cut out of a page for one field: all that its reading needs, so that it can be done on any thread.
public enum FieldEvidence: Sendable {
    /// For `text`, `comb`, `signature` and `image`.
    case snippet(Snippet)
    /// For `checkbox`: one; for `choice`: one for each option on this page, with the option's place in the field.
    case marks([(option: Int, mark: MarkMeasurement)])
    /// For `barcode`: the zone, and the whole scan with the place of the zone's middle in it.
    case barcode(zone: Snippet, page: PageImage, middle: (x: Double, y: Double))
    /// For `table`: cells by row and column.
    case rows([[FieldEvidence]])

    /// Cuts out what `field` needs.
    ///
    /// - Parameters:
    ///   - field: A field of the page.
    ///   - page: The registered page.
    ///   - scan: The image the page was found in.
    /// - Throws: What the vision library throws.
    public init(of field: Field, on page: any RegisteredPage, scan: PageImage) throws {
        switch field.kind {
        case .text, .signature, .image:
            self = .snippet(try page.snippet(of: field.box, margin: 1.5))
        case .comb:
            // A digit that misses its cell may lie half outside; cut off, it is another digit.
            self = .snippet(try page.snippet(of: field.box, margin: 3))
        case .checkbox:
            self = .marks([(0, try page.mark(in: field.box))])
        case .choice:
            self = .marks(
                try field.options.enumerated().compactMap { place, option in
                    guard let box = option.box, option.page ?? field.page == page.page else { return nil }
                    return (place, try page.mark(in: box))
                })
        case .barcode:
            let middle = page.toScan.apply(
                field.box.x + field.box.width / 2, field.box.y + field.box.height / 2)
            self = .barcode(zone: try page.snippet(of: field.box, margin: 3), page: scan, middle: middle)
        case .table:
            self = .rows(
                try (0..<field.rows).map { row in
                    try field.cells(inRow: row).map { try FieldEvidence(of: $0, on: page, scan: scan) }
                })
        }
    }
}

extension FieldEvidence {
    /// What the cell reader is shown of a comb, for a technician to look at.
    ///
    /// - Parameters:
    ///   - field: The comb.
    ///   - reader: The cell reader.
    /// - Returns: The cells with ink, by their place from 0; none for other evidence.
    /// - Throws: What the reader throws.
    public func cells(of field: Field, reader: any CellReader) throws -> [(place: Int, picture: PageImage)] {
        guard field.kind == .comb, case .snippet(let snippet) = self else { return [] }
        let isDigits = field.type.isWrittenInDigits
        let comb = try CombCells(snippet, of: field) { try reader.likeness(of: $0, isDigits) }
        return comb.cells.map { ($0.place, $0.picture) }
    }
}

/// One field to read, with all that is needed for it.
public struct FieldJob: Sendable {
    public var field: Field
    /// The lines of the field's list file.
    public var list: [String]
    /// Share of wrong values that the form accepts.
    public var errorTarget: Double
    public var evidence: FieldEvidence
    /// How far off it may have been cut out, in millimetres.
    public var residual: Double
    /// Whether all of it is on the picture.
    public var isWhole: Bool

    public init(
        field: Field, list: [String] = [], errorTarget: Double = 0.001, evidence: FieldEvidence, residual: Double = 0,
        isWhole: Bool = true
    ) {
        self.field = field
        self.list = list
        self.errorTarget = errorTarget
        self.evidence = evidence
        self.residual = residual
        self.isWhole = isWhole
    }
}
