import BarcodeReading
import Foundation
import ImageCodecs
import Imaging
import Reading
import Support
import Teaching
import VisionReading

/// `blankett-read-worker --propose ID NAME`: one blank form on standard input, one ``ProposedPackage`` on standard output.
enum ProposeProgram {
    static func run(_ arguments: [String]) async -> ExitCode {
        let bytes = [UInt8](FileHandle.standardInput.readDataToEndOfFile())
        do {
            let package = try await propose(
                bytes, id: arguments.first ?? "form", name: arguments.dropFirst().first ?? "")
            FileHandle.standardOutput.write(Data(try JSONCoding.encode(package)))
            return .done
        } catch let failure as ProposalFailure {
            print((try? JSONCoding.encodeText(failure)) ?? "{}")
            return .badInput
        } catch let error as ImageError {
            print((try? JSONCoding.encodeText(ProposalFailure(code: error.code.rawValue))) ?? "{}")
            return .badInput
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            return .fault
        }
    }

    private static let mostPages = 60

    private static func propose(_ bytes: [UInt8], id: String, name: String) async throws -> ProposedPackage {
        let pdf = ImageFormat(sniffing: bytes) == .pdf ? try PDFPages(bytes) : nil
        let count = try pdf?.count ?? ImageCodec.frameCount(bytes)
        // No form has so many, and each takes seconds.
        guard count <= mostPages else { throw ProposalFailure(code: "too-many-pages") }
        let form = pdf == nil ? nil : PDFPages.form(of: bytes).map(PDFFormFields.init)
        let desks = LabelDesks()
        let clock = ContinuousClock()
        var pages: [PrintedPage] = []
        var pictures: [Data] = []
        var turned: [Double] = []
        var seconds: [Double] = []
        Vision.setThreads(2)
        for frame in 1...max(1, count) {
            let start = clock.now
            let image = try (pdf?.render(frame) ?? ImageCodec.decode(bytes, frame: frame)).gray()
            // Buttons are for the screen.
            let hidden =
                form?.fields.filter { $0.page == frame && ($0.kind == .button || $0.isHidden) }.map(\.box) ?? []
            // Where a PDF's own fields lie is told for the page as it is.
            let hasFields = form?.fields.isEmpty == false
            let (blank, quarters) =
                hasFields
                ? (try BlankPage(image, isScan: false, hidden: hidden), 0)
                : try await desks.first.upright(image, isScan: pdf?.isPicture(frame) ?? true)
            var page = blank.printed
            page.barcodes = try barcodes(on: blank.image)
            page.lines.removeAll { line in page.barcodes.contains { $0.box.holds(line.box) } }
            // What stands upright in the margin names no field.
            let level = page.lines.indices.filter { page.lines[$0].isLevel }
            try await desks.read(level, of: &page.lines, on: blank.withoutRules)
            pictures.append(Data(try ImageCodec.encodePNG(blank.image)))
            pages.append(page)
            turned.append(blank.degrees - 90 * Double(quarters))
            seconds.append((clock.now - start) / .seconds(1))
        }
        await desks.close()
        let draft =
            if let form, !form.fields.isEmpty {
                FormDraft(id: id, name: name, pages: pages, form: form)
            } else {
                FormDraft(id: id, name: name, pages: pages)
            }
        return ProposedPackage(
            form: FormFile(draft, remarks: remarks(draft, taken: form != nil)).text, pages: pictures,
            taken: form == nil ? 0 : draft.fields.count, turned: turned, seconds: seconds)
    }

    private static func remarks(_ draft: FormDraft, taken: Bool) -> [String] {
        var lines = [
            taken
                ? "Proposed by blankett forms propose: places and names are those of the PDF's own fields."
                : "Proposed by blankett forms propose: look at each field before you use it."
        ]
        let codes = Set(draft.barcodes).sorted()
        if !codes.isEmpty { lines.append("Printed on it: barcode \(codes.joined(separator: ", ")).") }
        return lines
    }

    private static func barcodes(on page: PageImage) throws -> [PrintedPage.PrintedBarcode] {
        let scale = (page.resolution ?? 300) / 25.4
        return try ZXingReader().read(page).compactMap { code in
            let x = stride(from: 0, to: code.corners.count, by: 2).map { code.corners[$0] / scale }
            let y = stride(from: 1, to: code.corners.count, by: 2).map { code.corners[$0] / scale }
            guard let left = x.min(), let right = x.max(), let top = y.min(), let bottom = y.max() else { return nil }
            return .init(
                box: MillimetreRect(x: left, y: top, width: right - left, height: bottom - top), text: code.text)
        }
    }
}

extension MillimetreRect {
    /// Whether the middle of `other` lies in it, or close by.
    fileprivate func holds(_ other: MillimetreRect) -> Bool {
        let (x, y) = (other.x + other.width / 2, other.y + other.height / 2)
        return x > self.x - 2 && x < maxX + 2 && y > self.y - 6 && y < maxY + 2
    }
}
