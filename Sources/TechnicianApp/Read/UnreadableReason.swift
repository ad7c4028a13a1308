import Support

/// What to tell a person about a page that could not be read, by its stable code.
struct UnreadableReason {
    let words: Words

    init(code: String?) {
        words = Self.sentences[code ?? ""] ?? Words(en: "It cannot be read.", sv: "Den kan inte läsas.")
    }

    private static let sentences: [String: Words] = [
        "empty": Words(
            en: "The file is empty. Save or scan it again.", sv: "Filen är tom. Spara eller skanna den igen."),
        "not-an-image": Words(
            en: "This is no PNG, JPEG, TIFF, PNM or PDF file, whatever its name says.",
            sv: "Det här är ingen PNG-, JPEG-, TIFF-, PNM- eller PDF-fil, vad den än heter."),
        "truncated": Words(
            en: "The file ends too early: part of the page is missing. Copy or scan it again.",
            sv: "Filen slutar för tidigt: en del av sidan saknas. Kopiera eller skanna den igen."),
        "damaged": Words(
            en: "The picture in the file is damaged. Copy or scan it again.",
            sv: "Bilden i filen är skadad. Kopiera eller skanna den igen."),
        "too-large": Words(
            en: "The page has more pixels than Blankett accepts. Scan at 300 dpi.",
            sv: "Sidan har fler bildpunkter än Blankett tar emot. Skanna med 300 dpi."),
        "too-small": Words(
            en: "The picture is too small to read. Scan at 300 dpi.",
            sv: "Bilden är för liten att läsa. Skanna med 300 dpi."),
        "unsupported": Words(
            en: "The file uses a kind of picture that Blankett does not read. Save it as PNG.",
            sv: "Filen har ett bildslag som Blankett inte läser. Spara den som PNG."),
        "pdf-password": Words(
            en: "The PDF is locked with a password. Save a copy without one.",
            sv: "PDF-filen är låst med lösenord. Spara en kopia utan."),
        "pdf-damaged": Words(
            en: "The PDF is damaged. Save or scan it again.",
            sv: "PDF-filen är skadad. Spara eller skanna den igen."),
        "pdf-timed-out": Words(
            en: "Rendering the PDF took too long. Print it and scan the paper.",
            sv: "Det tog för lång tid att rita PDF-filen. Skriv ut den och skanna papperet."),
        "pdf-renderer-missing": Words(
            en: "PDF files need the program pdftoppm. Install the package poppler-utils.",
            sv: "PDF-filer kräver programmet pdftoppm. Installera paketet poppler-utils."),
        "worker-died": Words(
            en: "Reading it ended the reader twice. Please report it, and scan the page again.",
            sv: "Läsaren avbröts två gånger av filen. Rapportera det, och skanna sidan igen."),
        "worker-timed-out": Words(
            en: "Reading it took too long, twice. Scan the page again at 300 dpi.",
            sv: "Det tog för lång tid att läsa den, två gånger. Skanna sidan igen med 300 dpi."),
    ]
}
