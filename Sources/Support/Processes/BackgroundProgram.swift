public import Foundation
import Glibc

/// A program that runs beside this one until it is stopped, its output in a file: for the demo, and for tests.
///
/// What the agent's workers need beyond that is ``ChildProcess``.
public final class BackgroundProgram {
    private let process = Process()
    private let log: URL
    public let name: String
    public var processIdentifier: Int32 { process.processIdentifier }
    public var isRunning: Bool { process.isRunning }

    /// - Parameters:
    ///   - program: The program's file.
    ///   - arguments: What it is given.
    ///   - log: Where its output goes.
    /// - Throws: ``BlankettError`` with code `program-not-started`.
    public init(_ program: URL, _ arguments: [String], log: URL) throws {
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
    ///
    /// - Parameter file: The file; it ends in a line end once it is whole.
    /// - Returns: The address.
    /// - Throws: ``BlankettError`` with what the program said, when it ends or stays silent for a minute.
    public func address(in file: URL) async throws -> String {
        for _ in 0..<600 {
            if let text = try? String(contentsOf: file, encoding: .utf8), text.hasSuffix("\n") {
                return text.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            guard process.isRunning else { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        let said = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        throw BlankettError(
            "program-not-started", exit: .fault, "\(name) did not start.",
            advice: said.isEmpty ? nil : "It said: \(said.suffix(1000))")
    }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - program: The program's file.
    ///   - arguments: What it is given.
    /// - Returns: What it printed, without the white space around it.
    /// - Throws: ``BlankettError`` when it ends with anything but 0.
    public static func output(of program: URL, _ arguments: [String]) throws -> String {
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
            throw BlankettError("program-not-started", exit: .fault, "\(program.lastPathComponent) failed.")
        }
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Asks the program to end, and ends it when it does not within five seconds.
    public func stop() {
        guard process.isRunning else { return }
        process.terminate()
        for _ in 0..<100 where process.isRunning { usleep(50_000) }
        if process.isRunning { kill() } else { process.waitUntilExit() }
    }

    /// Ends the program at once, as a power cut would.
    public func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
