import Forms
import Imaging

extension FieldReader {
    /// One character a cell.
    func comb(_ field: Field, _ snippet: Snippet, list: [String], _ decision: Decision) throws -> FieldReading {
        guard snippet.inkArea >= Self.leastInk else { return decision.empty(field) }
        let isDigits = field.type.isWrittenInDigits
        let comb = try CombCells(
            snippet, of: field, likeness: cells.map { reader in { try reader.likeness(of: $0, isDigits) } })
        guard let line = comb.line else { return decision.empty(field) }
        if let cells, field.type.isWrittenInDigits,
            let result = try digits(field, comb, line, reader: cells, list: list, decision)
        {
            return comb.hasCrossing || comb.hasHole ? decision.doubted(result, .lengthDiffers) : result
        }
        // The hand's head was taught words, not characters side by side.
        var found = try read(line, field: field, list: list, decision).filter { $0.sharing == nil }.map { candidate in
            var joined = candidate
            joined.text = candidate.text.filter { !$0.isWhitespace }.withLoneSmallLettersRaised
            return joined
        }
        let letters = try cells.flatMap { reader in
            field.type.isWrittenInDigits ? nil : try CombLetters(comb, reader: reader)
        }
        if let supported = letters?.supported(of: found) { found.append(supported) }
        let fitting = found.filter { $0.text.count == comb.cells.count }
        if fitting.isEmpty {
            if found.isEmpty, snippet.inkArea < Self.stain { return decision.empty(field) }
            return decision.doubted(decision.text(field, lines: [found], list: list), .lengthDiffers)
        }
        let result = decision.text(field, lines: [fitting], list: list).comparing(
            marksAbove: [snippet.cleaned], decision)
        if comb.hasCrossing { return decision.doubted(result, .lengthDiffers) }
        if result.status == .read, comb.mayHideAStroke(of: result.raw ?? "", in: snippet) {
            return decision.doubted(result, .onFrame)
        }
        return letters?.speaks(against: result.raw ?? "") == true ? decision.doubted(result, .readersDiffer) : result
    }

    /// A comb of digits: each cell for itself, then the joined line unless a check digit proves the cells right.
    ///
    /// - Returns: `nil` where the writing does not keep to the cells, so that it must be read as a line.
    private func digits(
        _ field: Field, _ comb: CombCells, _ line: PageImage, reader: any CellReader, list: [String],
        _ decision: Decision
    ) throws -> FieldReading? {
        var digits = try CombDigits(comb, reader: reader)
        // Of digits that were parted to look like some, two wrong ones may agree with a check digit.
        let isParted = comb.cells.contains(where: \.isParted)
        if field.type.hasCheckDigit, !isParted, let alone = decision.comb(field, digits, list: list),
            alone.status == .read
        {
            return alone
        }
        guard let heard = try general.read(line, alphabet: field.type.alphabet).first else { return nil }
        digits.hear(heard)
        guard digits.agreed * 2 >= digits.cells.count else { return nil }
        guard let result = decision.comb(field, digits, list: list) else { return nil }
        // Two that agree may share an error; print is what a third reads best.
        guard result.reason == Reason.lowConfidence.rawValue, field.writing != .handwriting,
            digits.agreed == digits.cells.count, let third = try printed.read(line, alphabet: .any).first,
            third.text.filter({ !$0.isWhitespace }) == digits.text
        else { return result }
        digits.isBorneOut = true
        return decision.comb(field, digits, list: list)?.also(third.reader)
    }
}

extension CellReader {
    /// How much a cell looks like one character, 0...1.
    func likeness(of cell: PageImage, _ isDigit: Bool) throws -> Double {
        let characters = try read(cell).characters
        return characters.filter { !isDigit || $0.key.isNumber }.map(\.value).max() ?? 0
    }
}

extension FieldReading {
    /// The same, with one more reader named.
    fileprivate func also(_ reader: String) -> FieldReading {
        var reading = self
        reading.readers.append(reader)
        return reading
    }
}

extension String {
    /// Among capitals a small letter that is only smaller than its capital was one: `VÄXJö` was written `VÄXJÖ`.
    fileprivate var withLoneSmallLettersRaised: String {
        guard count(where: \.isUppercase) >= 2 else { return self }
        let small = filter(\.isLowercase)
        return small.allSatisfy { "åäöcosuvwxyzkp".contains($0) } ? uppercased() : self
    }
}
