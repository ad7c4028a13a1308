import Foundation
import ImageCodecs
import Imaging
import Scanning
import Support
import Synchronization
import TestSupport
import Testing
import Workers

/// A device behind the scriptable SANE backend `vscan` of the shared rigs, driven by files in the test's folder.
struct VirtualScanner {
    let folder = TemporaryDirectory.url
    let scanner: ScanWorkerScanner

    init(aftercare: ScanWorkerScanner.Aftercare? = nil) throws {
        scanner = try ScanWorkerScanner(
            DeviceDescription(id: "vscan", name: "FormScan 100", connection: .sane, address: "sane:vscan:usb1"),
            ScanWorkerScanner.Configuration(
                program: Checkout.programs.appending(path: "blankett-scan-worker").path(),
                libraryPath: try Self.library.get().path(), environment: ["VSCAN_DIR": folder.path()],
                aftercare: aftercare))
        try put("usb1|Acme|FormScan 100|sheetfed scanner", in: "devices")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "feeder"), withIntermediateDirectories: true)
    }

    func put(_ text: String, in file: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: file))
    }

    /// Lays a page in the feeder, under those that are there.
    func feed(_ page: PageImage, number: Int) throws {
        try Data(Self.pnm(page)).write(to: folder.appending(path: "feeder/p\(number).ppm"))
    }

    func lay(_ page: PageImage) throws {
        try Data(Self.pnm(page)).write(to: folder.appending(path: "platen.ppm"))
    }

    var sheetsLeft: Int {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "feeder").path()).count
        }
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
        let source = try #require(Checkout.sharedData).appending(path: "../rigs/vscan.c").standardized
        let folder = FileManager.default.temporaryDirectory.appending(path: "vscan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/gcc")
        compiler.arguments = [
            "-std=gnu11", "-O2", "-shared", "-fPIC", "-o", folder.appending(path: "libsane-vscan.so.1").path(),
            source.path(),
        ]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
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
