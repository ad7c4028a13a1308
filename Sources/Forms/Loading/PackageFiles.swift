import Foundation
import Support

/// The files beside `form.json5`: checked names, and what is read from them.
struct PackageFiles {
    let folder: URL

    /// The file called `name`; `nil`, after a report, when the name leads out of the package or to nothing.
    private func file(_ name: String, log: ProblemLog, path: JSONPath) -> URL? {
        guard name.wholeMatch(of: /[^\/\\\p{Cc}.][^\/\\\p{Cc}]*/) != nil else {
            log.report(
                path, "\"\(name)\" is not the plain name of a file in the package.",
                "Put the file beside form.json5 and write its name without folders.")
            return nil
        }
        let url = folder.appending(path: name)
        guard FileManager.default.fileExists(atPath: url.path()) else {
            log.report(path, "There is no file \"\(name)\" in the package.", advice(for: name))
            return nil
        }
        // A link must not lead a package that somebody sent to files that are not its own.
        let real = url.resolvingSymlinksInPath().deletingLastPathComponent().standardized.path()
        guard real == folder.resolvingSymlinksInPath().appending(path: "/").standardized.path() else {
            log.report(path, "\"\(name)\" is a link that leads out of the package.", "Put the file itself there.")
            return nil
        }
        return url
    }

    private func advice(for name: String) -> String {
        let there = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return Nearest.to(name, among: there.filter { $0 != "form.json5" }).map { "Did you mean \"\($0)\"?" }
            ?? "Put it beside form.json5."
    }

    private func contents(_ name: String, log: ProblemLog, path: JSONPath) -> Data? {
        guard let url = file(name, log: log, path: path) else { return nil }
        if let data = try? Data(contentsOf: url) { return data }
        log.report(path, "The file \"\(name)\" cannot be read.", "Check that it is a file, and who may read it.")
        return nil
    }

    /// Checks the picture of a blank page of `width` × `height` millimetres.
    func checkBlank(_ name: String, width: Double, height: Double, log: ProblemLog, path: JSONPath) {
        guard let data = contents(name, log: log, path: path) else { return }
        guard let size = PNGHeader(data) else {
            log.report(
                path, "The file \"\(name)\" is not a whole PNG picture.",
                "Save the blank page as PNG at 200 to 300 dots per inch.")
            return
        }
        let (columns, rows) = (Double(size.width), Double(size.height))
        // One part in a hundred is more than scanners and renderers differ by.
        if abs(columns / rows / (width / height) - 1) > 0.01 {
            log.report(
                path,
                "The picture has \(size.width) × \(size.height) pixels, which is not the shape of a page of "
                    + "\(width.shortest) × \(height.shortest) mm.",
                (rows > columns) == (height > width)
                    ? "Correct the page's width and height, or cut the picture to the page."
                    : "Turn the picture, or swap the page's width and height.")
            return
        }
        let resolution = columns / width * 25.4
        if resolution < 99 {
            log.report(
                path, "The picture has only \(Int(resolution)) dots per inch.",
                "Save the blank page at 200 to 300 dots per inch.")
        }
    }

    /// The words of a list file: one a line, after a tab what people see; lines that begin with # are remarks.
    func list(_ name: String, log: ProblemLog, path: JSONPath) -> [Field.Option] {
        guard let data = contents(name, log: log, path: path) else { return [] }
        guard let text = String(bytes: data, encoding: .utf8) else {
            log.report(path, "The file \"\(name)\" is not UTF-8.", "Save it as UTF-8.")
            return []
        }
        var seen: Set<String> = []
        var options: [Field.Option] = []
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let parts = line.split(separator: "\t", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard let value = parts.first, !value.isEmpty else { continue }
            if !seen.insert(value).inserted {
                log.report(path, "\"\(value)\" stands twice in \"\(name)\".", "Leave each word in once.")
            }
            options.append(Field.Option(value: value, label: parts.count > 1 ? LocalizedText(["sv": parts[1]]) : nil))
        }
        if options.isEmpty { log.report(path, "There is no word in \"\(name)\".", "Write one word a line.") }
        return options
    }

    /// The JSON Schema of what the form gives; `nil`, after a report, when it is none.
    func schema(_ name: String, log: ProblemLog, path: JSONPath) -> JSONValue? {
        guard let data = contents(name, log: log, path: path) else { return nil }
        guard let schema = try? JSONCoding.decode(JSONValue.self, from: data), schema.objectValue != nil else {
            log.report(path, "The file \"\(name)\" is not a JSON object.", "Put a JSON Schema there.")
            return nil
        }
        return schema
    }
}

/// Width and height of a PNG picture, from its first and last bytes.
private struct PNGHeader {
    let width: Int
    let height: Int

    /// `nil` unless the bytes begin and end as a PNG does (ISO/IEC 15948, 5.2 and 11.2).
    init?(_ data: Data) {
        let bytes = [UInt8](data.prefix(24))
        guard bytes.count == 24, bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
            bytes[12..<16].elementsEqual("IHDR".utf8), data.suffix(8).prefix(4).elementsEqual("IEND".utf8)
        else { return nil }
        func number(at offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        width = number(at: 16)
        height = number(at: 20)
        guard width > 0, height > 0 else { return nil }
    }
}
