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
        /// After so many pages nothing comes any more, as from some drivers whose device was pulled out.
        case hang(after: Int)
    }

    let device: DeviceDescription
    private let announced: ScannerCapabilities
    private let mediaType: String
    private let state: Mutex<(stack: [String], trouble: Trouble)>
    private let isPulledOut = Mutex(false)

    /// - Parameters:
    ///   - stack: What is written on each page; the reader fake understands it.
    ///   - trouble: What goes wrong.
    ///   - mediaType: What the device calls its pages.
    ///   - device: Which it is.
    ///   - announced: What it says that it can do.
    init(
        _ stack: [String], _ trouble: Trouble = .none, mediaType: String = "image/png",
        device: DeviceDescription = DeviceDescription(address: "fake:", id: "fake", name: "Fake"),
        announced: ScannerCapabilities = ScannerCapabilities(sources: [])
    ) {
        self.device = device
        self.announced = announced
        self.mediaType = mediaType
        state = Mutex((stack, trouble))
    }

    func load(_ stack: [String], _ trouble: Trouble = .none) {
        state.withLock { $0 = (stack, trouble) }
    }

    /// From now on nothing answers.
    func pullOut() { isPulledOut.withLock { $0 = true } }

    func capabilities() async throws -> ScannerCapabilities {
        guard !isPulledOut.withLock({ $0 }) else {
            throw BlankettError("scanner-unreachable", exit: .device, "Nothing answers.", isTransient: true)
        }
        return announced
    }

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
            if case .hang(let after) = trouble, count == after {
                try? await Task.sleep(for: .seconds(60))
                return BatchEnd(reason: .cancelled, pages: count)
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
