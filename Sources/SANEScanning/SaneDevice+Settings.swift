public import Scanning
public import Support

extension SaneDevice {
    /// Sets the device up for a job, and reads back what it made of it.
    ///
    /// - Parameters:
    ///   - job: What to do.
    ///   - options: The device's own options to set as well, by SANE's name, as text.
    /// - Returns: All settings by SANE's name, and what differs from the job.
    /// - Throws: ``BlankettError`` `scanner-refused` where the device cannot do it; nothing is silently rounded that
    ///   changes what a page is: source, sides, mode, resolution.
    public mutating func apply(
        _ job: ScanJob, options: [String: String] = [:]
    ) throws(BlankettError) -> (settings: [String: String], adjustments: [ScanJob.Adjustment]) {
        do {
            try applySource(job)
            try applyMode(job)
            // Not earlier, as source and mode decide which of them there are.
            for (name, value) in options.sorted(by: { $0.key < $1.key }) { try set(name, toText: value) }
            try applyDepth(job)
            try applyResolution(job.resolution)
            var adjustments = try applyRegion(job.region)
            adjustments += try applyValues(job.values)
            return (try settings(), adjustments)
        } catch let error as SaneError {
            throw error.blankettError
        } catch {
            throw (error as? BlankettError) ?? BlankettError("fault", exit: .fault, "\(error)")
        }
    }

    private mutating func applySource(_ job: ScanJob) throws {
        let wanted = job.source == .platen ? "the glass" : job.sides == 2 ? "both sides from the feeder" : "the feeder"
        if strings("source").isEmpty {
            guard isSheetfed == (job.source == .feeder) else { throw refusal("It cannot scan from \(wanted).") }
        } else {
            // Some backends have one name for the feeder and a switch of its own for the second side.
            guard let name = sourceName(job.source, sides: job.sides) ?? sourceName(job.source, sides: 1) else {
                throw refusal("It cannot scan from \(wanted): it has \(strings("source").joined(separator: ", ")).")
            }
            guard try set("source", to: .string(name))?.string == name else {
                throw refusal("It did not accept the source \(name).")
            }
            if SaneNames.source(name)?.sides == job.sides { return }
        }
        if option("duplex") != nil {
            guard try set("duplex", to: .bool(job.sides == 2))?.bool == (job.sides == 2) else {
                throw refusal("It did not accept to scan \(wanted).")
            }
        } else if let name = SaneNames.best(
            strings("adf-mode"), where: { $0.lowercased().contains("duplex") == (job.sides == 2) })
        {
            guard try set("adf-mode", to: .string(name))?.string == name else {
                throw refusal("It did not accept to scan \(wanted).")
            }
        } else if job.sides == 2 {
            throw refusal("It cannot scan both sides.")
        }
    }

    private mutating func applyMode(_ job: ScanJob) throws {
        let names = strings("mode")
        if !names.isEmpty {
            guard let name = SaneNames.best(names, where: { SaneNames.mode($0) == job.mode }) else {
                throw refusal("It cannot scan in \(job.mode.rawValue): it has \(names.joined(separator: ", ")).")
            }
            guard try set("mode", to: .string(name))?.string == name else {
                throw refusal("It did not accept the mode \(name).")
            }
        }
    }

    private mutating func applyDepth(_ job: ScanJob) throws {
        // Left alone where the technician chose another depth.
        if job.mode != .blackAndWhite, let depth = option("depth"), depth.isSettable,
            try session.value(of: depth)?.number == 1
        {
            _ = try set("depth", to: .number(8))
        }
    }

    private mutating func applyResolution(_ resolution: Int) throws {
        guard let name = ["resolution", "x-resolution"].first(where: { option($0) != nil }) else { return }
        var got = try set(name, to: .number(Double(resolution)))?.number
        if got == Double(resolution), option("y-resolution") != nil {
            got = try set("y-resolution", to: .number(Double(resolution)))?.number
        }
        guard got == Double(resolution) else {
            throw refusal("It cannot scan at \(resolution) dpi\(got.map { "; the nearest is \(Int($0)) dpi" } ?? "").")
        }
    }

    private mutating func applyRegion(_ region: MillimetreRect) throws -> [ScanJob.Adjustment] {
        // Feeders centre the sheet by these, and the limits of the region follow them.
        for (name, length) in [("page-width", region.maxX), ("page-height", region.maxY)] where option(name) != nil {
            _ = try set(name, to: number(length, within: option(name)))
        }
        let edges = [("tl-x", region.x), ("tl-y", region.y), ("br-x", region.maxX), ("br-y", region.maxY)]
        guard edges.allSatisfy({ option($0.0) != nil }) else { return [] }
        // Twice: the first time an edge may be held back by where the opposite one still is.
        for (name, millimetres) in edges + edges { _ = try set(name, to: number(millimetres, within: option(name))) }
        var adjustments: [ScanJob.Adjustment] = []
        for (name, millimetres) in edges {
            guard let option = option(name), let value = try session.value(of: option)?.number else { continue }
            let got = option.unit == .pixel ? value * 25.4 / (try resolution() ?? 300) : value
            if abs(got - millimetres) > 2 {
                throw refusal(
                    "It cannot scan \(region.width) × \(region.height) mm: \(name) would be \(SaneValue.number(got)) mm."
                )
            }
            if abs(got - millimetres) > 0.1 {
                adjustments.append(.init(name: name, asked: "\(millimetres)", got: "\(SaneValue.number(got))"))
            }
        }
        return adjustments
    }

    private mutating func applyValues(_ values: [String: Int]) throws -> [ScanJob.Adjustment] {
        var adjustments: [ScanJob.Adjustment] = []
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard option(name)?.isSettable == true else { throw refusal("It has no setting for \(name).") }
            let got = try set(name, to: .number(Double(value)))
            if got?.number != Double(value) {
                adjustments.append(.init(name: name, asked: "\(value)", got: got?.description ?? "-"))
            }
        }
        return adjustments
    }

    /// A length as the option counts it, held within what it allows.
    private func number(_ millimetres: Double, within option: SaneOption?) throws(SaneError) -> SaneValue {
        guard let option else { return .number(millimetres) }
        var number = option.unit == .pixel ? (millimetres * (try resolution() ?? 300) / 25.4).rounded() : millimetres
        if case .range(let range, _) = option.constraint {
            number = min(max(number, range.lowerBound), range.upperBound)
        }
        return .number(number)
    }

    /// The resolution that is set, in dots per inch.
    func resolution() throws(SaneError) -> Double? {
        guard let option = option("resolution") ?? option("x-resolution") else { return nil }
        return try session.value(of: option)?.number
    }

    private func settings() throws(SaneError) -> [String: String] {
        var settings: [String: String] = [:]
        for option in options where option.isActive && option.isSettable {
            settings[option.name] = try session.value(of: option)?.description
        }
        return settings
    }

    private func refusal(_ message: String) -> BlankettError {
        BlankettError(
            "scanner-refused", exit: .device, "The scanner cannot do what the profile asks for. \(message)",
            advice: "Choose another value in the profile.")
    }
}
