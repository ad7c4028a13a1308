import Foundation
import Support

/// One run of one of our programs, from its start to its end, in English unless it is told otherwise.
public struct ProgramRun: Sendable {
    public var code: Int32
    public var output: String
    public var errors: String

    /// - Parameters:
    ///   - program: Its name.
    ///   - arguments: What it is given.
    ///   - environment: Added to ours.
    /// - Throws: When it cannot be started, or does not end within five minutes.
    @concurrent public init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:]
    ) async throws {
        // On a thread of its own: the shared pool has two on a small computer, and what the program waits for may be in
        // this process.
        let run = try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<BoundedRun, any Error>) in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        try BoundedRun(
                            of: Checkout.programs.appending(path: program).path(), arguments,
                            environment: ProcessInfo.processInfo.environment.merging(["LANG": "C.UTF-8"]) { $1 }
                                .merging(environment) { $1 },
                            mostOutput: 64 << 20, deadline: .seconds(300))
                    })
            }
        }
        code =
            switch run.exit {
            case .code(let code): code
            case .signal(let signal): -signal
            }
        output = String(decoding: run.output, as: UTF8.self)
        errors = run.messages
    }
}
