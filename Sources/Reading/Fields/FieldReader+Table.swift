import Forms
import Support

extension FieldReader {
    /// Each row with ink becomes an object; rows without are left out.
    func table(_ job: FieldJob, _ rows: [[FieldEvidence]], _ decision: Decision) throws -> FieldReading {
        var objects: [JSONValue] = []
        var readings: [FieldReading] = []
        for (row, evidence) in rows.enumerated() {
            let cells = try zip(job.field.cells(inRow: row), evidence).map { cell, evidence in
                try read(FieldJob(field: cell, errorTarget: job.errorTarget, evidence: evidence))
            }
            // A box that is not ticked is no ink.
            guard cells.contains(where: { $0.status != .empty && $0.value != false }) else { continue }
            readings += cells
            objects.append(
                .object(
                    Dictionary(cells.compactMap { cell in cell.value.map { (cell.name, $0) } }) { first, _ in first }))
        }
        guard !objects.isEmpty else { return decision.empty(job.field) }
        let doubts = readings.filter { $0.status == .uncertain || $0.status == .unreadable }
        var result = decision.reading(
            job.field, status: doubts.isEmpty ? .read : .uncertain,
            confidence: readings.map(\.confidence).min() ?? 0,
            reason: doubts.first?.reason.flatMap(Reason.init(rawValue:)))
        result.value = .array(objects)
        result.readers = Set(readings.flatMap(\.readers)).sorted()
        return result
    }
}
