import ESCLScanning
import Forms
import Foundation
import Glibc
import ImageCodecs
import Imaging
import Reading
import Scanning
import Support

/// One way in for bytes that come from outside: what `scripts/fuzz` feeds, and what the kept corpus is run through as a test.
///
/// Each takes any bytes and gives nothing: a refusal is an error that is thrown and caught here, and all else is a crash,
/// a hang or a flood of memory.
public enum FuzzEntry: String, CaseIterable, Sendable {
    case png, jpeg, tiff, pnm, pdf
    case form, profile
    /// What a worker says, on its pipe: lengths, header, body.
    case frame
    case escl

    /// - Returns: Whether the bytes were taken for what they should be.
    @discardableResult public func run(_ bytes: [UInt8]) -> Bool {
        switch self {
        case .png, .jpeg, .tiff, .pnm: Self.decode(bytes)
        case .pdf: Self.render(bytes)
        case .form: Self.form(bytes)
        case .profile: (try? DeviceProfileFile(bytes, file: "fuzz.json5")) != nil
        case .frame: Self.frames(bytes)
        case .escl:
            // Both, so that each sees the other's documents.
            (try? ESCLCapabilities(document: bytes)) != nil || (try? ESCLStatus(document: bytes)) != nil
        }
    }

    /// Small enough that a thousand inputs a second are tried, and the same checks as at any size.
    private static let limits = ImageLimits(
        pixels: 1 << 20, side: 4096, bytes: 1 << 20, frames: 8, pdfDeadline: .seconds(10))

    private static func decode(_ bytes: [UInt8]) -> Bool {
        guard let count = try? ImageCodec.frameCount(bytes, limits: limits) else {
            // Decoding must refuse it as well, whatever counting said.
            return (try? ImageCodec.decode(bytes, limits: limits)) != nil
        }
        let pages = (1...max(1, count)).map { try? ImageCodec.decode(bytes, frame: $0, limits: limits) }
        for page in pages {
            guard let page else { continue }
            precondition(page.pixels.count == page.width * page.height * page.channels.rawValue, "pixels are missing")
        }
        return pages.contains { $0 != nil }
    }

    private static func render(_ bytes: [UInt8]) -> Bool {
        guard let pdf = try? PDFPages(bytes, limits: limits) else { return false }
        return (try? pdf.render(1, dpi: 30)) != nil
    }

    /// The template as `form.json5`, beside a blank page of the right shape.
    private static func form(_ bytes: [UInt8]) -> Bool {
        let folder = FileManager.default.temporaryDirectory.appending(path: "blankett-fuzz-\(getpid())")
        let blank = folder.appending(path: "page-1.png")
        do {
            if !FileManager.default.fileExists(atPath: blank.path()) {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                let page = PageImage(width: 1654, height: 2339, filledWith: 255, channels: .gray, resolution: 200)
                try Data(ImageCodec.encodePNG(page)).write(to: blank)
            }
            try Data(bytes).write(to: folder.appending(path: "form.json5"))
            _ = try FormPackage.load(folder)
            return true
        } catch {
            return false
        }
    }

    /// Frames through a pipe, and each as all the messages that are said in them.
    private static func frames(_ bytes: [UInt8]) -> Bool {
        var ends: [Int32] = [0, 0]
        // More than a pipe holds would wait for a reader that comes later.
        guard bytes.count <= 32_768, unsafe pipe(&ends) == 0 else { return false }
        _ = unsafe bytes.withUnsafeBytes { unsafe write(ends[1], $0.baseAddress, $0.count) }
        close(ends[1])
        defer { close(ends[0]) }
        let reader = FrameReader(descriptor: ends[0], limits: Frame.Limits(header: 16_384, body: 32_768))
        var isKnown = false
        while let frame = try? reader.next() {
            isKnown = (try? frame.message(as: ReadWorkerMessage.Request.self)) != nil || isKnown
            isKnown = (try? frame.message(as: ReadWorkerMessage.Reply.self)) != nil || isKnown
            isKnown = (try? frame.message(as: ScanWorkerMessage.Request.self)) != nil || isKnown
            isKnown = (try? frame.message(as: ScanWorkerMessage.Reply.self)) != nil || isKnown
        }
        return isKnown
    }
}
