public import Scanning

extension SaneDevice {
    /// What the device announces for each of its sources; setting a source changes its limits, so each is tried.
    public mutating func capabilities() throws(SaneError) -> ScannerCapabilities {
        var sources: [SourceCapabilities] = []
        let names = strings(SaneNames.source)
        if names.isEmpty {
            sources += try capabilities(of: isSheetfed ? .feeder : .platen, sides: 1)
        }
        for source in ScanSource.allCases {
            for sides in source == .platen ? [1] : [1, 2] {
                guard let name = sourceName(source, sides: sides) else { continue }
                _ = try set(SaneNames.source, to: .string(name))
                sources += try capabilities(of: source, sides: sides)
            }
        }
        return ScannerCapabilities(makeAndModel: makeAndModel, sources: sources)
    }

    private func capabilities(of source: ScanSource, sides: Int) throws(SaneError) -> [SourceCapabilities] {
        let width = try extent("br-x", less: "tl-x")
        let height = try extent("br-y", less: "tl-y")
        var one = SourceCapabilities(
            source: source, sides: sides, modes: modes, formats: ["image/png"], resolutions: resolutions,
            minimumWidth: 0, maximumWidth: width, minimumHeight: 0, maximumHeight: height)
        for name in ["brightness", "contrast", "threshold", "sharpen"] {
            guard let option = option(name), option.isSettable, case .range(let range, let step) = option.constraint,
                let normal = try session.value(of: option)?.number
            else { continue }
            one.ranges[name] = .init(
                minimum: Int(range.lowerBound.rounded(.up)), normal: Int(normal.rounded()),
                maximum: Int(range.upperBound), step: max(1, Int(step)))
        }
        // One source with a switch for the second side counts as two.
        if source == .feeder, sides == 1, sourceName(.feeder, sides: 2) == nil,
            option(SaneNames.duplex) != nil || !strings(SaneNames.sides).isEmpty
        {
            var both = one
            both.sides = 2
            return [one, both]
        }
        return [one]
    }

    private var modes: [ScanMode] {
        let names = strings(SaneNames.mode).compactMap { SaneNames.mode($0) }
        return ScanMode.allCases.filter { names.contains($0) }
    }

    /// Those that profiles ask for, where the device announces a range.
    private var resolutions: [Int] {
        switch option(SaneNames.resolution)?.constraint {
        case .numbers(let numbers): numbers.map { Int($0) }
        case .range(let range, _): [75, 100, 150, 200, 240, 300, 400, 600, 1200].filter { range.contains(Double($0)) }
        default: []
        }
    }

    /// How far apart two edges can be, in millimetres.
    private func extent(_ far: String, less near: String) throws(SaneError) -> Double {
        guard let far = option(far), case .range(let range, _) = far.constraint else { return 0 }
        var low = 0.0
        if let near = option(near), case .range(let range, _) = near.constraint { low = range.lowerBound }
        let length = range.upperBound - low
        guard far.unit == .pixel else { return length }
        return length * 25.4 / (try resolution() ?? 300)
    }
}
