import Forms
import Foundation
import Support

/// Where a blank's fields are, by the description that lies beside it in the shared data.
enum BlankTruth {
    /// - Parameter file: As `fk7263-blank.fields.json`.
    /// - Returns: Boxes in millimetres.
    /// - Throws: Foundation's and decoding errors.
    static func places(onFirstPageOf file: URL) throws -> [MillimetreRect] {
        let told: JSONValue = try JSONCoding.decode(from: Data(contentsOf: file))
        let height = told["media_box_pt"]?[3]?.numberValue ?? 0
        let fields = (told["fields"]?.arrayValue ?? []).filter { $0["kind"] != "push" && $0["page"] == 1 }
        return fields.map { field in
            let corners = (0..<4).compactMap { field["rect_pt"]?[$0]?.numberValue }
            return MillimetreRect(
                x: corners[0] * 25.4 / 72, y: (height - corners[3]) * 25.4 / 72,
                width: (corners[2] - corners[0]) * 25.4 / 72, height: (corners[3] - corners[1]) * 25.4 / 72)
        }
    }
}

extension Field {
    /// Every place that ink is read from.
    var places: [MillimetreRect] {
        switch kind {
        case .choice: options.compactMap(\.box)
        case .table:
            (0..<rows).flatMap { row in
                columns.map { column in
                    let height = box.height / Double(rows)
                    return MillimetreRect(
                        x: box.x + column.x, y: box.y + Double(row) * height, width: column.width, height: height)
                }
            }
        default: [box]
        }
    }
}

extension MillimetreRect {
    /// The common part as a share of both together, 0...1.
    func overlap(_ other: MillimetreRect) -> Double {
        let common = max(0, min(maxX, other.maxX) - max(x, other.x)) * max(0, min(maxY, other.maxY) - max(y, other.y))
        return common / (width * height + other.width * other.height - common)
    }
}
