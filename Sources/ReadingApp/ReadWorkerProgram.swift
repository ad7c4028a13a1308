import Foundation
import Forms
import Glibc
import Reading
public import Support
import Synchronization
import VisionReading

/// The program `blankett-read-worker`: loads forms and models, then reads one file at a time until its client is gone.
///
/// What it prints on standard error never holds contents of a page.
public enum ReadWorkerProgram {
    /// Where the line recogniser's models lie when nobody says.
    private static var defaultModels: URL {
        let environment = ProcessInfo.processInfo.environment
        if let folder = environment["BLANKETT_MODELS"] { return URL(filePath: folder) }
        let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.cache"
        let own = URL(filePath: cache).appending(path: "blankett/models")
        return FileManager.default.fileExists(atPath: own.path()) ? own : URL(filePath: "/usr/share/blankett/models")
    }

    /// Runs the worker.
    ///
    /// - Parameter arguments: Without the program's name: `--forms DIR…`, `--models DIR`; or `--propose ID NAME`, `--fill`, `--carry OLD NEW`, `--alike PACKAGE`.
    /// - Returns: What the process is to exit with.
    public static func run(_ arguments: [String]) async -> ExitCode {
        limitLibraries()
        if arguments.first == "--fill" { return FillProgram.run() }
        if arguments.first == "--carry" { return CarryProgram.run(Array(arguments.dropFirst())) }
        if arguments.first == "--alike" { return await AlikeProgram.run(Array(arguments.dropFirst())) }
        if arguments.first == "--propose" { return await ProposeProgram.run(Array(arguments.dropFirst())) }
        let (input, output) = SupervisedProcess.begin(
            SupervisedProcess.Limits(addressSpace: 6 << 30, fileSize: 1 << 30, openFiles: 512))
        do {
            let pages = try PageDesk(setting(from: arguments))
            let clock = ContinuousClock()
            let said = Mutex(clock.now)
            let forms = try await pages.open { done, count in
                let isTime = said.withLock { last in
                    guard clock.now - last >= .seconds(1) else { return false }
                    last = clock.now
                    return true
                }
                if isTime { try send(.preparing(done: done, of: count), to: output) }
            }
            try send(.hello(version: ReadWorkerMessage.version, forms: forms), to: output)
            while let frame = try input.next() {
                let request: ReadWorkerMessage.Request = try frame.message()
                do {
                    try await pages.read(frame.body, source: request.source, options: request.options) { page in
                        try send(.page(id: request.id, page.result), body: page.preview ?? [], to: output)
                    }
                    try send(.done(id: request.id), to: output)
                } catch let error as FrameError {
                    throw error
                } catch {
                    try send(.error(id: request.id, .init(Self.blankettError(error))), to: output)
                }
            }
            return .done
        } catch is FrameError {
            // Nobody listens any more.
            return .done
        } catch {
            let error = blankettError(error)
            try? send(.error(id: nil, .init(error)), to: output)
            return error.exit
        }
    }

    private static func setting(from arguments: [String]) throws -> PageDesk.Setting {
        var forms: [URL] = []
        var models = defaultModels
        var expectsModels = false
        for argument in arguments {
            switch argument {
            case "--forms": expectsModels = false
            case "--models": expectsModels = true
            default:
                if expectsModels { models = URL(filePath: argument) } else { forms.append(URL(filePath: argument)) }
            }
        }
        guard !forms.isEmpty else {
            throw BlankettError(
                "no-forms", exit: .badInput, "The read-worker was given no form packages.",
                advice: "Name their folder: --forms DIR.")
        }
        let threads = ProcessInfo.processInfo.environment["BLANKETT_READ_THREADS"].flatMap(Int.init) ?? 2
        return PageDesk.Setting(forms: forms, models: models, threads: min(max(threads, 1), 16))
    }

    private static func send(_ reply: ReadWorkerMessage.Reply, body: [UInt8] = [], to output: FrameWriter) throws {
        try output.write(try Frame(reply, body: body))
    }

    private static func blankettError(_ error: any Error) -> BlankettError {
        error as? BlankettError
            ?? BlankettError(
                "reader-failed", exit: .fault, "Reading failed.", advice: "Please report it.", cause: error)
    }

    /// Starts once more from the start where ``ReadWorkerEnvironment/limits`` are missing.
    private static func limitLibraries() {
        let environment = ProcessInfo.processInfo.environment
        let missing = ReadWorkerEnvironment.limits.filter { environment[$0.key] == nil }
        guard !missing.isEmpty else { return }
        for (name, value) in missing { unsafe setenv(name, value, 1) }
        var arguments = unsafe CommandLine.arguments.map { unsafe strdup($0) } + [nil]
        // Only returns when it failed; then reading is slow or takes more memory, not wrong.
        unsafe execv("/proc/self/exe", &arguments)
    }
}
