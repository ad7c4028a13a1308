import ESCLScanning
import Foundation
import Scanning
import Support
import TestSupport
import Testing

private let full = SourceCapabilities(
    source: .feeder, sides: 1, modes: [.blackAndWhite, .gray, .color], formats: ["application/pdf", "image/jpeg"],
    resolutions: [200, 300, 600], minimumWidth: 50, maximumWidth: 215.9, minimumHeight: 100,
    maximumHeight: ESCLCapabilities.millimetres(3507),
    ranges: [
        "brightness": .init(minimum: 0, normal: 1000, maximum: 2000),
        "contrast": .init(minimum: 0, normal: 78, maximum: 2000, step: 2),
        "threshold": .init(minimum: 0, normal: 128, maximum: 255),
        "compression": .init(minimum: 1, normal: 1, maximum: 5),
        "sharpen": .init(minimum: -3, normal: 0, maximum: 3),
    ], switches: [.autoCrop, .multiFeedDetection])

private func profile(_ change: (inout ScanProfile) -> Void = { _ in }) -> ScanProfile {
    var profile = ScanProfile(source: .feeder)
    change(&profile)
    return profile
}

struct `Fitting a profile to a device` {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var change: @Sendable (inout ScanProfile) -> Void
        var values: [String: Int] = [:]
        var switches: [ScanSwitch: Bool] = [:]
        /// Such as `quality 50→51`.
        var adjusted: [String] = []

        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "nothing asked") { _ in },
        Case(name: "the device's normal", change: { $0.levels = [.brightness: 0, .contrast: 0] }),
        Case(name: "the darkest", change: { $0.levels[.brightness] = -100 }, values: ["brightness": 0]),
        Case(name: "half brighter", change: { $0.levels[.brightness] = 50 }, values: ["brightness": 1500]),
        Case(
            name: "below a normal that is not in the middle", change: { $0.levels[.contrast] = -50 },
            values: ["contrast": 40],
            adjusted: ["contrast -50→-49"]),
        Case(name: "above it", change: { $0.levels[.contrast] = 50 }, values: ["contrast": 1040]),
        Case(name: "best quality is least compression", change: { $0.quality = 100 }, values: ["compression": 1]),
        Case(name: "worst quality", change: { $0.quality = 1 }, values: ["compression": 5]),
        Case(
            name: "a quality between two steps", change: { $0.quality = 85 }, values: ["compression": 2],
            adjusted: ["quality 85→75"]),
        Case(
            name: "a threshold for black and white", change: { ($0.mode, $0.threshold) = (.blackAndWhite, 64) },
            values: ["threshold": 64]),
        Case(name: "a threshold for grey", change: { $0.threshold = 64 }, adjusted: ["threshold 64→the device's own"]),
        Case(
            name: "a level that the device does not have", change: { $0.levels[.gamma] = 20 },
            adjusted: ["gamma 20→the device's own"]),
        Case(
            name: "what the device does by itself", change: { $0.switches = [.autoCrop: true] },
            switches: [.autoCrop: true]),
        Case(
            name: "what it cannot do by itself", change: { $0.switches = [.autoExposure: true] },
            adjusted: ["autoExposure on→the device's own"]),
        Case(name: "what it does not do anyhow", change: { $0.switches = [.autoExposure: false] }),
        Case(
            name: "stop at two sheets at once", change: { $0.multiFeed = .stop }, switches: [.multiFeedDetection: true]),
    ]

    @Test(arguments: cases) func `maps logical values`(_ item: Case) throws {
        let job = try ScanJob(fitting: profile(item.change), to: ScannerCapabilities(sources: [full]))
        #expect(job.values == item.values)
        #expect(job.switches == item.switches)
        #expect(job.adjustments.map { "\($0.name) \($0.asked)→\($0.got)" } == item.adjusted)
        #expect(job.format == "image/jpeg")
    }

    @Test func `takes over what becomes of blank sides`() throws {
        let job = try ScanJob(fitting: profile { $0.blankPages = .drop }, to: ScannerCapabilities(sources: [full]))
        #expect(job.blankPages == .drop)
        #expect(job.adjustments.isEmpty)
    }

    @Test func `lets A4 end where the glass does`() throws {
        let job = try ScanJob(fitting: profile(), to: ScannerCapabilities(sources: [full]))
        #expect(ESCLCapabilities.units(job.region.width) == 2480)
        #expect(ESCLCapabilities.units(job.region.height) == 3507)
        #expect(job.adjustments.isEmpty)
    }

    @Test func `takes grey where a device has no black and white, and says so`() throws {
        var grey = full
        grey.modes = [.gray]
        let job = try ScanJob(fitting: profile { $0.mode = .blackAndWhite }, to: ScannerCapabilities(sources: [grey]))
        #expect(job.mode == .gray)
        #expect(job.adjustments == [ScanJob.Adjustment(name: "mode", asked: "black-and-white", got: "gray")])
    }

    /// What this device cannot do, and a word of the reason.
    static let refusals: [(change: @Sendable (inout ScanProfile) -> Void, word: String)] = [
        ({ $0.sides = 2 }, "both sides"), ({ $0.source = .platen }, "glass"),
        ({ $0.resolution = 250 }, "200, 300, 600"),
        ({ $0.size = "A3" }, "largest"), ({ $0.size = "40x60" }, "smallest"), ({ $0.size = "B7½" }, "paper size"),
    ]

    @Test(arguments: refusals.indices) func `refuses with the reason`(_ index: Int) {
        let error = #expect(throws: BlankettError.self) {
            try ScanJob(fitting: profile(Self.refusals[index].change), to: ScannerCapabilities(sources: [full]))
        }
        #expect(error?.code == "profile-refused")
        #expect(error?.description.contains(Self.refusals[index].word) == true, "\(error?.description ?? "")")
    }

    @Test func `believes a quirk more than the device`() throws {
        let device = DeviceProfile(
            name: "x", version: 1, match: .init(), connection: ["escl"], profiles: [:],
            quirks: [.init(.highestResolution, value: 300, why: "fails at 600")])
        #expect(throws: BlankettError.self) {
            try ScanJob(
                fitting: profile { $0.resolution = 600 }, to: ScannerCapabilities(sources: [full]), device: device)
        }
    }

    @Test func `becomes settings in the order that devices know`() throws {
        var wanted = profile()
        wanted.levels[.brightness] = 50
        wanted.quality = 100
        wanted.levels[.sharpen] = 100
        wanted.multiFeed = .stop
        let job = try ScanJob(fitting: wanted, to: ScannerCapabilities(sources: [full]))
        let device = try ESCLCapabilities(document: Array(`A capability document`.oddities[0].text.utf8))
        let text = String(decoding: ScanSettings.document(for: job, device: device), as: UTF8.self)
        let snapshot = Checkout.root.appending(path: "Tests/ScanningTests/Snapshots/scan-settings.xml")
        #expect(try text == String(contentsOf: snapshot, encoding: .utf8))
    }
}

