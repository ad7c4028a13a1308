import Scanning

/// What backends mean by the words they choose for sources and modes.
enum SaneNames {
    /// The source and number of sides that `name` means; `nil` for others, such as a film holder.
    static func source(_ name: String) -> (source: ScanSource, sides: Int)? {
        let name = name.lowercased()
        func has(_ words: String...) -> Bool { words.contains { name.contains($0) } }
        // The back alone is no way to scan a stack.
        if has("back") && !has("front") { return nil }
        if has("duplex", "both", "2-sided", "double") { return (.feeder, 2) }
        if has("adf", "feeder", "front", "simplex") { return (.feeder, 1) }
        if has("flatbed", "platen", "document table", "glass") || name == "normal" { return (.platen, 1) }
        return nil
    }

    /// The mode that `name` means; `nil` for others, such as infrared.
    static func mode(_ name: String) -> ScanMode? {
        let name = name.lowercased()
        func has(_ words: String...) -> Bool { words.contains { name.contains($0) } }
        if has("infrared", "auto") { return nil }
        if has("gray", "grey") { return .gray }
        if has("color", "colour", "rgb") { return .color }
        if has("lineart", "black", "binary", "bilevel", "bi-level", "monochrome", "text") { return .blackAndWhite }
        return nil
    }

    /// The one of `names` that means what is wanted; the shortest, as qualified names mean special cases.
    static func best(_ names: [String], where isWanted: (String) -> Bool) -> String? {
        names.filter(isWanted).min { $0.count < $1.count }
    }
}
