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
        return try lines.map { line in
            guard let picture = page.part(of: line.box, margin: 0.7) else { return (line.index, "") }
            return (line.index, try reader.read(picture, alphabet: .any).first?.text ?? "")
        }
    }

    /// Must come before the program ends: Tesseract complains of what is alive then.
    func close() { reader = nil }
}
