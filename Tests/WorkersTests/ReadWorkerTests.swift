import Forms
import Foundation
import Reading
import Support
import TestSupport
import Testing
import Workers

/// A worker whose every misdeed is in its job: `fake-read-worker` beside this file lists the cues.
private func configuration(
    start: String = "", page: Duration = .seconds(60), startDeadline: Duration? = nil
) -> ReadWorker.Configuration {
    ReadWorker.Configuration(
        program: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "fake-read-worker").path(),
        forms: ["one", "two"], models: "models",
        startDeadline: startDeadline ?? (start == "hang" ? .milliseconds(300) : .seconds(60)),
        pageDeadline: page, backOff: [.milliseconds(1)],
        environment: ["FAKE_START": start, "FAKE_FOLDER": TemporaryDirectory.url.path()])
}

/// One line for each worker that was started: its process, its OMP_THREAD_LIMIT and its arguments.
private func starts() throws -> [String] {
    try String(contentsOf: TemporaryDirectory.url.appending(path: "starts"), encoding: .utf8)
        .split(separator: "\n").map(String.init)
}

private func cues(_ cues: String...) -> [UInt8] {
    Array(cues.joined(separator: "\n").utf8)
}

private func summary(_ pages: [ReadPage]) -> [String] {
    pages.map { "\($0.result.frame) \($0.result.outcome.rawValue) \($0.result.reason ?? "-")" }
}

@Suite(.temporaryDirectory) struct `A read-worker` {
    @Test func `reads job after job in one process`() async throws {
        let worker = ReadWorker(configuration())
        #expect(try await worker.start() == [FormKey(id: "prov", version: 1)])
        let first = try await worker.read(cues("page", "page"), source: "a.pdf", options: ReadOptions(preview: true))
        #expect(summary(first) == ["1 blank -", "2 blank -"])
        #expect(first.map(\.preview) == [Array("picture".utf8), Array("picture".utf8)])
        let second = try await worker.read(cues("page"), source: "b.png", options: ReadOptions())
        #expect(second.map(\.preview) == [nil])
        #expect(second.first?.result.source == "b.png")
        let start = try #require(try starts().first)
        #expect(start.hasSuffix(" 1 --forms one two --models models"))
        #expect(try starts().count == 1)
        await worker.stop()
    }

    @Test func `may take long to look at new blanks as long as it says so`() async throws {
        // It takes four seconds in all.
        let worker = ReadWorker(configuration(start: "prepare", startDeadline: .seconds(3)))
        #expect(try await worker.start() == [FormKey(id: "prov", version: 1)])
        #expect(try starts().count == 1)
        await worker.stop()
    }

    @Test(arguments: ["die", "garbage", "too-long", "half"])
    func `costs a page one retry when it goes wrong once`(_ cue: String) async throws {
        let worker = ReadWorker(configuration())
        let pages = try await worker.read(cues("page", cue + "-once", "page"), source: "a", options: ReadOptions())
        #expect(summary(pages) == ["1 blank -", "2 blank -"])
        #expect(try starts().count == 2)
        await worker.stop()
    }

    @Test(arguments: ["die", "garbage", "too-long", "half"])
    func `gives a page up that ends it twice, and reads the next`(_ cue: String) async throws {
        let worker = ReadWorker(configuration())
        let pages = try await worker.read(cues("page", cue, "page"), source: "a", options: ReadOptions())
        #expect(summary(pages) == ["1 blank -", "2 unreadable worker-died"])
        let next = try await worker.read(cues("page"), source: "b", options: ReadOptions())
        #expect(summary(next) == ["1 blank -"])
        #expect(try starts().count == 3)
        await worker.stop()
    }

    @Test func `is ended when it hangs`() async throws {
        let worker = ReadWorker(configuration(page: .milliseconds(300)))
        let pages = try await worker.read(cues("hang"), source: "a", options: ReadOptions())
        #expect(summary(pages) == ["1 unreadable worker-timed-out"])
        for line in try starts() {
            let id = try #require(Int32(line.prefix { $0 != " " }))
            #expect(kill(id, 0) == -1, "a worker that hung is still there")
        }
    }

    @Test(arguments: [
        ("die", "worker-died", true), ("hang", "worker-timed-out", true), ("garbage", "worker-died", true),
        ("error", "form-invalid", false), ("old", "worker-mismatch", false),
    ])
    func `says by name why it cannot start`(start: String, code: String, isTransient: Bool) async throws {
        let worker = ReadWorker(configuration(start: start))
        for _ in 1...2 {
            let error = await #expect(throws: BlankettError.self) {
                try await worker.read(cues("page"), source: "a", options: ReadOptions())
            }
            #expect(error?.code == code)
            #expect(error?.isTransient == isTransient)
        }
    }

    @Test func `comes up again after a start that failed`() async throws {
        let worker = ReadWorker(configuration(start: "die-once"))
        await #expect(throws: BlankettError.self) { _ = try await worker.start() }
        #expect(try await worker.start().count == 1)
        await worker.stop()
    }

    @Test func `passes on what it refuses, and lives`() async throws {
        let worker = ReadWorker(configuration())
        let error = await #expect(throws: BlankettError.self) {
            try await worker.read(cues("refuse"), source: "a", options: ReadOptions())
        }
        #expect(error?.code == "form-invalid")
        #expect(try await worker.read(cues("page"), source: "a", options: ReadOptions()).count == 1)
        #expect(try starts().count == 1)
        await worker.stop()
    }

    @Test func `that is not there is a fault with advice`() async throws {
        var missing = configuration()
        missing.program = "/nonexistent/blankett-read-worker"
        let worker = ReadWorker(missing)
        let error = await #expect(throws: BlankettError.self) { _ = try await worker.start() }
        #expect(error?.code == "program-not-started")
    }

    @Test func `ends with the call that is cancelled`() async throws {
        let worker = ReadWorker(configuration())
        _ = try await worker.start()
        let task = Task { try await worker.read(cues("hang"), source: "a", options: ReadOptions()) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await worker.read(cues("page"), source: "a", options: ReadOptions()).count == 1)
        await worker.stop()
    }
}

@Suite(.temporaryDirectory) struct `Two read-workers` {
    @Test func `give results in the order of the files, whatever goes wrong on the way`() async throws {
        let workers = ReadWorkers(configuration(), count: 2)
        let files = (0..<12).map { index in
            ReadWorkers.File(source: "\(index)") {
                if index == 7 { throw BlankettError("no-such-file", exit: .badInput, "File 7 is not there.") }
                return index % 5 == 3 ? cues("die") : cues("page")
            }
        }
        var seen: [String] = []
        try await workers.read(files, options: ReadOptions()) { file, result in
            switch result {
            case .success(let pages): seen.append("\(file.source) \(pages[0].result.outcome.rawValue)")
            case .failure(let error): seen.append("\(file.source) \((error as? BlankettError)?.code ?? "?")")
            }
        }
        let expected = (0..<12).map { $0 == 7 ? "7 no-such-file" : $0 % 5 == 3 ? "\($0) unreadable" : "\($0) blank" }
        #expect(seen == expected)
        await workers.stop()
    }
}
