import BarcodeReading
import Forms
import Foundation
import Imaging
import Reading
import Support
import TesseractReading
import VisionReading

/// Reads fields on a thread of its own, with readers of its own.
actor FieldDesk {
    private let executor: BlockingExecutor
    private let models: URL
    private var reader: FieldReader?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(number: Int, models: URL) {
        executor = BlockingExecutor(label: "fields-\(number)")
        self.models = models
    }

    /// Loads the readers.
    func open() throws {
        if reader == nil { reader = try makeReader() }
    }

    /// Reads fields until the queue is empty.
    func work(on queue: FieldQueue) throws {
        try open()
        guard let reader else { return }
        while let (place, task) = queue.take() {
            let job = try task.job()
            queue.put(try reader.read(job), of: job, at: place)
        }
    }

    /// What each reader that sees for itself makes of a line of print.
    func heard(_ line: PageImage) throws -> [String] {
        try open()
        return try reader?.heard(line) ?? []
    }

    private func makeReader() throws -> FieldReader {
        do {
            return FieldReader(
                printed: try TesseractLineReader(), general: try LineNetwork(models: models),
                cells: try CellNetwork(), barcodes: ZXingReader())
        } catch {
            throw BlankettError(
                "models-missing", exit: .fault, "The models for reading cannot be loaded.",
                advice: "Run scripts/setup, or name their folder in BLANKETT_MODELS.", cause: error)
        }
    }
}
