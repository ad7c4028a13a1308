public import Forms
public import Support

/// What a person asks for who has one field and wants all that are printed like it: "one like this".
public struct AlikeWish: Sendable, Hashable, Codable {
    /// That the field is on, from 1.
    public var page: Int
    public var kind: Field.Kind
    /// The field's box, the cells of a comb or the options of a choice, in millimetres.
    public var boxes: [MillimetreRect]

    public init(page: Int, kind: Field.Kind, boxes: [MillimetreRect]) {
        self.page = page
        self.kind = kind
        self.boxes = boxes
    }

    /// No field has more parts, and each is looked for on every page.
    public static let mostBoxes = 200

    /// Whether there is something to look for.
    public var isSound: Bool {
        (1...AlikeWish.mostBoxes).contains(boxes.count)
            && boxes.allSatisfy { box in
                [box.x, box.y, box.width, box.height].allSatisfy { (-1...2000).contains($0) } && box.width >= 1
                    && box.height >= 1
            }
    }
}

/// A place on the blank that is printed like the one that was asked for.
public struct AlikePlace: Sendable, Hashable, Codable {
    /// From 1.
    public var page: Int
    /// How far it lies from the place that was asked for, in millimetres further right and down.
    public var x: Double
    public var y: Double
    /// How alike they are printed, up to 1.
    public var likeness: Double
    /// What is printed beside it; empty where nothing is.
    public var label: String
    /// What the label tells; `nil` where it tells nothing.
    public var type: FieldType?

    public init(page: Int, x: Double, y: Double, likeness: Double, label: String = "", type: FieldType? = nil) {
        self.page = page
        self.x = x
        self.y = y
        self.likeness = likeness
        self.label = label
        self.type = type
    }
}
