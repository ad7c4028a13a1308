import Foundation
import Support

/// One of the demo's programs: running in the background, its output in a file.
final class DemoProgram {
    private let process = Process()
    private let log: URL
    let name: String

    /// - Parameters:
    ///   - program: The program's file.
    ///   - arguments: What it is given.
    ///   - log: Where its output goes.
    /// - Throws: ``BlankettError`` with code `program-not-started`.
    init(_ program: URL, _ arguments: [String], log: URL) throws {
        name = program.lastPathComponent
        self.log = log
        guard FileManager.default.createFile(atPath: log.path(), contents: nil) else {
            throw BlankettError("storage-failed", exit: .storage, "\(log.path()) cannot be written.")
        }
        let output = try FileHandle(forWritingTo: log)
        process.executableURL = program
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        do {
            try process.run()
        } catch {
            throw BlankettError(
                "program-not-started", exit: .fault, "\(program.path()) could not be started.",
                advice: "Check that all programs of Blankett lie in one folder.", cause: error)
        }
    }

    deinit {
        stop()
    }

    /// Waits until the program has written its address into `file`.
    func address(in file: URL) async throws -> String {
        for _ in 0..<600 {
            if let text = try? String(contentsOf: file, encoding: .utf8), text.hasSuffix("\n") {
                return text.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            guard process.isRunning else { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        let said = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        throw BlankettError(
            "demo-not-started", exit: .fault, "\(name) did not start.",
            advice: said.isEmpty ? nil : "It said: \(said.suffix(1000))")
    }

    /// Runs a program to its end.
    ///
    /// - Returns: What it printed.
    static func output(of program: URL, _ arguments: [String]) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = program
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        try process.run()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BlankettError("demo-not-started", exit: .fault, "\(program.lastPathComponent) failed.")
        }
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Asks the program to end, and ends it when it does not within five seconds.
    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        for _ in 0..<100 where process.isRunning { usleep(50_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }
}
