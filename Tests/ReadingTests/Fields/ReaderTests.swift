import BarcodeReading
import Foundation
import ImageCodecs
import Imaging
import Reading
import TesseractReading
import TestSupport
import Testing

struct `The readers` {
    @Test func `read printed Swedish, with a score for each character`() throws {
        // The head of a sample page: print of 300 dpi.
        let file = Checkout.root.appending(path: "forms/exempelstad-bistand/samples/1-typed-page-1.jpg")
        let page = try ImageCodec.decode([UInt8](Data(contentsOf: file))).gray()
        let reader = try TesseractLineReader()
        // A field in which “Björkvägen 14 B” was typed.
        let line = page.cropped(x: 232, y: 980, width: 450, height: 66)
        let candidate = try #require(try reader.read(line, alphabet: .any).first)
        #expect(candidate.text.contains("Björkvägen 14 B"))
        if let scores = candidate.characterConfidences { #expect(scores.count == candidate.text.count) }
        #expect((0...1).contains(candidate.confidence))
    }

    @Test func `read nothing on white paper`() throws {
        let white = PageImage(width: 600, height: 80, filledWith: 255)
        #expect(try TesseractLineReader().read(white, alphabet: .any).isEmpty)
        #expect(try ZXingReader().read(white).isEmpty)
    }

    @Test(.needsSharedData) func `read most of the barcodes others can read`() throws {
        let folder = try #require(Checkout.sharedData).appending(path: "barcodes-zxing")
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path()).sorted()
        let reader = ZXingReader()
        var right = 0
        var wrong: [String] = []
        var total = 0
        // Every third is enough to see a fault; all of them take a minute.
        let pictures = files.filter { $0.hasSuffix(".png") && !$0.contains("falsepositives") }
        for (place, file) in pictures.enumerated() where place.isMultiple(of: 3) {
            let picture = folder.appending(path: file)
            let text = picture.deletingPathExtension().appendingPathExtension("txt")
            guard let meant = try? String(contentsOf: text, encoding: .utf8) else { continue }
            total += 1
            let found = try reader.read(ImageCodec.decode([UInt8](Data(contentsOf: picture))))
            if found.contains(where: {
                $0.text.trimmingCharacters(in: .newlines) == meant.trimmingCharacters(in: .newlines)
            }) {
                right += 1
            } else if !found.isEmpty {
                wrong.append(file)
            }
        }
        #expect(total > 20)
        #expect(Double(right) >= 0.75 * Double(total), "\(right) of \(total)")
        #expect(wrong.count <= total / 20, "\(wrong)")
    }

    /// ZXing itself ends with a failed assertion here.
    @Test(.needsSharedData) func `survive a picture that ends the library`() throws {
        let sheet = try #require(Checkout.sharedData)
            .appending(path: "omr-open-mcr/75q-core-1/input/scanned_page_14.png")
        #expect(try ZXingReader().read(ImageCodec.decode([UInt8](Data(contentsOf: sheet)))).isEmpty)
    }

    @Test(.needsSharedData) func `find no barcode where there is none`() throws {
        let folder = try #require(Checkout.sharedData).appending(path: "barcodes-zxing")
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path())
            .filter { $0.contains("falsepositives") && $0.hasSuffix(".png") }
        for file in files {
            let picture = try ImageCodec.decode([UInt8](Data(contentsOf: folder.appending(path: file))))
            #expect(try ZXingReader().read(picture).isEmpty, "\(file)")
        }
    }
}
