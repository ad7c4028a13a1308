import Records
import Support
import Synchronization

/// An engine whose writes fail from one on, before they do anything.
final class FailingEngine: SQLEngine {
    struct Failure: Error {}

    private let engine: any SQLEngine
    private let left: Mutex<Int>

    init(_ engine: any SQLEngine, after count: Int) {
        self.engine = engine
        left = Mutex(count)
    }

    var longestWait: Duration { engine.longestWait }

    func submit<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLSession) throws -> Result,
        then tell: @escaping @Sendable (Swift.Result<Result, any Error>) -> Void
    ) {
        let mayWrite = left.withLock { left in
            left -= 1
            return left >= 0
        }
        guard mayWrite else { return tell(.failure(Failure())) }
        engine.submit(work, then: tell)
    }

    func read<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLSession) throws -> Result
    ) async throws -> Result {
        try await engine.read(work)
    }

    func survey<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLSession) throws -> Result
    ) async throws -> Result {
        try await engine.survey(work)
    }

    func meet(_ message: String) async throws -> [String] { try await engine.meet(message) }
    func isAlone() async throws -> Bool { try await engine.isAlone() }
    func forgetDeleted() async throws { try await engine.forgetDeleted() }
    func damage() async throws -> [String] { try await engine.damage() }
    func failed() async -> BlankettError? { await engine.failed() }
    func close() async { await engine.close() }
}
