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
        let reader = try opened
        return try lines.map { line in
            guard let picture = page.part(of: line.box, margin: 0.7) else { return (line.index, "") }
            return (line.index, try reader.read(picture, alphabet: .any).first?.text ?? "")
        }
    }

    /// How sure the reader is of one line, 0...1, when it is turned by so many quarters.
    ///
    /// - Throws: What Tesseract throws.
    func confidence(of line: MillimetreRect, on page: PageImage, turned quarters: Int) throws -> Double {
        guard let picture = page.part(of: line, margin: 0.7) else { return 0 }
        return try opened.read(picture.turned(quarters: quarters), alphabet: .any).first?.confidence ?? 0
    }

    private var opened: TesseractLineReader {
        get throws {
            if let reader { return reader }
            let made = try TesseractLineReader()
            reader = made
            return made
        }
    }

    /// Must come before the program ends: Tesseract complains of what is alive then.
    func close() { reader = nil }
}
