import Scanning
import Support
import Synchronization

/// A feeder full of sheets that jams, loses its device or answers busy on cue.
final class FakeScanner: Scanner {
    enum Trouble: Sendable {
        case none
        /// After so many pages of this scan.
        case jam(after: Int)
        case refuse(code: String)
        /// Says it made more images than it handed over.
        case loseSilently(Int)
    }

    let device = DeviceDescription(id: "fake", name: "Fake", connection: .escl, address: "fake:")
    private let mediaType: String
    private let state: Mutex<(stack: [String], trouble: Trouble)>

    /// - Parameters:
    ///   - stack: What is written on each page; the reader fake understands it.
    ///   - trouble: What goes wrong.
    ///   - mediaType: What the device calls its pages.
    init(_ stack: [String], _ trouble: Trouble = .none, mediaType: String = "image/png") {
        self.mediaType = mediaType
        state = Mutex((stack, trouble))
    }

    func load(_ stack: [String], _ trouble: Trouble = .none) {
        state.withLock { $0 = (stack, trouble) }
    }

    func capabilities() async throws -> ScannerCapabilities { ScannerCapabilities(sources: []) }

    func status() async throws -> ScannerStatus {
        ScannerStatus(state: .idle, feeder: state.withLock { $0.stack.isEmpty } ? .empty : .loaded)
    }

    func scan(_ job: ScanJob, page: @escaping @Sendable (ScannedPage) async throws -> Void) async throws -> BatchEnd {
        let trouble = state.withLock { $0.trouble }
        if case .refuse(let code) = trouble { throw BlankettError(code, exit: .device, "The scanner refused.") }
        var count = 0
        while let text = state.withLock({ $0.stack.isEmpty ? nil : $0.stack.removeFirst() }) {
            if case .jam(let after) = trouble, count == after {
                return BatchEnd(reason: .jam, pages: count, feeder: .jam, jobCompleted: false)
            }
            count += 1
            let scanned = ScannedPage(
                number: count, mediaType: mediaType, bytes: Array(text.utf8), width: 1240, height: 1754,
                resolution: 150)
            do {
                try await page(scanned)
            } catch {
                return BatchEnd(reason: .cancelled, pages: count - 1)
            }
        }
        var made = count
        if case .loseSilently(let lost) = trouble { made += lost }
        return BatchEnd(
            reason: .noMoreSheets, pages: count, imagesCompleted: made, feeder: .empty, jobCompleted: true)
    }
}

extension ScanJob {
    static let oneSided = ScanJob(
        source: .feeder, sides: 1, mode: .gray, resolution: 150, format: "image/png",
        region: MillimetreRect(x: 0, y: 0, width: 210, height: 297))
    static let twoSided = ScanJob(
        source: .feeder, sides: 2, mode: .gray, resolution: 150, format: "image/png",
        region: MillimetreRect(x: 0, y: 0, width: 210, height: 297))
}
