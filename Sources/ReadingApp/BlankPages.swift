import Forms
import Foundation
import ImageCodecs
import Imaging
import Support

/// The blank pages of a package whose form may not be finished: what its file says of them, and their pictures.
struct BlankPages {
    /// As in the file of a form package.
    let form: JSONValue
    private let folder: URL
    private let pages: [Page]

    var count: Int { pages.count }

    /// - Throws: Foundation's and decoding errors where the file cannot be read.
    init(_ package: URL) throws {
        folder = package
        form = try JSONCoding.decode(
            from: try Data(contentsOf: package.appending(path: FormPackage.templateName)), json5: true)
        pages = (form["pages"]?.arrayValue ?? []).compactMap(Page.init)
    }

    /// The size of a page.
    ///
    /// - Parameter number: From 1.
    /// - Returns: Millimetres.
    func size(_ number: Int) -> (width: Double, height: Double) { (pages[number - 1].width, pages[number - 1].height) }

    /// The picture of a page.
    ///
    /// - Parameter number: From 1.
    /// - Returns: Grey.
    /// - Throws: ``ImageError`` and Foundation's errors.
    func picture(_ number: Int) throws -> PageImage {
        let name = pages[number - 1].image
        guard !name.contains("/") else { throw CocoaError(.fileReadInvalidFileName) }
        return try ImageCodec.decode([UInt8](Data(contentsOf: folder.appending(path: name)))).gray()
    }

    private struct Page {
        var image: String
        var width: Double
        var height: Double

        init?(_ json: JSONValue) {
            guard let image = json["image"]?.stringValue, let width = json["width"]?.numberValue,
                let height = json["height"]?.numberValue, width > 10, height > 10, width < 2000, height < 2000
            else { return nil }
            (self.image, self.width, self.height) = (image, width, height)
        }
    }
}
