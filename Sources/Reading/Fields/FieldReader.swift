public import Forms
public import Imaging
import Support

/// Reads fields from what was cut out of the page for them: each kind by its own readers, in a cascade.
///
/// Not `Sendable`: its readers stay in the thread that made them. Several of these work on one page side by side.
public final class FieldReader {
    /// Reads print best; does the first reading.
    let printed: any LineReader
    /// Reads print and handwriting; independent of the first.
    let general: any LineReader
    /// Reads the cells of combs; without it combs are read as lines only.
    let cells: (any CellReader)?
    let barcodes: any BarcodeReader
    let today: CalendarDay

    /// Less ink than this, in square millimetres, is no writing: a comma of 8 point type has 0.1.
    static let leastInk = 0.12
    /// Less than this that nobody can read is a stain; a letter of 8 point type has 0.6.
    static let stain = 0.5

    public init(
        printed: any LineReader, general: any LineReader, cells: (any CellReader)? = nil,
        barcodes: any BarcodeReader, today: CalendarDay = .inSweden()
    ) {
        self.printed = printed
        self.general = general
        self.cells = cells
        self.barcodes = barcodes
        self.today = today
    }

    /// Reads one field.
    ///
    /// - Parameter job: The field and its evidence.
    /// - Returns: What was read.
    /// - Throws: What a reader throws; never because of what is on the paper.
    public func read(_ job: FieldJob) throws -> FieldReading {
        let decision = Decision(errorTarget: job.errorTarget, today: today)
        let reading = decision.placed(try read(job, decision), residual: job.residual)
        return job.isWhole ? reading : decision.cutOff(reading)
    }

    private func read(_ job: FieldJob, _ decision: Decision) throws -> FieldReading {
        switch (job.field.kind, job.evidence) {
        case (.text, .snippet(let snippet)):
            return try text(job.field, snippet, list: job.list, decision)
        case (.comb, .snippet(let snippet)):
            return try comb(job.field, snippet, list: job.list, decision)
        case (.checkbox, .marks(let marks)):
            guard let mark = marks.first?.mark else { break }
            return decision.checkbox(job.field, mark)
        case (.choice, .marks(let marks)):
            return decision.choice(job.field, marks)
        case (.signature, .snippet(let snippet)):
            return decision.signature(job.field, inkArea: snippet.inkArea)
        case (.image, .snippet(let snippet)):
            return decision.image(job.field, inkArea: snippet.inkArea)
        case (.barcode, .barcode(let zone, let page, let middle)):
            return try barcode(job, zone: zone, page: page, middle: middle, decision)
        case (.table, .rows(let rows)):
            return try table(job, rows, decision)
        default: break
        }
        preconditionFailure("the evidence is not that of a \(job.field.kind.rawValue) field")
    }

    /// What each reader that sees for itself makes of a line of print.
    ///
    /// - Parameter line: Grey, at 300 dpi.
    /// - Returns: The readers' first choices, of those that read anything.
    /// - Throws: What a reader throws.
    public func heard(_ line: PageImage) throws -> [String] {
        try [printed, general].compactMap { try $0.read(line, alphabet: .any).first?.text }
    }
}
