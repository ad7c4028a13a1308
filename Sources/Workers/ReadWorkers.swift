public import Forms
public import Reading
import Support

/// Several read-workers behind one ``PageReader``: as many pages are read at once as there are workers.
public actor ReadWorkers: PageReader {
    public nonisolated let count: Int
    private var idle: [ReadWorker]
    private var waiting: [CheckedContinuation<ReadWorker, Never>] = []
    private let all: [ReadWorker]

    /// - Precondition: `count` is at least 1.
    public init(_ configuration: ReadWorker.Configuration, count: Int = 2) {
        precondition(count > 0)
        self.count = count
        all = (0..<count).map { _ in ReadWorker(configuration) }
        idle = all
    }

    /// Starts one worker if none runs, as a trial; the others start when there is work for them.
    ///
    /// - Returns: The forms that it loaded.
    /// - Throws: What ``ReadWorker/start()`` throws.
    public func start() async throws -> [FormKey] {
        try await all[0].start()
    }

    /// Ends all workers when their jobs are done; the next job starts fresh ones.
    public func stop() async {
        for worker in all { await worker.stop() }
    }

    public func read(_ bytes: [UInt8], source: String, options: ReadOptions) async throws -> [ReadPage] {
        let worker = await take()
        defer { giveBack(worker) }
        try Task.checkCancellation()
        return try await worker.read(bytes, source: source, options: options)
    }

    /// One file to read: its name in the results, and its bytes, which are fetched when a worker is free.
    public struct File: Sendable {
        public var source: String
        public var load: @Sendable () async throws -> [UInt8]

        public init(source: String, load: @escaping @Sendable () async throws -> [UInt8]) {
            self.source = source
            self.load = load
        }
    }

    /// Reads many files on all workers and hands over each result in the order of the files.
    ///
    /// - Parameters:
    ///   - files: What to read.
    ///   - options: For all of them.
    ///   - result: Called for each file in order, with its pages or the error that loading or reading it threw. If it
    ///     throws itself, the rest is cancelled.
    /// - Throws: Only what `result` throws, and `CancellationError`.
    public nonisolated func read(
        _ files: [File], options: ReadOptions, result: (File, Result<[ReadPage], any Error>) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (Int, Result<[ReadPage], any Error>).self) { group in
            var started = 0
            func startNext() {
                guard started < files.count else { return }
                let (index, file) = (started, files[started])
                group.addTask {
                    do {
                        return (
                            index, .success(try await self.read(file.load(), source: file.source, options: options))
                        )
                    } catch {
                        return (index, .failure(error))
                    }
                }
                started += 1
            }
            // One more than workers, so that none waits for a file to be loaded.
            for _ in 0...count { startNext() }
            var early: [Int: Result<[ReadPage], any Error>] = [:]
            var next = 0
            while let (index, outcome) = try await group.next() {
                try Task.checkCancellation()
                early[index] = outcome
                startNext()
                while let ready = early.removeValue(forKey: next) {
                    try await result(files[next], ready)
                    next += 1
                }
            }
        }
    }

    private func take() async -> ReadWorker {
        if let worker = idle.popLast() { return worker }
        return await withCheckedContinuation { waiting.append($0) }
    }

    private func giveBack(_ worker: ReadWorker) {
        if waiting.isEmpty { idle.append(worker) } else { waiting.removeFirst().resume(returning: worker) }
    }
}
