import Imaging
import Reading
import Support
import Teaching
import TesseractReading

/// Reads printed labels on a thread of its own.
actor LabelDesk {
    private let executor: BlockingExecutor
    private var reader: TesseractLineReader?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(number: Int) {
        executor = BlockingExecutor(label: "labels-\(number)")
    }

    /// The words of each of these lines.
    ///
    /// - Throws: What Tesseract throws.
    func read(_ lines: [(index: Int, box: MillimetreRect)], on page: PageImage) throws -> [(index: Int, text: String)] {
        let reader = try reader ?? TesseractLineReader()
        self.reader = reader
        let scale = (page.resolution ?? 300) / 25.4
        return try lines.map { line in
            let margin = 0.7
            let left = max(0, Int((line.box.x - margin) * scale))
            let top = max(0, Int((line.box.y - margin) * scale))
            let right = min(page.width, Int((line.box.maxX + margin) * scale))
            let bottom = min(page.height, Int((line.box.maxY + margin) * scale))
            guard right > left + 4, bottom > top + 4 else { return (line.index, "") }
            let picture = page.cropped(x: left, y: top, width: right - left, height: bottom - top)
            return (line.index, try reader.read(picture, alphabet: .any).first?.text ?? "")
        }
    }

    /// Must come before the program ends: Tesseract complains of what is alive then.
    func close() { reader = nil }
}
