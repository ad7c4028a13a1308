/// How a logical value, the same for every device, lies on the numbers that one device announced.
struct LogicalRange {
    var minimum: Int
    var normal: Int
    var maximum: Int

    /// −100…100 with 0 as the device's normal.
    static let balanced = LogicalRange(minimum: -100, normal: 0, maximum: 100)
    /// 0…255 with 128 as the device's normal.
    static let threshold = LogicalRange(minimum: 0, normal: 128, maximum: 255)

    /// The device's number for `value`, on two straight pieces that meet in both normals, rounded to the step.
    ///
    /// The device's normal is not always in the middle of its range.
    func announced(_ value: Int, in range: SourceCapabilities.Range) -> Int {
        let exact = Self.map(value, from: (minimum, normal, maximum), to: (range.minimum, range.normal, range.maximum))
        return Self.rounded(exact, in: range)
    }

    /// The logical value that `number` stands for.
    func logical(_ number: Int, in range: SourceCapabilities.Range) -> Int {
        Int(
            Self.map(number, from: (range.minimum, range.normal, range.maximum), to: (minimum, normal, maximum))
                .rounded())
    }

    private static func map(_ value: Int, from: (Int, Int, Int), to: (Int, Int, Int)) -> Double {
        let (start, end, low, high) =
            value < from.1 ? (from.0, from.1, to.0, to.1) : (from.1, from.2, to.1, to.2)
        guard start != end else { return Double(low) }
        let share = Double(value - start) / Double(end - start)
        return Double(low) + min(1, max(0, share)) * Double(high - low)
    }

    fileprivate static func rounded(_ exact: Double, in range: SourceCapabilities.Range) -> Int {
        let step = max(1, range.step)
        let steps = ((exact - Double(range.minimum)) / Double(step)).rounded()
        return min(range.maximum, range.minimum + Int(steps) * step)
    }
}

/// Quality 1…100 on a straight line: rising, or falling where the device counts compression instead.
struct QualityScale {
    var range: SourceCapabilities.Range
    /// Whether a small number means little compression, that is, high quality.
    var isCompression: Bool

    func announced(_ quality: Int) -> Int {
        let share = Double(quality - 1) / 99
        let exact = Double(range.minimum) + (isCompression ? 1 - share : share) * Double(range.maximum - range.minimum)
        return LogicalRange.rounded(exact, in: range)
    }

    func quality(of number: Int) -> Int {
        guard range.maximum > range.minimum else { return 100 }
        let share = Double(number - range.minimum) / Double(range.maximum - range.minimum)
        return 1 + Int(((isCompression ? 1 - share : share) * 99).rounded())
    }
}
