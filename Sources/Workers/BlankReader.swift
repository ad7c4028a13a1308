public import Foundation
import Support
public import Teaching

/// Has a blank form looked at, in a process of its own that may crash or hang: `blankett-read-worker --propose`.
public struct BlankReader: Sendable {
    private let program: String
    private let deadline: Duration

    /// - Parameters:
    ///   - program: Path of the read-worker; beside the running program when `nil`.
    ///   - deadline: For the whole form.
    public init(program: String? = nil, deadline: Duration = .seconds(300)) {
        self.program = program ?? WorkerProgram.beside("blankett-read-worker")
        self.deadline = deadline
    }

    /// Finds the fields of an earlier version on a new blank; blocks until the worker is done.
    ///
    /// - Parameters:
    ///   - old: The package of the earlier version.
    ///   - new: The package that was proposed of the new blank.
    /// - Returns: The form for the new blank, and what became of each field.
    /// - Throws: ``BlankettError`` when the worker failed.
    public func carry(from old: URL, to new: URL) throws -> CarriedForm {
        try look(
            ["--carry", old.path(percentEncoded: false), new.path(percentEncoded: false)],
            otherwise: "The fields could not be carried over.")
    }

    /// Finds what is printed like one field; blocks until the worker is done.
    ///
    /// - Parameters:
    ///   - wish: The field.
    ///   - package: Of the form that is being taught.
    /// - Returns: The places, that of the field among them; none where nothing is printed around it.
    /// - Throws: ``BlankettError`` when the worker failed.
    public func places(alike wish: AlikeWish, in package: URL) throws -> [AlikePlace] {
        try look(
            ["--alike", package.path(percentEncoded: false)], input: Array(try JSONCoding.encode(wish)),
            otherwise: "The blank could not be searched.")
    }

    private func look<Answer: Decodable>(
        _ arguments: [String], input: [UInt8] = [], otherwise message: String
    ) throws -> Answer {
        var cause: (any Error)?
        do {
            let run = try self.run(arguments, input: input, mostOutput: 64 << 20)
            if run.isSuccess { return try JSONCoding.decode(Answer.self, from: run.output) }
        } catch {
            cause = error
        }
        throw BlankettError("worker-died", exit: .fault, message, advice: "Please report it.", cause: cause)
    }

    private func run(_ arguments: [String], input: [UInt8], mostOutput: Int) throws(BoundedRun.Failure) -> BoundedRun {
        try BoundedRun(
            of: "/usr/bin/prlimit",
            ["--as=6442450944", "--core=0", "--nofile=512", "--", program] + arguments, input: input,
            environment: WorkerProgram.readerEnvironment(), mostOutput: mostOutput, deadline: deadline)
    }

    /// Blocks until the worker is done.
    ///
    /// - Parameters:
    ///   - bytes: A PDF, PNG, JPEG, TIFF or PNM file.
    ///   - id: Of the new form.
    ///   - name: What people call it; found on the page where it is empty.
    /// - Returns: The package's files.
    /// - Throws: ``ProposalFailure`` when the file cannot be used, ``BlankettError`` when the worker failed.
    public func propose(_ bytes: [UInt8], id: String, name: String = "") throws -> ProposedPackage {
        let run: BoundedRun
        do {
            run = try self.run(["--propose", id, name], input: bytes, mostOutput: 1 << 30)
        } catch {
            let code = if case .timedOut = error { "worker-timed-out" } else { "worker-died" }
            throw BlankettError(
                code, exit: .fault, "The blank could not be looked at.", advice: "Please report it.", cause: error)
        }
        if run.isSuccess { return try JSONCoding.decode(ProposedPackage.self, from: run.output) }
        if let failure = try? JSONCoding.decode(ProposalFailure.self, from: run.output) { throw failure }
        throw BlankettError(
            "worker-died", exit: .fault, "Looking at the blank ended the worker.",
            advice: "Please report it; a scan of the paper may go well.")
    }
}
