import Forms
import Support

/// How well a form is read at this station, as the page and `/quality` of the control socket tell it.
public struct FormQualityView: Sendable, Codable {
    public struct FieldView: Sendable, Codable {
        public var name: String
        /// Certain and not objected to; asked and agreed; asked and corrected; certain and corrected all the same.
        public var passed: Int
        public var confirmed: Int
        public var corrected: Int
        public var missed: Int
        /// Of the certain ones: shown to a person all the same, and wrong among these.
        public var checked: Int
        public var checkedWrong: Int
        /// The share of wrong values among the certain ones, as far as they were found out, and at most with 95 %.
        public var errorRate: Double
        public var errorBound: Double
        /// Whether it is always asked about for now.
        public var isOnProbation: Bool
        /// How many values are known here; `nil` where no list is kept.
        public var knownValues: Int?
        /// How often one was proposed in place of what was read, and how often that was wrong.
        public var knownProposals: Int
        public var knownProposalsWrong: Int
        /// Whether a new value is asked about, since all have been known ones for long.
        public var isClosed: Bool
    }

    public var form: String
    public var version: Int
    public var documents: Int
    public var untouched: Int
    public var secondsPerDocument: Double?
    /// Of all fields together.
    public var certain: Int
    public var missed: Int
    public var checked: Int
    public var checkedWrong: Int
    public var errorBound: Double
    public var fields: [FieldView]

    public init(_ quality: FormQuality) {
        (form, version) = (quality.form.form.id, quality.form.form.version)
        (documents, untouched) = (quality.form.documents, quality.form.untouched)
        secondsPerDocument = quality.form.secondsPerDocument.map { ($0 * 10).rounded() / 10 }
        certain = quality.fields.reduce(0) { $0 + $1.certain }
        missed = quality.fields.reduce(0) { $0 + $1.missed }
        checked = quality.fields.reduce(0) { $0 + $1.checked }
        checkedWrong = quality.fields.reduce(0) { $0 + $1.checkedWrong }
        errorBound =
            checked > 0 ? ErrorBound.upper(checkedWrong, of: checked) : ErrorBound.upper(missed, of: certain)
        fields = quality.fields.map { tally in
            FieldView(
                name: tally.field, passed: tally.passed, confirmed: tally.confirmed, corrected: tally.corrected,
                missed: tally.missed, checked: tally.checked, checkedWrong: tally.checkedWrong,
                errorRate: tally.errorRate, errorBound: tally.errorBound,
                isOnProbation: tally.isOnProbation,
                knownValues: quality.knownValues[tally.field], knownProposals: tally.knownProposals,
                knownProposalsWrong: tally.knownProposalsWrong, isClosed: tally.isClosed)
        }
    }
}
