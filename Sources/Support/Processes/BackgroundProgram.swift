public import Foundation
import Glibc

/// A program that runs beside this one until it is stopped, its output in a file: for the demo, and for tests.
///
/// It ends with us, even when we are killed. What the agent's workers need beyond that is ``ChildProcess``.
public final class BackgroundProgram: Sendable {
    private let program: RunningProgram
    private let log: URL
    public let name: String
    public var processIdentifier: Int32 { program.id }
    /// How it ended; `nil` while it runs.
    public var exit: ChildProcess.Exit? { program.exit }
    public var isRunning: Bool { exit == nil }

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
        self.program = try RunningProgram(
            RunningProgram.Launch(
                program: program.path(), arguments: arguments, environment: ProcessInfo.processInfo.environment,
                output: output.fileDescriptor, errors: output.fileDescriptor, diesWithUs: true))
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
            guard isRunning else { break }
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
        let run = try BoundedRun(
            of: program.path(), arguments, environment: ProcessInfo.processInfo.environment)
        guard run.isSuccess else {
            throw BlankettError(
                "program-not-started", exit: .fault, "\(program.lastPathComponent) failed.",
                advice: run.messages.isEmpty ? nil : "It said: \(run.messages.suffix(1000))")
        }
        return String(decoding: run.output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Asks the program to end, and ends it when it does not within five seconds.
    public func stop() {
        program.end(grace: .seconds(5))
    }

    /// Ends the program at once, as a power cut would; it is gone when this returns.
    public func kill() {
        send(signal: SIGKILL)
        waitForExit(before: .now + .seconds(5))
    }

    /// Sends a signal to the program; nothing happens when it has ended.
    public func send(signal: Int32) {
        program.signal(signal, toGroup: false)
    }

    /// Waits until the program has ended; `nil` when the deadline came first.
    @discardableResult
    public func waitForExit(before deadline: ContinuousClock.Instant) -> ChildProcess.Exit? {
        program.waitForExit(before: deadline)
    }
}
