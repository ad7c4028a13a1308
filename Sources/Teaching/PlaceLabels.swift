public import Forms
public import Support

/// Finds what is printed beside places that a person chose on a blank, as ``FieldFinder`` does for those it found itself.
public enum PlaceLabels {
    /// The lines of print that may name one of the places: those that are worth reading.
    ///
    /// - Parameters:
    ///   - places: In millimetres.
    ///   - page: Its lines need no text yet.
    /// - Returns: Indices of ``PrintedPage/lines``.
    public static func lines(near places: [MillimetreRect], on page: PrintedPage) -> [Int] {
        let reaches = places.map { place in
            MillimetreRect(left: place.x - 46, top: place.y - 6, right: place.maxX + 8, bottom: place.maxY + 4.5)
        }
        return page.lines.indices.filter { index in
            page.lines[index].isLevel && reaches.contains { $0.meets(page.lines[index].box) }
        }
    }

    /// The words beside each place.
    ///
    /// - Parameters:
    ///   - places: Of fields of one kind, each the box around its parts.
    ///   - kind: Decides on which side a label stands.
    ///   - page: With the text of the lines that ``lines(near:on:)`` told.
    /// - Returns: As many as places; empty where there are none.
    public static func labels(of places: [MillimetreRect], kind: Field.Kind, on page: PrintedPage) -> [String] {
        var finder = FieldFinder(page)
        guard kind != .checkbox else {
            finder.marks = places.map { place in
                FieldFinder.MarkBox(region: -1, box: place, around: finder.regionAround(place))
            }
            finder.labelMarks()
            return finder.marks.map { PrintedLabel($0.label).words }
        }
        finder.proposals = places.map { Proposal(.text, $0) }
        return places.map { place in
            let words = finder.labelInside(place) ?? finder.label(for: place, signs: [.left, .above, .below])
            return PrintedLabel(words ?? "").words
        }
    }

    /// The type that a label tells; `nil` where it tells none.
    public static func type(of label: String) -> FieldType? {
        let type = LabelMeaning(label).type
        return type == .text ? nil : type
    }
}

extension FieldFinder {
    /// The first line of print in the upper half of a frame, where many forms have their labels.
    fileprivate func labelInside(_ place: MillimetreRect) -> String? {
        page.lines.filter { line in
            line.hasLetters && line.box.midY > place.y - 0.3 && line.box.midY < place.midY
                && line.box.x > place.x - 0.5 && line.box.maxX < place.maxX + 0.5
        }.min { ($0.box.y, $0.box.x) < ($1.box.y, $1.box.x) }?.text
    }
}
