import Forms
import Foundation
import ImageCodecs
import Imaging
import Reading
import Support
import VisionReading

/// Pictures of a page and of each field, and what was read there, for a technician who wants to know why.
struct DebugPictures {
    private let folder: URL

    /// - Parameters:
    ///   - folder: Where they go, in a folder of the page's own.
    ///   - source: The file's name.
    ///   - frame: From 1.
    init(folder: URL, source: String, frame: Int) {
        let name = URL(filePath: source).lastPathComponent
        self.folder = folder.appending(path: "\(name)-\(frame)")
    }

    func write(_ jobs: [FieldJob], readings: [FieldReading], on page: any RegisteredPage) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let whole = try DebugPage(page, fields: zip(jobs, readings).map { ($0.field, $1) })
        try Data(ImageCodec.encodePNG(whole.picture)).write(to: folder.appending(path: "page.png"))
        let cells = try CellNetwork()
        for (job, reading) in zip(jobs, readings) {
            try write(job.evidence, name: job.field.name)
            for cell in try job.evidence.cells(of: job.field, reader: cells) {
                let name = "\(job.field.name)-cell-\(cell.place + 1).png"
                try Data(ImageCodec.encodePNG(cell.picture)).write(to: folder.appending(path: name))
            }
            let place = "\nresidual \(job.residual) mm\n"
            let text = try JSONCoding.encodeText(reading, pretty: true) + Self.measurements(job.evidence) + place
            try Data(text.utf8).write(to: folder.appending(path: "\(job.field.name).json"))
        }
    }

    private func write(_ evidence: FieldEvidence, name: String) throws {
        switch evidence {
        case .snippet(let snippet), .barcode(let snippet, _, _):
            // The scan, the blank and what was left, one under the other.
            let pictures = [snippet.scan, snippet.blank, snippet.cleaned]
            var all = pictures[0]
            all = PageImage(
                width: all.width, height: all.height * pictures.count, channels: .gray, resolution: 300,
                pixels: pictures.flatMap(\.pixels))
            try Data(ImageCodec.encodePNG(all)).write(to: folder.appending(path: "\(name).png"))
        case .rows(let rows):
            for (row, cells) in rows.enumerated() {
                for (column, cell) in cells.enumerated() { try write(cell, name: "\(name)-\(row + 1)-\(column + 1)") }
            }
        case .marks: break
        }
    }

    private static func measurements(_ evidence: FieldEvidence) -> String {
        switch evidence {
        case .snippet(let snippet), .barcode(let snippet, _, _): "\nink \(snippet.inkArea) mm2\n"
        case .marks(let marks):
            "\n" + marks.map { "option \($0.option): \($0.mark)\n" }.joined()
        case .rows: "\n"
        }
    }
}
