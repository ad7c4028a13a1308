import Foundation
import Support
public import Teaching

/// Has filled copies of a form drawn, in a process of its own: `blankett-read-worker --fill`.
public struct SpecimenMaker: Sendable {
    private let program: String
    private let niceness: Int

    /// - Parameters:
    ///   - program: Path of the read-worker; beside the running program when `nil`.
    ///   - niceness: How far behind others the worker stands when the computer is busy, 0...19.
    public init(program: String? = nil, niceness: Int = 0) {
        self.program = program ?? WorkerProgram.beside("blankett-read-worker")
        self.niceness = niceness
    }

    /// Blocks until the copy is drawn.
    ///
    /// - Parameter request: Which copy.
    /// - Returns: Its pages.
    /// - Throws: ``BlankettError`` when the worker failed.
    public func copy(_ request: SpecimenRequest) throws -> SpecimenCopy {
        do {
            let run = try BoundedRun(
                of: "/usr/bin/prlimit",
                ["--as=6442450944", "--core=0", "--", WorkerProgram.nice, "-n", "\(niceness)", program, "--fill"],
                input: try JSONCoding.encode(request),
                environment: WorkerProgram.readerEnvironment(),
                mostOutput: 1 << 30, deadline: .seconds(300))
            if run.isSuccess { return try JSONCoding.decode(SpecimenCopy.self, from: run.output) }
        } catch {
            throw Self.failure(error)
        }
        throw Self.failure(nil)
    }

    private static func failure(_ cause: (any Error)?) -> BlankettError {
        BlankettError(
            "worker-died", exit: .fault, "A filled copy could not be drawn.", advice: "Please report it.", cause: cause)
    }
}
