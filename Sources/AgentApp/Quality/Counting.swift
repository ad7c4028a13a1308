import Forms
import Foundation
import Reading
import Support

extension JournalRows {
    /// Counts what became of each field of a document that is sent.
    ///
    /// - Parameters:
    ///   - contents: As they are sent, with what the machine had read.
    ///   - template: The document's form.
    ///   - seconds: How long a person worked on it, where that is known.
    ///   - time: Now; `nil` where this station keeps no lists of known values.
    /// - Throws: ``BlankettError`` when the journal cannot be read or written.
    func count(_ contents: DocumentContents, as template: FormTemplate, seconds: Int?, listedAt time: Date?)
        throws
    {
        let fields = Dictionary(template.fields.map { ($0.name, $0) }) { first, _ in first }
        for reading in contents.reading.fields {
            let first = contents.before[reading.name] ?? reading
            let field = fields[reading.name]
            var tally = try self.tally(of: template.key, field: reading.name)
            let isSame = first.value == reading.value
            let wasAsked = first.isDoubtful && field?.review != .never
            if first.reason == Reason.controlSample.rawValue {
                tally.count(isSame ? .checked : .checkedWrong)
            } else {
                tally.count(wasAsked ? isSame ? .confirmed : .corrected : isSame ? .passed : .missed)
            }
            if let time, let list = field.flatMap({ ValueList($0, of: template.key) }) {
                if first.checks.contains(KnownCheck.repaired.rawValue) { tally.count(isKnownValueRight: isSame) }
                if let value = reading.value?.stringValue {
                    let mark = mark(of: value, in: list)
                    tally.count(isKnown: try count(of: mark, in: list) > 0)
                    try add(mark, to: list, at: time)
                }
            }
            try save(tally)
        }
        var form = try formTally(of: template.key)
        form.count(isTouched: contents.decidedBy?.isEmpty == false, seconds: seconds)
        try save(form)
    }

    /// The reading with a reason to look at fields that were certain and wrong not long ago.
    ///
    /// - Parameters:
    ///   - reading: As the machine gave it.
    ///   - tallies: Of its form.
    /// - Returns: The same where no field is on probation.
    /// - Throws: ``BlankettError`` when the journal cannot be read.
    func withProbation(_ reading: DocumentReading, _ tallies: inout FieldTallies) throws -> DocumentReading {
        var result = reading
        for index in result.fields.indices {
            let field = result.fields[index]
            guard field.status == .read || field.status == .empty, field.reason == nil,
                try tallies.tally(of: field.name).isOnProbation
            else { continue }
            result.fields[index].reason = Reason.correctedBefore.rawValue
            if result.outcome == .read { result.outcome = .needsReview }
        }
        return result
    }
}
