import COpenCV
public import Forms
public import Foundation
public import Imaging
public import Reading
import Support

/// Recognises a page by its layout, and proves it by registering the page to the blank.
///
/// Order of work: the layout thumbnail makes a short list; features and patches register the scan to each on it; the
/// blank's print must then be on the scan. Not `Sendable`: it belongs to the one thread that reads.
public final class VisionFormIdentifier: FormIdentifier {
    let index: FormIndex

    public init(_ index: FormIndex) {
        self.index = index
    }

    /// The forms of `packages`, their layouts kept in `cache`.
    ///
    /// - Parameters:
    ///   - packages: The forms.
    ///   - cache: A folder for computed layouts; see ``FormIndex``.
    ///   - progress: See ``FormIndex``.
    ///   - decode: Reads a blank page's file.
    /// - Throws: What `decode` and `progress` throw.
    public convenience init(
        _ packages: [FormPackage], cache: URL? = nil,
        progress: (_ done: Int, _ of: Int) throws -> Void = { _, _ in }, decode: @escaping (URL) throws -> PageImage
    ) throws {
        try self.init(FormIndex(packages, cache: cache, progress: progress, decode: decode))
    }

    public func identify(_ image: PageImage, as form: String?) throws -> Identification {
        guard min(image.width, image.height) >= 250 else { return .unreadable(reason: "too-small") }
        var nearest: (scan: GrayPage, registration: Registration)?
        for (attempt, resolution) in resolutions(of: image).enumerated() {
            let scale = resolution / 25.4
            let scan = try GrayPage(image, pixelsPerMillimetre: (scale, scale))
            if attempt == 0, try scan.ink() < Self.leastInk { return .blank }
            let search = Search(scan: scan, index: index, form: form)
            if let found = try search.run() {
                let letters = try replacedLetters(found.registration, on: scan)
                if letters.isOtherText { return unknownVersion(found.registration, letters: letters) }
                return .known(
                    try page(
                        image, scan, found.registration, letters: letters, alternatives: found.alternatives))
            }
            if let candidate = search.nearest,
                candidate.proof.explained > nearest?.registration.proof.explained ?? 0
            {
                nearest = (scan, candidate)
            }
        }
        guard let nearest else { return .unknownForm }
        return unknownVersion(
            nearest.registration, letters: try replacedLetters(nearest.registration, on: nearest.scan))
    }

    func replacedLetters(_ registration: Registration, on scan: GrayPage) throws -> [PrintChange] {
        try registration.replacedLetters(on: scan, to: index.blank(registration.entry))
    }

    func page(
        _ image: PageImage, _ scan: GrayPage, _ registration: Registration, letters: [PrintChange],
        alternatives: [FormKey] = []
    ) throws -> VisionRegisteredPage {
        let page = try VisionRegisteredPage(
            image: image, scan: scan, index: index, registration: registration, letters: letters,
            alternatives: alternatives)
        scan.trim()
        return page
    }

    private func unknownVersion(_ near: Registration, letters: [PrintChange]) -> Identification {
        let entry = index.entries[near.entry]
        let areas = (near.changes + letters).areas()
        return .unknownVersion(near: entry.form, changes: areas.map { PrintDifference(page: entry.page, box: $0) })
    }

    /// Pixels at 100 dpi; a written word has several hundred.
    private static let leastInk = 60

    /// What the file says if that makes a page of it, then what it would be if the page filled the picture.
    func resolutions(of image: PageImage) -> [Double] {
        let long = Double(max(image.width, image.height))
        let lengths = Set(index.entries.map { max($0.width, $0.height) })
        let fitting = lengths.sorted().map { long / $0 * 25.4 }
        guard let stated = image.resolution, (60...1300).contains(stated) else { return fitting }
        return [stated] + fitting.filter { abs($0 / stated - 1) > 0.08 }
    }
}
