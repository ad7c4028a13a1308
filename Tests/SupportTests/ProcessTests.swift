import Foundation
import Support
import TestSupport
import Testing

/// What a shell is told to do, and how the run ends.
private let runs: [(script: String, exit: ChildProcess.Exit, output: String, messages: String)] = [
    ("cat", .code(0), "page", ""), ("cat /dev/stdin /dev/stdin", .code(0), "pagepage", ""),
    ("echo out; echo err >&2; exit 3", .code(3), "out\n", "err\n"), ("kill -9 $$", .signal(SIGKILL), "", ""),
    ("echo $LC_ALL $HOME", .code(0), "C.UTF-8\n", ""),
    // Only the three streams are inherited; the fourth is that of `ls` itself.
    ("ls /proc/self/fd | wc -l", .code(0), "4\n", ""),
]

@Suite(.temporaryDirectory) struct `A program that we start` {
    @Test(arguments: runs)
    func `runs to its end`(script: String, exit: ChildProcess.Exit, output: String, messages: String) throws {
        let run = try BoundedRun(of: "/bin/sh", ["-c", script], input: Array("page".utf8))
        #expect(run.exit == exit)
        #expect(String(decoding: run.output, as: UTF8.self) == output)
        #expect(run.messages == messages)
    }

    @Test func `is ended when it takes too long, with all that it started`() throws {
        let file = TemporaryDirectory.url.appending(path: "child")
        #expect(throws: BoundedRun.Failure.timedOut) {
            try BoundedRun(
                of: "/bin/sh", ["-c", "sleep 1000 & echo $! > \(file.path()); wait"], deadline: .milliseconds(500))
        }
        let child = try #require(Int32(String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .newlines)))
        #expect(isGone(child) || waitUntilGone(child))
    }

    @Test func `is ended when it writes too much`() {
        #expect(throws: BoundedRun.Failure.outputTooLong) {
            try BoundedRun(of: "/bin/sh", ["-c", "yes"], mostOutput: 1000)
        }
    }

    @Test func `is told about when it is not there`() {
        #expect(throws: BoundedRun.Failure.notStarted) { try BoundedRun(of: "/nonexistent/program") }
        let log = TemporaryDirectory.url.appending(path: "log")
        let error = #expect(throws: BlankettError.self) {
            try BackgroundProgram(URL(filePath: "/nonexistent/program"), [], log: log)
        }
        #expect(error?.code == "program-not-started")
    }

    @Test func `in the background can be stopped, and tells how it ended`() throws {
        let log = TemporaryDirectory.url.appending(path: "log")
        let program = try BackgroundProgram(
            URL(filePath: "/bin/sh"), ["-c", "trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done"], log: log)
        while try String(contentsOf: log, encoding: .utf8) != "ready\n" { usleep(5000) }
        #expect(program.isRunning)
        program.stop()
        #expect(program.exit == .code(5))
        program.kill()
    }
}

/// Reaped by whoever adopts it; a zombie counts as gone.
private func isGone(_ id: Int32) -> Bool {
    guard let state = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8) else { return true }
    return state.contains(") Z")
}

private func waitUntilGone(_ id: Int32) -> Bool {
    while !isGone(id) { usleep(5000) }
    return true
}