struct `The verdict on a batch` {
    static let feeder = ScanJob(
        source: .feeder, sides: 1, mode: .gray, resolution: 300, format: "image/jpeg",
        region: MillimetreRect(x: 0, y: 0, width: 210, height: 297))

    static let cases: [(end: BatchEnd, sides: Int, verdict: BatchEnd.Verdict)] = [
        (
            BatchEnd(reason: .noMoreSheets, pages: 3, imagesCompleted: 3, feeder: .empty, jobCompleted: true), 1,
            .complete
        ),
        (
            BatchEnd(reason: .noMoreSheets, pages: 4, imagesCompleted: 4, feeder: .empty, jobCompleted: true), 2,
            .complete
        ),
        // A SANE device tells no count and no job.
        (BatchEnd(reason: .noMoreSheets, pages: 3), 1, .complete),
        (BatchEnd(reason: .noMoreSheets, pages: 0), 1, .incomplete(fromSheet: 1, reason: "no-pages")),
        (
            BatchEnd(reason: .noMoreSheets, pages: 1, imagesCompleted: 3), 1,
            .incomplete(fromSheet: 1, reason: "count-differs")
        ),
        // Where the first difference was seen is known.
        (
            BatchEnd(reason: .noMoreSheets, pages: 9, imagesCompleted: 10, doubtfulFrom: 4), 1,
            .incomplete(fromSheet: 4, reason: "count-differs")
        ),
        (BatchEnd(reason: .jam, pages: 9, doubtfulFrom: 4), 2, .incomplete(fromSheet: 2, reason: "jam")),
        (BatchEnd(reason: .noMoreSheets, pages: 3), 2, .incomplete(fromSheet: 1, reason: "odd-count")),
        (
            BatchEnd(reason: .noMoreSheets, pages: 2, feeder: .loaded), 1,
            .incomplete(fromSheet: 3, reason: "feeder-not-empty")
        ),
        (
            BatchEnd(reason: .noMoreSheets, pages: 2, feeder: .processing), 1,
            .incomplete(fromSheet: 3, reason: "feeder-not-empty")
        ),
        (
            BatchEnd(reason: .noMoreSheets, pages: 2, jobCompleted: false), 1,
            .incomplete(fromSheet: 3, reason: "job-not-completed")
        ),
        (BatchEnd(reason: .jam, pages: 3, imagesCompleted: 3), 2, .incomplete(fromSheet: 2, reason: "jam")),
        (
            BatchEnd(reason: .cancelled, pages: 5, feeder: .empty, jobCompleted: true), 1,
            .incomplete(fromSheet: 6, reason: "cancelled")
        ),
    ]

    @Test(arguments: cases.indices) func `counts and does not believe`(_ index: Int) {
        let (end, sides, verdict) = Self.cases[index]
        var job = Self.feeder
        job.sides = sides
        #expect(end.verdict(for: job) == verdict)
    }
}
