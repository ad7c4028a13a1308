/// A rectangle in millimetres from the page's top-left corner, x to the right, y down.
///
/// In files it is `[x, y, width, height]`.
public struct MillimetreRect: Hashable, Sendable, Codable {
    public var x: Double
    public var y: Double
    public var width: Double
    public var height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    public var maxX: Double { x + width }
    public var maxY: Double { y + height }

    /// The smallest box around both.
    public func union(_ other: MillimetreRect) -> MillimetreRect {
        let (left, top) = (min(x, other.x), min(y, other.y))
        return MillimetreRect(
            x: left, y: top, width: max(maxX, other.maxX) - left, height: max(maxY, other.maxY) - top)
    }

    /// Whether they have a part in common.
    public func meets(_ other: MillimetreRect) -> Bool {
        x < other.maxX && other.x < maxX && y < other.maxY && other.y < maxY
    }

    public func insetBy(_ margin: Double) -> MillimetreRect {
        MillimetreRect(x: x + margin, y: y + margin, width: width - 2 * margin, height: height - 2 * margin)
    }

    public init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        x = try container.decode(Double.self)
        y = try container.decode(Double.self)
        width = try container.decode(Double.self)
        height = try container.decode(Double.self)
        guard container.isAtEnd else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a box has four numbers: [x, y, width, height]")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        for number in [x, y, width, height] { try container.encode(number) }
    }
}

/// A projective map between two planes, as nine numbers row by row; the last is 1.
public struct Homography: Hashable, Sendable, Codable {
    public var m: [Double]

    /// - Precondition: `m` has nine numbers.
    public init(_ m: [Double]) {
        precondition(m.count == 9)
        self.m = m
    }

    public static let identity = Homography([1, 0, 0, 0, 1, 0, 0, 0, 1])

    public func apply(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        let w = m[6] * x + m[7] * y + m[8]
        return ((m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w)
    }

    /// The map that does `first`, then `self`.
    public func after(_ first: Homography) -> Homography {
        var product = [Double](repeating: 0, count: 9)
        for row in 0..<3 {
            for column in 0..<3 {
                product[row * 3 + column] = (0..<3).reduce(0) { $0 + m[row * 3 + $1] * first.m[$1 * 3 + column] }
            }
        }
        return Homography(product)
    }

    public var inverse: Homography {
        let a = m
        let cofactors = [
            a[4] * a[8] - a[5] * a[7], a[2] * a[7] - a[1] * a[8], a[1] * a[5] - a[2] * a[4],
            a[5] * a[6] - a[3] * a[8], a[0] * a[8] - a[2] * a[6], a[2] * a[3] - a[0] * a[5],
            a[3] * a[7] - a[4] * a[6], a[1] * a[6] - a[0] * a[7], a[0] * a[4] - a[1] * a[3],
        ]
        let determinant = a[0] * cofactors[0] + a[1] * cofactors[3] + a[2] * cofactors[6]
        return Homography(cofactors.map { $0 / determinant })
    }
}
