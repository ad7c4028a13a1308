public import Forms
import Support

/// On which sides of a field no other one lies, so that ink there is its own.
public struct OpenSides: OptionSet, Sendable, Hashable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let left = OpenSides(rawValue: 1)
    public static let right = OpenSides(rawValue: 2)

    /// - Parameters:
    ///   - field: A field with a box.
    ///   - fields: All fields of its form.
    public init(of field: Field, among fields: [Field]) {
        let places = fields.filter { $0.page == field.page && $0.name != field.name }.flatMap { other in
            other.kind == .choice ? other.options.compactMap(\.box) : [other.box]
        }
        func isOpen(from x: Double) -> Bool {
            // What lies in the middle of its height; the corners of others may come near.
            let strip = MillimetreRect(
                x: x, y: field.box.y + field.box.height / 4, width: Self.reach, height: field.box.height / 2)
            return !places.contains { $0.meets(strip) }
        }
        self = []
        if isOpen(from: field.box.x - Self.reach) { insert(.left) }
        if isOpen(from: field.box.maxX) { insert(.right) }
    }

    /// In millimetres: what is cut out around a field, and a letter more.
    private static let reach = 4.0
}
