import Foundation
import Scanning
import Support
import TestSupport
import Testing
import Workers

/// A list of sources as a backend words it, and what they mean: the name for the glass, one side, both sides.
private struct Sources: CustomTestStringConvertible {
    var backend: String
    var traits: String
    var glass: String?
    var oneSide: String?
    var bothSides: String?

    init(_ backend: String, _ traits: String, _ glass: String?, _ oneSide: String?, _ bothSides: String?) {
        (self.backend, self.traits) = (backend, traits)
        (self.glass, self.oneSide, self.bothSides) = (glass, oneSide, bothSides)
    }

    var testDescription: String { backend }
}

private let sources: [Sources] = [
    Sources("airscan", "source Flatbed|ADF|ADF Duplex", "Flatbed", "ADF", "ADF Duplex"),
    Sources(
        "fujitsu", "source Flatbed|ADF Front|ADF Back|ADF Duplex|Card Front|Card Back|Card Duplex", "Flatbed",
        "ADF Front", "ADF Duplex"),
    Sources("canon_dr, feeder only", "source ADF Front|ADF Back|ADF Duplex", nil, "ADF Front", "ADF Duplex"),
    Sources(
        "epson2", "source Flatbed|Automatic Document Feeder|Transparency Unit\nadf-mode Simplex|Duplex", "Flatbed",
        "Automatic Document Feeder", "Automatic Document Feeder"),
    Sources(
        "brother4",
        "source FlatBed|Automatic Document Feeder(left aligned)|Automatic Document Feeder(left aligned,Duplex)"
            + "|Automatic Document Feeder(centrally aligned)|Automatic Document Feeder(centrally aligned,Duplex)",
        "FlatBed", "Automatic Document Feeder(left aligned)", "Automatic Document Feeder(left aligned,Duplex)"),
    Sources("hpaio", "source Auto|Flatbed|ADF|Duplex", "Flatbed", "ADF", "Duplex"),
    Sources("xerox_mfp", "source Flatbed|ADF|Auto", "Flatbed", "ADF", nil),
    Sources(
        "pixma", "source Flatbed|Automatic Document Feeder|ADF Duplex|Transparency Unit|Negative color", "Flatbed",
        "Automatic Document Feeder", "ADF Duplex"),
    Sources("plustek", "source Normal|Transparency|Negative", "Normal", nil, nil),
    Sources("avision", "source Normal|Transparency|ADF Front|ADF Back|ADF Duplex", "Normal", "ADF Front", "ADF Duplex"),
    Sources("hp5590", "source Flatbed|ADF|ADF Duplex|TMA Slides|TMA Negatives", "Flatbed", "ADF", "ADF Duplex"),
    Sources("snapscan", "source Flatbed|Transparency Adapter|Document Feeder", "Flatbed", "Document Feeder", nil),
    Sources("kvs40xx", "source adf|fb\nduplex switch", "fb", "adf", "adf"),
    Sources("utsushi", "source Document Table|ADF|Transparency Unit\nduplex switch", "Document Table", "ADF", "ADF"),
    Sources(
        "smfp", "source Auto|Flatbed|ADF Simplex|ADF Duplex", "Flatbed", "ADF Simplex", "ADF Duplex"),
    Sources("bh", "source Automatic Document Feeder|Manual Feed Tray", nil, "Automatic Document Feeder", nil),
    Sources("front and back in one", "source Front side|Back side|Front and back", nil, "Front side", "Front and back"),
]

private let modes: [(list: String, blackAndWhite: String?, gray: String?, color: String?)] = [
    ("Lineart|Gray|Color", "Lineart", "Gray", "Color"),
    ("auto|Color|Gray|Lineart", "Lineart", "Gray", "Color"),
    ("Binary|Gray|Color", "Binary", "Gray", "Color"),
    (
        "Black & White|Gray[Error Diffusion]|True Gray|24bit Color|24bit Color[Fast]", "Black & White", "True Gray",
        "24bit Color"
    ),
    ("Black & White|Gray[Error Diffusion]|24bit Color[Fast]", "Black & White", nil, "24bit Color[Fast]"),
    ("Lineart|Halftone|Gray|Color Lineart|Color Halftone|Color", "Lineart", "Gray", "Color"),
    ("Color|BiLevelColor|Greyscale|Lineart", "Lineart", "Greyscale", "Color"),
    ("bw|halftone|gray|color", "bw", "gray", "color"),
    ("Line Art|Dithered|Gray|12bit Gray|Color|12bit Color", "Line Art", "Gray", "Color"),
    (
        "Black and White - Line Art|Grayscale - 256 Levels|Color - 16 Million Colors", "Black and White - Line Art",
        "Grayscale - 256 Levels", "Color - 16 Million Colors"
    ),
    ("Monochrome|Grayscale|Color", "Monochrome", "Grayscale", "Color"),
    ("48 bits color|16 bits gray|Color|Gray|Lineart", "Lineart", "Gray", "Color"),
    ("Infrared|RGB", nil, nil, "RGB"),
]

@Suite(.temporaryDirectory, .serialized) struct `The words of SANE's backends` {
    @Test(arguments: sources)
    private func `for sources and sides are understood`(_ wanted: Sources) async throws {
        let device = try FaultyScanner(traits: wanted.traits)
        let capabilities = try await device.scanner.capabilities()
        for (source, sides, name) in [
            (ScanSource.platen, 1, wanted.glass), (.feeder, 1, wanted.oneSide), (.feeder, 2, wanted.bothSides),
        ] {
            #expect((capabilities[source, sides] != nil) == (name != nil), "\(source), sides: \(sides)")
            #expect(capabilities.sources.count { $0.source == source && $0.sides == sides } < 2)
            if source == .platen { try device.lay(noise()) } else { try device.feed(noise(), number: sides) }
            guard let name else {
                let error = await #expect(throws: BlankettError.self) {
                    _ = try await device.scanner.scan(FaultyScanner.job(source, sides: sides)) { _ in }
                }
                #expect(error?.code == "scanner-refused")
                continue
            }
            let end = try await device.scanner.scan(FaultyScanner.job(source, sides: sides)) { _ in }
            #expect(end.settings?["source"] == name)
            if source == .feeder, wanted.traits.contains("duplex switch") {
                #expect(end.settings?["duplex"] == (sides == 2 ? "yes" : "no"))
            }
            if source == .feeder, wanted.traits.contains("adf-mode") {
                #expect(end.settings?["adf-mode"] == (sides == 2 ? "Duplex" : "Simplex"))
            }
        }
    }

    @Test(arguments: modes)
    func `for modes are understood`(list: String, blackAndWhite: String?, gray: String?, color: String?) async throws {
        let device = try FaultyScanner(traits: "mode " + list)
        let expected: [(ScanMode, String?)] = [(.blackAndWhite, blackAndWhite), (.gray, gray), (.color, color)]
        #expect(try await device.scanner.capabilities()[.platen, 1]?.modes == expected.filter { $0.1 != nil }.map(\.0))
        for (mode, name) in expected where name != nil {
            try device.lay(noise())
            // What the driver then makes of the page is not what is looked at here.
            let end = try await device.scanner.scan(FaultyScanner.job(.platen, mode: mode)) { _ in }
            #expect(end.settings?["mode"] == name)
        }
    }
}
