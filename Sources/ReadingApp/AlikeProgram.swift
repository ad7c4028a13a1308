import Forms
import Foundation
import ImageCodecs
import Imaging
import Support
import Teaching
import VisionReading

/// `blankett-read-worker --alike PACKAGE`: an ``AlikeWish`` on standard input, the ``AlikePlace``s on standard output.
enum AlikeProgram {
    static func run(_ arguments: [String]) async -> ExitCode {
        guard let folder = arguments.first else { return .badInput }
        do {
            let wish: AlikeWish = try JSONCoding.decode(
                from: [UInt8](FileHandle.standardInput.readDataToEndOfFile()))
            let pages = try BlankPages(URL(filePath: folder))
            guard wish.isSound, wish.page >= 1, wish.page <= pages.count else { return .badInput }
            FileHandle.standardOutput.write(Data(try JSONCoding.encode(try await places(wish, pages))))
            return .done
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            return .fault
        }
    }

    private static func places(_ wish: AlikeWish, _ pages: BlankPages) async throws -> [AlikePlace] {
        Vision.setThreads(2)
        let search = try AlikeSearch(
            pages.picture(wish.page), size: pages.size(wish.page), boxes: wish.boxes)
        let desks = LabelDesks()
        var found: [AlikePlace] = []
        for number in 1...pages.count {
            let picture = try pages.picture(number)
            let offsets = try search.offsets(on: picture, size: pages.size(number))
            guard !offsets.isEmpty else { continue }
            let labels = try await labels(offsets.map(wish.place), wish.kind, on: picture, desks)
            found += zip(offsets, labels).map { offset, label in
                AlikePlace(
                    page: number, x: offset.x, y: offset.y, likeness: offset.likeness, label: label,
                    type: PlaceLabels.type(of: label))
            }
        }
        await desks.close()
        return found
    }

    private static func labels(
        _ places: [MillimetreRect], _ kind: Field.Kind, on picture: PageImage, _ desks: LabelDesks
    ) async throws -> [String] {
        let blank = try BlankPage(picture, isScan: false)
        var page = blank.printed
        try await desks.read(PlaceLabels.lines(near: places, on: page), of: &page.lines, on: blank.withoutRules)
        return PlaceLabels.labels(of: places, kind: kind, on: page)
    }
}

extension AlikeWish {
    /// The box around all of its parts, so far away.
    fileprivate func place(_ offset: AlikeSearch.Offset) -> MillimetreRect {
        var box = boxes.dropFirst().reduce(boxes[0]) { $0.union($1) }
        box.x += offset.x
        box.y += offset.y
        return box
    }
}
