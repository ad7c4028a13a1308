import Forms
import Foundation
import ImageCodecs
import Imaging
import Support
import Teaching
import VisionReading

/// `blankett-read-worker --carry OLD NEW`: two packages in, a ``CarriedForm`` for the new blank on standard output.
enum CarryProgram {
    static func run(_ arguments: [String]) -> ExitCode {
        guard arguments.count == 2 else { return .badInput }
        do {
            let carried = try carry(from: URL(filePath: arguments[0]), to: URL(filePath: arguments[1]))
            FileHandle.standardOutput.write(Data(try JSONCoding.encode(carried)))
            return .done
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            return .fault
        }
    }

    private static func carry(from old: URL, to new: URL) throws -> CarriedForm {
        let before = try FormPackage.load(old).template
        let proposed = try form(new)
        let pages = (proposed["pages"]?.arrayValue ?? []).compactMap(Page.init)
        // All pages of a form have much in common: each is the edition of the one that explains it best.
        var candidates: [(from: Int, to: Int, match: EditionMatch)] = []
        for (index, page) in before.pages.enumerated() {
            let image = try picture(old, page.image)
            for number in pages.indices where abs(number - index) <= 2 {
                let match = try EditionMatch(
                    first: (image, page.width, page.height),
                    second: (try picture(new, pages[number].image), pages[number].width, pages[number].height))
                if match.isRegistered || number == index { candidates.append((index + 1, number + 1, match)) }
            }
        }
        var matches: [Int: (page: Int, match: EditionMatch)] = [:]
        for one in candidates.sorted(by: { $0.match.strength > $1.match.strength })
        where matches[one.from] == nil && !matches.values.contains(where: { $0.page == one.to }) {
            matches[one.from] = (one.to, one.match)
        }
        return try CarriedForm(old: try form(old), proposed: proposed) { page, box in
            guard let (number, match) = matches[page] else { return nil }
            let place = try match.place(of: box)
            return .init(page: number, box: place.box, by: place.by, isSure: place.isSure, likeness: place.likeness)
        }
    }

    private static func form(_ package: URL) throws -> JSONValue {
        try JSONCoding.decode(
            from: try Data(contentsOf: package.appending(path: FormPackage.templateName)), json5: true)
    }

    private static func picture(_ package: URL, _ name: String) throws -> PageImage {
        guard !name.contains("/") else { throw CocoaError(.fileReadInvalidFileName) }
        return try ImageCodec.decode([UInt8](Data(contentsOf: package.appending(path: name)))).gray()
    }

    private struct Page {
        var image: String
        var width: Double
        var height: Double

        init?(_ json: JSONValue) {
            guard let image = json["image"]?.stringValue, let width = json["width"]?.numberValue,
                let height = json["height"]?.numberValue, width > 10, height > 10
            else { return nil }
            (self.image, self.width, self.height) = (image, width, height)
        }
    }
}
