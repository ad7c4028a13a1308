import Support

/// What a person does with the paper before an incomplete batch goes on.
struct StackAdvice {
    let words: Words

    /// - Parameters:
    ///   - reason: Why the batch is incomplete: a stable code.
    ///   - sheet: From which sheet the stack is to be put back.
    init(_ reason: String, fromSheet sheet: Int) {
        let first: Words? =
            switch reason {
            case "jam", "paper-jam":
                Words(
                    en: "Open the cover and take out the sheet that is stuck.",
                    sv: "Öppna luckan och ta ut arket som sitter fast.")
            case "door-open": Words(en: "Close the cover.", sv: "Stäng luckan.")
            case "multipick":
                Words(
                    en: "Two sheets went in together: take both out, and part them.",
                    sv: "Två ark drogs in tillsammans: ta ut båda och sära på dem.")
            case "count-differs", "odd-count":
                Words(
                    en: "A page went missing on the way, and the sheets behind it are scanned again.",
                    sv: "En sida försvann på vägen, och arken efter den skannas igen.")
            case "scanner-unreachable", "connection-lost", "timed-out":
                Words(
                    en: "Check that the scanner is on, and take out what lies in its path.",
                    sv: "Se efter att skannern är på och ta ut det som ligger i pappersvägen.")
            default: nil
            }
        let back =
            sheet == 1
            ? Words(en: "Put the whole stack back.", sv: "Lägg tillbaka hela bunten.")
            : Words(
                en: "Put sheet \(sheet) and all that follow back, also those that have come out.",
                sv: "Lägg tillbaka ark \(sheet) och alla efter det, också dem som har matats ut.")
        words = Words(
            en: [first?.en, back.en].compactMap(\.self).joined(separator: " "),
            sv: [first?.sv, back.sv].compactMap(\.self).joined(separator: " "))
    }
}
