import Foundation
import ImageCodecs
import Imaging
import Support

/// One side of a sheet: a page of an image file.
struct PageSide: Sendable, Hashable {
    var name: String
    var file: [UInt8]
    /// From 1.
    var frame: Int

    /// The sides that a file holds.
    ///
    /// - Throws: ``BlankettError`` when it cannot be read or is no image.
    static func sides(ofFile path: String) throws(BlankettError) -> [PageSide] {
        let name = URL(filePath: path).lastPathComponent
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw BlankettError(
                "page-unusable", exit: .badInput, "The page file \(name) cannot be read.",
                advice: "Check its path and rights.")
        }
        let bytes = [UInt8](data)
        do {
            let count = try ImageCodec.frameCount(bytes)
            return (1...max(1, count)).map { PageSide(name: name, file: bytes, frame: $0) }
        } catch {
            throw BlankettError(
                "page-unusable", exit: .badInput, "The page file \(name) cannot be used: \(error)",
                advice: "Give PNG, JPEG, TIFF or PDF.")
        }
    }
}
