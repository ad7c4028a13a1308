import Imaging
import Teaching

/// Reads the printed labels of a page, on two threads.
struct LabelDesks {
    private let desks = (1...2).map { LabelDesk(number: $0) }

    /// For what needs one only.
    var first: LabelDesk { desks[0] }

    /// Reads some of the lines.
    ///
    /// - Parameters:
    ///   - indices: Of the lines to read.
    ///   - lines: Get their text.
    ///   - page: Without its rules, which would be read as letters.
    /// - Throws: What Tesseract throws.
    func read(_ indices: [Int], of lines: inout [TextLine], on page: PageImage) async throws {
        let open = indices.map { (index: $0, box: lines[$0].box) }
        let found = try await withThrowingTaskGroup(of: [(index: Int, text: String)].self) { group in
            for (number, desk) in desks.enumerated() {
                let share = open.enumerated().filter { $0.offset % desks.count == number }.map(\.element)
                group.addTask { try await desk.read(share, on: page) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        for entry in found { lines[entry.index].text = entry.text }
    }

    /// Must come before the program ends: Tesseract complains of what is alive then.
    func close() async {
        for desk in desks { await desk.close() }
    }
}
