import Forms
import Reading
import Support

/// Which certain fields a person is shown all the same, so that the estimate of errors rests on values that were looked at.
///
/// Each certain field has the same chance. Of documents that a person looks at anyway it is field by field; of those that
/// nobody would look at, a whole one, so that few are held up.
struct ControlSample {
    /// One in so many; 0 for none.
    var share: Int

    /// The reading with a reason to look at the fields of the sample.
    ///
    /// - Parameters:
    ///   - reading: As the machine gave it.
    ///   - id: The document's: read again, it has the same sample.
    ///   - template: Its form; what nobody is to review is left out.
    /// - Returns: The same where the sample has nothing of it.
    func applied(to reading: DocumentReading, of id: UUIDv7, _ template: FormTemplate?) -> DocumentReading {
        guard share > 0, let template, [.read, .needsReview].contains(reading.outcome) else { return reading }
        let isLookedAt = reading.fields.contains(where: \.isDoubtful)
        guard isLookedAt || picks("\(id)") else { return reading }
        let unseen = Set(template.fields.filter { $0.review == .never }.map(\.name))
        var result = reading
        for index in result.fields.indices {
            let field = result.fields[index]
            guard field.status == .read || field.status == .empty, field.reason == nil, !unseen.contains(field.name),
                !isLookedAt || picks("\(id)/\(field.name)")
            else { continue }
            result.fields[index].reason = Reason.controlSample.rawValue
            result.outcome = .needsReview
        }
        return result
    }

    /// By chance, and for the same text always the same (FNV-1a).
    private func picks(_ text: String) -> Bool {
        let hash = text.utf8.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        return (hash >> 16) % UInt64(share) == 0
    }
}
