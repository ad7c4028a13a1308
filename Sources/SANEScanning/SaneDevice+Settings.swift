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
        guard !self.options.isEmpty else { throw refusal("It announces no options at all.") }
        do {
            let source = try applySource(job)
            let mode = try applyMode(job)
            // Not earlier, as source and mode decide which of them there are.
            for (name, value) in options.sorted(by: { $0.key < $1.key }) { try set(name, toText: value) }
            for (name, value) in job.sane.optional.sorted(by: { $0.key < $1.key })
            where option(name)?.isSettable == true {
                try set(name, toText: value)
            }
            for (name, value) in job.sane.required.sorted(by: { $0.key < $1.key }) { try require(name, value) }
            try applyDepth(job)
            try applyResolution(job.resolution)
            var adjustments = try applyRegion(job.region)
            adjustments += try applyValues(job.values)
            try confirm(job, source: source, mode: mode)
            return (try settings(), adjustments)
        } catch let error as SaneError {
            throw error.blankettError
        } catch {
            throw (error as? BlankettError) ?? BlankettError("fault", exit: .fault, "\(error)")
        }
    }

    /// - Returns: The name of the source; `nil` where there is nothing to choose.
    private mutating func applySource(_ job: ScanJob) throws -> String? {
        let wanted = job.source == .platen ? "the glass" : job.sides == 2 ? "both sides from the feeder" : "the feeder"
        let names = strings(SaneNames.source)
        guard !names.isEmpty else {
            guard isSheetfed == (job.source == .feeder) else { throw refusal("It cannot scan from \(wanted).") }
            if job.source == .feeder, try !applySides(job.sides), job.sides == 2 {
                throw refusal("It cannot scan both sides.")
            }
            return nil
        }
        // Some backends have one name for the feeder and a switch of its own for the second side.
        let own = job.sane.names
        guard let name = sourceName(job.source, sides: job.sides, own) ?? sourceName(job.source, sides: 1, own) else {
            throw refusal("It cannot scan from \(wanted): it has \(names.joined(separator: ", ")).")
        }
        guard try set(SaneNames.source, to: .string(name))?.string == name else {
            throw refusal("It did not accept the source \(name).")
        }
        // The switch is set even where the source says it all: it may stand as the last user left it.
        let isSaid = name == own[.feederBothSides] || SaneNames.source(name)?.sides == job.sides
        if job.source == .feeder, try !applySides(job.sides), job.sides == 2, !isSaid {
            throw refusal("It cannot scan both sides.")
        }
        return name
    }

    /// Sets what chooses the sides beside the source.
    ///
    /// - Returns: Whether the device has such an option.
    private mutating func applySides(_ sides: Int) throws -> Bool {
        let list = strings(SaneNames.sides)
        if let option = option(SaneNames.duplex), option.isSettable, option.kind == .bool {
            guard try set(option.name, to: .bool(sides == 2))?.bool == (sides == 2) else { throw refusedSides(sides) }
            return true
        }
        guard !list.isEmpty else { return false }
        guard let name = SaneNames.best(list, where: { SaneNames.sides($0) == sides }),
            try set(SaneNames.sides, to: .string(name))?.string == name
        else { throw refusedSides(sides) }
        return true
    }

    /// Sets an option that the device must have, must take, and must say so when it is read back.
    private mutating func require(_ name: String, _ text: String) throws {
        guard option(name)?.isSettable == true else { throw refusal("It has no setting for \(name).") }
        try set(name, toText: text)
        let got = try option(name).flatMap { try session.value(of: $0) }
        let isSame = got?.number.map { Double(text) == $0 } ?? (got?.description == text)
        guard isSame else { throw refusal("It did not accept \(name) = \(text).") }
    }

    private func refusedSides(_ sides: Int) -> BlankettError {
        refusal("It did not accept to scan \(sides == 2 ? "both sides" : "one side").")
    }

    /// - Returns: The name of the mode; `nil` where there is nothing to choose.
    private mutating func applyMode(_ job: ScanJob) throws -> String? {
        let names = strings(SaneNames.mode)
        guard !names.isEmpty else { return nil }
        let own = SaneSettings.Meaning(rawValue: job.mode.rawValue).flatMap { job.sane.names[$0] }
        guard let name = own ?? SaneNames.best(names, where: { SaneNames.mode($0) == job.mode }) else {
            throw refusal("It cannot scan in \(job.mode.rawValue): it has \(names.joined(separator: ", ")).")
        }
        guard try set(SaneNames.mode, to: .string(name))?.string == name else {
            throw refusal("It did not accept the mode \(name).")
        }
        return name
    }

    /// Looks once more at what decides what a page is: an option that was set later may have changed it.
    private func confirm(_ job: ScanJob, source: String?, mode: String?) throws {
        func value(_ names: [String]) throws -> SaneValue? { try option(names).flatMap { try session.value(of: $0) } }
        if let name = try value(SaneNames.source)?.string, name != source {
            throw refusal("Its source went back to \(name) when the rest was set.")
        }
        let sides =
            try bool(SaneNames.duplex).map { $0 ? 2 : 1 } ?? value(SaneNames.sides)?.string.flatMap(SaneNames.sides)
        if job.source == .feeder, let sides, sides != job.sides { throw refusedSides(job.sides) }
        if let name = try value(SaneNames.mode)?.string, name != mode {
            throw refusal("Its mode went back to \(name) when the rest was set.")
        }
        if let got = try resolution(), got != Double(job.resolution) {
            throw refusal("Its resolution went back to \(SaneValue.number(got)) dpi when the rest was set.")
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
        guard let name = option(SaneNames.resolution)?.name else { return }
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
        guard let option = option(SaneNames.resolution) else { return nil }
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
