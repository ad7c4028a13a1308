import ESCLScanning
import Foundation
import ImageCodecs
import Imaging
import Scanning
import Support
import TestSupport
import Testing
import VirtualMFP

/// One line for each source of a device: what it announces.
private func row(_ source: SourceCapabilities) -> String {
    func size(_ width: Double, _ height: Double) -> String {
        "\(Int(width.rounded()))x\(Int(height.rounded()))"
    }
    let place = source.source == .platen ? "platen" : source.sides == 2 ? "feeder, both sides" : "feeder"
    let ranges = source.ranges.sorted { $0.key < $1.key }.map { name, range -> String in
        let step = range.step == 1 ? "" : " by \(range.step)"
        return "\(name) \(range.minimum)/\(range.normal)/\(range.maximum)\(step)"
    }
    let smallest = size(source.minimumWidth, source.minimumHeight)
    let largest = size(source.maximumWidth, source.maximumHeight)
    let resolutions = source.resolutions.map { "\($0)" }.joined(separator: " ")
    let modes = source.modes.map { $0.rawValue }.joined(separator: " ")
    let switches = source.switches.map { $0.rawValue }.sorted().joined(separator: " ")
    var columns: [String] = [place, modes, source.formats.joined(separator: " ")]
    columns += ["\(resolutions) dpi", "\(smallest) to \(largest) mm"]
    if let capacity = source.capacity { columns.append("holds \(capacity)") }
    columns += [ranges.joined(separator: ", "), switches].filter { !$0.isEmpty }
    return "  " + columns.joined(separator: " | ")
}

@Suite(.temporaryDirectory, .needsSharedData) struct `Every captured device` {
    private static func document(_ file: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: CapturedDevices.url(file)))
    }

    /// With `BLANKETT_WRITE_SNAPSHOTS=1` the file is written anew, to be reviewed like code.
    @Test func `is read as the snapshot says`() throws {
        let lines = try CapturedDevices.files.flatMap { file in
            let announced = try ESCLCapabilities(document: Self.document(file)).capabilities
            return ["\(announced.makeAndModel ?? "no name") (\(file))"] + announced.sources.map(row)
        }
        let text = lines.joined(separator: "\n") + "\n"
        let snapshot = Checkout.root.appending(path: "Tests/ScanningTests/Snapshots/captured-devices.txt")
        if ProcessInfo.processInfo.environment["BLANKETT_WRITE_SNAPSHOTS"] == "1" {
            try Data(text.utf8).write(to: snapshot)
        }
        #expect(CapturedDevices.files.count >= 5)
        #expect(try text == String(contentsOf: snapshot, encoding: .utf8))
    }

    @Test(arguments: CapturedDevices.files)
    func `is scanned from, all sources, at the least and at the usual resolution`(_ file: String) async throws {
        let rig = try await ScannerRig(document: Self.document(file))
        let announced = try await rig.scanner.capabilities()
        let paper = try makePages(4)
        for source in announced.sources {
            for resolution in Set([source.resolutions[0], 300]).intersection(source.resolutions).sorted() {
                let job = try ScanJob(
                    fitting: ScanProfile(
                        source: source.source, sides: source.sides, resolution: resolution, size: "110x155"),
                    to: announced)
                switch source.source {
                case .platen: try await rig.device.load(platen: paper[0])
                case .feeder: try await rig.device.load(feeder: paper)
                }
                let before = try await rig.served().count
                let (end, pages) = try await rig.scan(job)
                #expect(end.verdict(for: job) == .complete, "\(source): \(end)")
                #expect(pages.count == (source.source == .platen ? 1 : 4))
                let hashes = pages.map { SHA256.hexadecimal(of: $0.bytes) }
                let served = Array(try await rig.served().dropFirst(before))
                #expect(hashes == served)
                for page in pages {
                    let image = try ImageCodec.decode(page.bytes)
                    let width = 110 / 25.4 * Double(resolution)
                    let height = 155 / 25.4 * Double(resolution)
                    #expect((width - 3...width + 1).contains(Double(image.width)))
                    #expect((height - 3...height + 1).contains(Double(image.height)))
                }
            }
        }
        let jobs = try await rig.overview()["jobs"]?.arrayValue ?? []
        #expect(!jobs.isEmpty)
        #expect(jobs.allSatisfy { $0["state"] == "Completed" }, "\(jobs)")
    }
}
