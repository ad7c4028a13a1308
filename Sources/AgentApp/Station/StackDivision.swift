import Reading
import Scanning

/// Where in a stack one document ends and the next may begin, beside what the forms themselves say.
///
/// Pages of different parts are never put together. Every page is in exactly one part or set aside.
struct StackDivision {
    /// Of pages that belong together, in scan order.
    private(set) var parts: [[PageResult]] = []
    /// The sources of separator sheets, and of their empty back sides.
    private(set) var setAside: [String] = []
    /// How many sheets separate.
    private(set) var separators = 0

    /// - Parameters:
    ///   - pages: The stack, in scan order.
    ///   - size: After so many pages another document begins; `nil` leaves that to the forms.
    ///   - job: How the stack was scanned.
    init(_ pages: [PageResult], every size: Int?, job: ScanJob) {
        var part: [PageResult] = []
        var isBack = false
        func end() {
            if !part.isEmpty { parts.append(part) }
            part = []
        }
        for (index, page) in pages.enumerated() {
            // Both sides of a sheet have numbers that follow each other, the front an odd one.
            let isBackOfSeparator = isBack && job.sides == 2 && index % 2 == 1
            isBack = page.isSeparator
            if page.isSeparator {
                end()
                setAside.append(page.source)
                // A sheet that is printed on both sides is one.
                if !isBackOfSeparator { separators += 1 }
            } else if isBackOfSeparator, page.outcome == .blank {
                setAside.append(page.source)
            } else {
                part.append(page)
                if part.count == size { end() }
            }
        }
        end()
    }
}
