import Scanning

/// What backends mean by the words they choose for options, sources, sides and modes.
///
/// SANE leaves these words to each backend. They are matched by what they contain, in lower case; a name that may mean
/// something else means nothing here, as a page must never come from elsewhere, or otherwise, than was asked for.
enum SaneNames {
    /// Options by what they are for: the first that a device has is the one.
    static let source = ["source", "scan-source", "doc-source"]
    static let mode = ["mode", "scan-mode", "image-type"]
    static let resolution = ["resolution", "x-resolution"]
    /// A switch for the second side, where the source does not say it.
    static let duplex = ["duplex", "adf-duplex", "duplex-scan", "both-sides", "double-sided"]
    /// A list of sides, where the source does not say it.
    static let sides = ["adf-mode", "adf_mode", "duplex-mode", "sides", "side", "scan-side"]
    static let paperSensor = ["page-loaded", "adf-loaded", "doc-in-adf"]
    static let scanButton = ["scan", "start"]
    static let coverSensor = ["cover-open", "adf-open"]

    /// A word of the trade, and names that must not be taken for it.
    private struct Words {
        var any: [String] = []
        var whole: [String] = []
        var none: [String] = []

        func match(_ name: String) -> Bool {
            if none.contains(where: { name.contains($0) }) { return false }
            return whole.contains(name) || any.contains { name.contains($0) }
        }
    }

    /// Not a stack of sheets: cards, film, single sheets pushed in by hand.
    private static let neverStack = ["card", "transparen", "negative", "slide", "film", "tma", "xpa", "tpu", "manual"]
    private static let both = Words(any: ["duplex", "both", "2-sided", "two-sided", "double"], none: neverStack)
    private static let feeder = Words(
        any: ["adf", "feeder", "front", "simplex", "sheetfed"], none: neverStack + ["back", "rear"])
    private static let platen = Words(
        any: ["flatbed", "flat bed", "platen", "document table", "glass", "reflective"],
        whole: ["normal", "fb", "table"],
        none: neverStack + ["adf"])

    /// The source and number of sides that `name` means; `nil` for others, such as a film holder or the device's choice.
    static func source(_ name: String) -> (source: ScanSource, sides: Int)? {
        let name = name.lowercased()
        if both.match(name) || (name.contains("front") && name.contains("back")) { return (.feeder, 2) }
        if feeder.match(name) { return (.feeder, 1) }
        if platen.match(name) { return (.platen, 1) }
        return nil
    }

    /// How many sides `name` means in a list of sides.
    static func sides(_ name: String) -> Int? {
        let name = name.lowercased()
        if both.match(name) || name == "2" { return 2 }
        if name.contains("simplex") || name.contains("single")
            || ["front", "1", "one side", "one-sided"].contains(name)
        {
            return 1
        }
        return nil
    }

    /// Made of dots, of two levels a colour, or chosen by the device: no reader was made for that.
    private static let neverMode = [
        "halftone", "dither", "diffusion", "infrared", "auto", "color lineart", "bilevel col",
    ]
    private static let gray = Words(any: ["gray", "grey"], none: neverMode)
    private static let color = Words(any: ["color", "colour", "rgb"], none: neverMode)
    private static let blackAndWhite = Words(
        any: ["lineart", "line art", "line-art", "black", "binary", "bilevel", "bi-level", "monochrome", "text"],
        whole: ["bw", "b/w", "b&w"], none: neverMode + ["color", "colour"])

    /// The mode that `name` means; `nil` for others, such as infrared.
    static func mode(_ name: String) -> ScanMode? {
        // "BiLevelColor" and "Color Lineart" are eight colours.
        let name = name.lowercased().replacing("bilevelcol", with: "bilevel col")
        // Grey first: one backend has "Black and White - Grayscale".
        if gray.match(name) { return .gray }
        if blackAndWhite.match(name) { return .blackAndWhite }
        if color.match(name) { return .color }
        return nil
    }

    /// The one of `names` that means what is wanted; the shortest, as qualified names mean special cases.
    static func best(_ names: [String], where isWanted: (String) -> Bool) -> String? {
        names.filter(isWanted).min { $0.count < $1.count }
    }
}
