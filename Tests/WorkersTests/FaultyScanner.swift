import Foundation
import ImageCodecs
import Imaging
import Scanning
import Support
import Synchronization
import TestSupport
import Testing
import Workers

/// A device behind our own SANE backend `Tests/Backends/faulty.c`, driven by files in the test's folder.
struct FaultyScanner {
    let folder = TemporaryDirectory.url
    let scanner: ScanWorkerScanner
    /// Where its workers have their folders.
    let temporaryFolder: URL

    /// Plugged in, its feeder empty, with options as `traits` say, a line each; a scan that fails is not tried again.
    init(traits: String = "", backOff: [Duration] = [], aftercare: (any ScanAftercare)? = nil) throws {
        temporaryFolder = folder.appending(path: "workers", directoryHint: .isDirectory)
        scanner = try ScanWorkerScanner(
            DeviceDescription(id: "faulty", name: "FormScan 100", connection: .sane, address: "sane:faulty:usb1"),
            ScanWorkerScanner.Configuration(
                program: Checkout.programs.appending(path: "blankett-scan-worker").path(),
                libraryPath: try Self.libraryPath, environment: ["FAULTY_DIR": folder.path()],
                temporaryFolder: temporaryFolder,
                // A loaded machine takes its time to start a process.
                deadlines: .init(open: 60, start: 60, idle: 60, cancel: 10), backOff: backOff, aftercare: aftercare,
                traces: TraceFolder(folder.appending(path: "traces"))))
        try put("usb1|Acme|FormScan 100|sheetfed scanner\n", in: "devices")
        try put(traits, in: "traits")
        for name in ["feeder", "workers"] {
            try FileManager.default.createDirectory(
                at: folder.appending(path: name), withIntermediateDirectories: true)
        }
    }

    func put(_ text: String, in file: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: file))
    }

    /// Has it go wrong in these ways from now on, each `CALL ACTION [NUMBER]`; none mends it.
    func fail(_ faults: String...) throws {
        try put(faults.map { $0 + "\n" }.joined(), in: "faults")
    }

    func remove(_ file: String) throws {
        try FileManager.default.removeItem(at: folder.appending(path: file))
    }

    /// Lays a side of paper in the feeder, under those that are there.
    func feed(_ page: PageImage, number: Int) throws {
        // Moved into place, as the feeder is looked at meanwhile.
        let file = folder.appending(path: "side-\(number)")
        try Data(Self.pnm(page)).write(to: file)
        try FileManager.default.moveItem(at: file, to: folder.appending(path: "feeder/p\(number).pnm"))
    }

    func lay(_ page: PageImage) throws {
        try Data(Self.pnm(page)).write(to: folder.appending(path: "glass.pnm"))
    }

    var sidesLeft: Int {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "feeder").path()).count
        }
    }

    /// What the driver was asked to do, such as `open`; not each read and option.
    var calls: [String] { lines(of: "calls") }

    /// The processes that the driver ran in and that are still there; one that is dead and not buried counts as gone.
    var processesLeft: [Int32] {
        lines(of: "processes").compactMap { Int32($0) }.filter { id in
            let state = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
            return state.map { !$0.contains(") Z") } ?? false
        }
    }

    /// How many processes the driver has run in.
    var processCount: Int { lines(of: "processes").count }

    var foldersLeft: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: temporaryFolder.path()) }
    }

    private func lines(of file: String) -> [String] {
        ((try? String(contentsOf: folder.appending(path: file), encoding: .utf8)) ?? "")
            .split(separator: "\n").map(String.init)
    }

    static func job(
        _ source: ScanSource = .feeder, sides: Int = 1, mode: ScanMode = .color, resolution: Int = 300,
        deadlines: DeviceProfile.Deadlines = .standard
    ) -> ScanJob {
        ScanJob(
            source: source, sides: sides, mode: mode, resolution: resolution, format: "image/png",
            region: MillimetreRect(x: 0, y: 0, width: 210, height: 297), deadlines: deadlines)
    }

    /// Where the backend lies.
    static var libraryPath: String {
        get throws { try library.get().path() }
    }

    private static func pnm(_ page: PageImage) -> [UInt8] {
        Array("P\(page.channels == .color ? 6 : 5)\n\(page.width) \(page.height)\n255\n".utf8) + page.pixels
    }

    /// The backend, built once in a folder that the system clears.
    private static let library = Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "faulty-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let compiler = URL(filePath: "/usr/bin/cc")
        _ = try BackgroundProgram.output(
            of: compiler,
            [
                "-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o",
                folder.appending(path: "libsane-faulty.so.1").path(),
                Checkout.root.appending(path: "Tests/Backends/faulty.c").path(),
            ])
        return folder
    }
}

/// Pixels that no transport can guess.
func noise(width: Int = 200, height: Int = 300, channels: PageImage.Channels = .color) -> PageImage {
    var generator = SystemRandomNumberGenerator()
    let count = width * height * channels.rawValue
    var pixels: [UInt8] = []
    pixels.reserveCapacity(count + 8)
    while pixels.count < count { withUnsafeBytes(of: generator.next()) { pixels.append(contentsOf: $0) } }
    pixels.removeLast(pixels.count - count)
    return PageImage(width: width, height: height, channels: channels, pixels: pixels)
}

/// What came of a batch.
final class Stack: Sendable {
    private let scanned = Mutex<[ScannedPage]>([])

    var pages: [ScannedPage] { scanned.withLock { $0 } }

    func add(_ page: ScannedPage) {
        scanned.withLock { $0.append(page) }
    }

    func images() throws -> [PageImage] {
        try pages.map { try ImageCodec.decode($0.bytes) }
    }
}
