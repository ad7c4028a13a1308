import Glibc
public import Imaging
import Scanning
public import Support

/// The scan-worker's side of ``ScanWorkerMessage``: one request, its answer, and the end.
public struct SaneWorker {
    private let input: FrameReader
    private let output: FrameWriter
    private let encodePNG: (PageImage) throws -> [UInt8]

    /// - Parameters:
    ///   - input: Where the client's frames come from.
    ///   - output: Where frames to the client go.
    ///   - encodePNG: Makes a file of a page.
    public init(input: FrameReader, output: FrameWriter, encodePNG: @escaping (PageImage) throws -> [UInt8]) {
        self.input = input
        self.output = output
        self.encodePNG = encodePNG
    }

    /// Does what the client asks for; to be called on the main thread.
    ///
    /// - Throws: ``FrameError`` when the client is gone.
    public func run() throws {
        do {
            try send(.hello(version: ScanWorkerMessage.version))
            guard let request = try receive() else { return }
            let library = try SaneLibrary()
            switch request {
            case .list:
                try send(.devices(try library.devices()))
            case .describe(let wanted):
                var device = try open(wanted, in: library)
                try send(.phase(.options))
                // The sensors first: choosing sources may put them out of reach.
                let status = try device.status()
                try send(.description(try device.capabilities(), status))
            case .watch(let wanted, let milliseconds):
                try watch(try open(wanted, in: library), every: milliseconds)
            case .scan(let wanted, let job):
                var device = try open(wanted, in: library)
                try send(.phase(.options))
                let (settings, adjustments) = try device.apply(job, options: wanted.options)
                try send(.opened(settings: settings, adjustments: adjustments))
                if let end = try scan(job, on: device) { try send(.end(end)) }
            case .next, .cancel:
                throw BlankettError("worker-mismatch", exit: .fault, "The scan-worker was asked out of turn.")
            }
            try send(.phase(.closing))
        } catch let error as SaneError {
            try send(.error(ErrorReport(error.blankettError)))
        } catch let error as BlankettError {
            try send(.error(ErrorReport(error)))
        }
    }

    private func scan(_ job: ScanJob, on device: borrowing SaneDevice) throws -> BatchEnd? {
        var batch = SaneBatch(job)
        return try batch.run(on: device) { event in
            switch event {
            case .started(let page): try send(.started(page: page))
            case .reading(let bytes): try send(.reading(bytes: bytes))
            case .stopping(let end): try send(.stopping(end))
            case .refused(let error): try send(.error(ErrorReport(error)))
            case .cancelling: try send(.phase(.cancelling))
            case .page(let number, let image):
                SupervisedProcess.allowProcessorTime(seconds: Self.processorSecondsPerPage)
                let page = ScanWorkerMessage.Page(
                    number: number, mediaType: "image/png", width: image.width, height: image.height,
                    resolution: Int((image.resolution ?? 0).rounded()))
                try output.write(try Frame(ScanWorkerMessage.Reply.page(page), body: try encodePNG(image)))
                let isWanted = try receive() == .next
                SupervisedProcess.allowProcessorTime(seconds: Self.processorSecondsPerPage)
                return isWanted
            }
            return true
        }
    }

    /// More than the longest page takes to read and to compress, on any machine that is of use.
    public static let processorSecondsPerPage = 300

    /// Says what the sensors say until somebody cancels.
    private func watch(_ device: borrowing SaneDevice, every milliseconds: Int) throws {
        try send(.phase(.sensors))
        while !SaneCancellation.isRequested {
            SupervisedProcess.allowProcessorTime(seconds: Self.processorSecondsPerPage)
            try send(.sensors(try device.sensors()))
            // A signal ends it early.
            usleep(UInt32(min(max(milliseconds, 50), 10_000)) * 1000)
        }
    }

    private func open(
        _ wanted: ScanWorkerMessage.Device, in library: borrowing SaneLibrary
    ) throws -> SaneDevice {
        try send(.phase(.finding))
        let found = try find(wanted, in: library)
        try send(.phase(.opening))
        return try SaneDevice(opening: found)
    }

    /// The device as the backend lists it; one that is only named is taken at its word, as not all are listed.
    private func find(
        _ wanted: ScanWorkerMessage.Device, in library: borrowing SaneLibrary
    ) throws -> ScanWorkerMessage.FoundDevice {
        let devices = try library.devices()
        if let name = SaneUSBName(wanted.name) { return try name.choose(among: devices, at: name.places()) }
        if let device = devices.first(where: { $0.name == wanted.name }) { return device }
        guard wanted.name.hasSuffix(":") else { return .init(name: wanted.name, vendor: "", model: "", type: "") }
        guard let first = devices.first(where: { $0.name.hasPrefix(wanted.name) }) else {
            throw BlankettError(
                "scanner-unreachable", exit: .device, "No scanner was found by \(wanted.name.dropLast()).",
                advice: "Check that it is switched on and connected.", isTransient: true)
        }
        return first
    }

    private func send(_ reply: ScanWorkerMessage.Reply) throws {
        try output.write(try Frame(reply))
    }

    private func receive() throws -> ScanWorkerMessage.Request? {
        try input.next()?.message()
    }
}
