import Imaging
import Support
import Teaching
import VisionReading

extension LabelDesk {
    /// The blank the way up that its print is read.
    ///
    /// - Parameters:
    ///   - image: As it was fed or rendered.
    ///   - isScan: Whether it may lie askew.
    /// - Returns: The blank, and how many quarters it was turned clockwise.
    /// - Throws: What OpenCV and Tesseract throw.
    func upright(_ image: PageImage, isScan: Bool) throws -> (blank: BlankPage, quarters: Int) {
        var blank = try BlankPage(image, isScan: isScan)
        var quarters = 0
        if blank.printed.mayLieSideways {
            let other = try BlankPage(image.turned(quarters: 1), isScan: isScan)
            if other.printed.lengthOfPrint > blank.printed.lengthOfPrint { (blank, quarters) = (other, 1) }
        }
        return try isOnItsHead(blank) ? (blank.onItsHead, quarters + 2) : (blank, quarters)
    }

    /// How sure the reader is of print that stands upright; of print on its head it is half as sure.
    private static let usual = 0.8
    /// In millimetres: so much of a line tells it, and a whole one takes the reader four times as long.
    private static let enough = 35.0

    /// Whether the longest lines can be read better on their head: three of them, and more only where that is not clear.
    private func isOnItsHead(_ blank: BlankPage) throws -> Bool {
        let lines = blank.printed.lines.filter { $0.isLevel && $0.box.height > 1.2 && $0.box.width > 6 }
            .sorted { $0.box.width > $1.box.width }.prefix(9)
        // There is nothing to tell it from.
        guard lines.count > 1 else { return false }
        let boxes = lines.map { line in
            var box = line.box
            box.width = min(box.width, Self.enough)
            return box
        }
        var (upright, turned, margin) = (0.0, 0.0, 0.0)
        for first in stride(from: 0, to: boxes.count, by: 3) {
            let some = boxes[first..<min(first + 3, boxes.count)]
            let count = Double(some.endIndex)
            upright += try some.reduce(0) { try $0 + confidence(of: $1, on: blank.withoutRules, turned: 0) }
            if upright >= Self.usual * count { return false }
            turned += try some.reduce(0) { try $0 + confidence(of: $1, on: blank.withoutRules, turned: 2) }
            margin = 0.1 * count
            if abs(turned - upright) > 3 * margin { break }
        }
        return turned > upright + margin
    }
}

extension PrintedPage {
    /// Whether hardly any print runs across the page: it may run along it.
    fileprivate var mayLieSideways: Bool {
        let small = lines.filter { $0.box.height < 14 }
        return small.count > 8 && small.count(where: \.isLong) * 5 < small.count * 2
    }

    /// Of all lines that run across, in millimetres.
    fileprivate var lengthOfPrint: Double { lines.reduce(0) { $0 + ($1.isLong ? $1.box.width : 0) } }
}

extension TextLine {
    fileprivate var isLong: Bool { box.width > 4.5 * box.height && box.height < 14 }
}
