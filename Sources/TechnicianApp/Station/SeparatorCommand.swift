import Evidence
import Foundation
import Reading
import Support

extension Technician {
    /// `blankett separator`: a sheet to put between documents.
    static let separator = Command(
        "separator",
        summary: Words(
            en: "Makes a sheet to print that separates documents in a stack",
            sv: "Gör ett ark att skriva ut som skiljer dokument åt i en bunt"),
        discussion: Words(
            en: """
                Put one between two documents: what follows it begins a new document, whatever the forms say. The sheets are
                counted and never sent. Prints on any A4 printer, in black, and can be copied.
                """,
            sv: """
                Lägg ett mellan två dokument: det som följer börjar ett nytt dokument, vad blanketterna än säger. Arken
                räknas och skickas aldrig. Går att skriva ut i svart på vilken A4-skrivare som helst, och att kopiera.
                """),
        options: [
            Command.Option(
                "--out", value: "FILE",
                help: Words(
                    en: "where the PDF goes; separator.pdf if left out", sv: "vart PDF:en skrivs; annars separator.pdf")
            )
        ]
    ) { call in
        let file = URL(filePath: call.arguments["--out"] ?? "separator.pdf")
        let caption = Words(en: "Separator sheet - Blankett", sv: "Skiljeark - Blankett")[call.language]
        guard let pdf = SeparatorPage(SeparatorSheet.text, caption: caption).pdf() else { return .fault }
        try DurableFile.write(pdf, to: file, permissions: 0o644)
        call.console.print(file.path(percentEncoded: false))
        return .done
    }
}
