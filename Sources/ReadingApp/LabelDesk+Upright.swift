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
        var image = image
        var blank = try BlankPage(image, isScan: isScan)
        var quarters = 0
        if blank.printed.mayLieSideways {
            let turned = image.turned(quarters: 1)
            let other = try BlankPage(turned, isScan: isScan)
            if other.printed.lengthOfPrint > blank.printed.lengthOfPrint {
                (image, blank, quarters) = (turned, other, 1)
            }
        }
        let trust = try trust(in: blank, turned: 0)
        guard trust < Self.usual, try self.trust(in: blank, turned: 2) > trust + 0.1 else { return (blank, quarters) }
        return (try BlankPage(image.turned(quarters: 2), isScan: isScan), quarters + 2)
    }

    /// How sure the reader is of print that stands upright; of print on its head it is half as sure.
    private static let usual = 0.8

    /// How sure the reader is of the longest lines, 0...1; 1 where there are none to tell it from.
    private func trust(in blank: BlankPage, turned quarters: Int) throws -> Double {
        let lines = blank.printed.lines.filter { $0.isLevel && $0.box.height > 1.2 && $0.box.width > 6 }
            .sorted { $0.box.width > $1.box.width }.prefix(8)
        guard lines.count > 1 else { return 1 }
        let sum = try lines.reduce(0) { sum, line in
            try sum + confidence(of: line.box, on: blank.withoutRules, turned: quarters)
        }
        return sum / Double(lines.count)
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
