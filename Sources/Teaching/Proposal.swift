import Forms
import Support

/// A field that was found on a blank page, before it has a name that is unique on the form.
struct Proposal {
    var kind: Field.Kind
    var box: MillimetreRect
    /// The printed words that name it; empty where none were found.
    var label = ""
    var type: FieldType = .text
    var lines = 1
    var cells = 0
    /// Cells that do not simply divide the box.
    var cellBoxes: [MillimetreRect]?
    var select: Field.Select = .one
    var options: [Option] = []
    var rows = 0
    var columns: [Column] = []
    /// Whether its label is the head of the column that it stands in.
    var isUnderHead = false

    /// As it is printed.
    struct Option {
        var label: String
        var box: MillimetreRect
    }

    /// Of a table; millimetres from its left edge.
    struct Column {
        var label: String
        var type: FieldType
        var x: Double
        var width: Double
    }

    /// Every place that ink is read from.
    var places: [MillimetreRect] {
        switch kind {
        case .choice: options.map(\.box)
        case .comb: cellBoxes ?? [box]
        default: [box]
        }
    }

    init(_ kind: Field.Kind, _ box: MillimetreRect, label: String = "") {
        self.kind = kind
        self.box = box
        self.label = label
    }
}
