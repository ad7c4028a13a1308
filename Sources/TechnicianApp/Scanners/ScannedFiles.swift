import Foundation
import Imaging
import Scanning
import Support

/// What `blankett scan` tells of a batch, and keeps beside its pages as `batch.json`.
struct ScanReport: Codable, Sendable {
    struct Page: Codable, Sendable {
        var file: String
        var sha256: String
        var width: Int
        var height: Int
    }

    var device: String
    var model: String?
    var profile: String
    var sides: Int
    var adjustments: [ScanJob.Adjustment]
    var pages: [Page] = []
    /// `nil` until the scan has ended.
    var end: BatchEnd?
    var complete = false
    /// From which sheet the stack is to be put back.
    var fromSheet: Int?
    var reason: String? = "interrupted"

    init(device: String, model: String?, profile: String, sides: Int, adjustments: [ScanJob.Adjustment]) {
        self.device = device
        self.model = model
        self.profile = profile
        self.sides = sides
        self.adjustments = adjustments
    }
}

/// The folder of one batch: a page file under its final name is a whole page, and `batch.json` says how far it came.
actor ScannedFiles {
    private let folder: URL
    /// The batch so far; `nil` in a new folder.
    private(set) var report: ScanReport?
    private(set) var failure: BlankettError?

    /// - Parameters:
    ///   - folder: New or empty, or one with an incomplete batch.
    ///   - isContinued: Whether a batch is to be there.
    /// - Throws: ``BlankettError`` when the folder is not so.
    init(folder: URL, isContinued: Bool) throws(BlankettError) {
        self.folder = folder
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let isEmpty = try FileManager.default.contentsOfDirectory(atPath: folder.path()).isEmpty
            guard isContinued || isEmpty else {
                throw BlankettError(
                    "folder-not-empty", exit: .badInput, "\(folder.path()) is not empty.",
                    advice: "Give a new folder, so that pages of two batches never mix; or --continue its batch.")
            }
        } catch let error as BlankettError {
            throw error
        } catch {
            throw Self.unusable(folder, error)
        }
        guard isContinued else { return }
        guard let data = FileManager.default.contents(atPath: folder.appending(path: "batch.json").path()),
            let known = try? JSONCoding.decode(ScanReport.self, from: data), !known.complete
        else {
            throw BlankettError(
                "nothing-to-continue", exit: .badInput, "\(folder.path()) holds no incomplete batch.",
                advice: "Leave --continue out, and give a new folder.")
        }
        report = known
    }

    /// Begins a batch, or goes on with the one that is here: what is scanned again is put aside.
    ///
    /// - Parameter new: What a new batch is.
    /// - Returns: How many pages stay, and come before those that are scanned now.
    /// - Throws: ``BlankettError`` when the folder cannot be written.
    func begin(_ new: ScanReport) throws(BlankettError) -> Int {
        var report = report ?? new
        do {
            let sides = max(1, report.sides)
            // A batch that was killed says nothing of its last pages, but a file under its name is whole.
            let fromSheet = report.fromSheet ?? report.pages.count / sides + 1
            let kept = min(report.pages.count, (fromSheet - 1) * sides)
            let aside = folder.appending(path: "put-aside")
            for page in report.pages[kept...] {
                let file = URL(filePath: page.file)
                try FileManager.default.createDirectory(at: aside, withIntermediateDirectories: true)
                let name = "\(UUID().uuidString.prefix(8))-\(file.lastPathComponent)"
                try FileManager.default.moveItem(at: file, to: aside.appending(path: name))
            }
            report.pages.removeSubrange(kept...)
            (report.end, report.fromSheet, report.reason) = (nil, nil, "interrupted")
            self.report = report
            try write(report)
            return kept
        } catch {
            throw Self.unusable(folder, error)
        }
    }

    func write(_ page: ScannedPage) throws(BlankettError) {
        let format = ImageFormat(sniffing: page.bytes)
        let digits = String(page.number)
        let name =
            "page-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "."
            + (format?.fileExtension ?? "bin")
        let url = folder.appending(path: name)
        do {
            try Data(page.bytes).write(to: url, options: .atomic)
            report?.pages.append(
                ScanReport.Page(
                    file: url.path(), sha256: SHA256.hexadecimal(of: page.bytes), width: page.width,
                    height: page.height))
            if let report { try write(report) }
        } catch {
            let failure = Self.unusable(folder, error)
            self.failure = failure
            throw failure
        }
    }

    /// Writes down how the scan ended.
    func finish(_ end: BatchEnd, verdict: BatchEnd.Verdict) throws(BlankettError) -> ScanReport {
        guard var report else { throw Self.unusable(folder, CancellationError()) }
        report.end = end
        (report.complete, report.reason) = (true, nil)
        if case .incomplete(let sheet, let reason) = verdict {
            (report.complete, report.fromSheet, report.reason) = (false, sheet, reason)
        }
        do {
            try write(report)
        } catch {
            throw Self.unusable(folder, error)
        }
        self.report = report
        return report
    }

    private func write(_ report: ScanReport) throws {
        try Data(JSONCoding.encode(report, pretty: true)).write(
            to: folder.appending(path: "batch.json"), options: .atomic)
    }

    private static func unusable(_ folder: URL, _ cause: any Error) -> BlankettError {
        BlankettError(
            "folder-unusable", exit: .storage, "Pages cannot be written to \(folder.path()).",
            advice: "Check its rights and the space on the disk; the stack must be scanned again.", cause: cause)
    }
}
