import CProcess
import Dispatch
import Foundation
import Glibc
import Synchronization

/// A program that was started as our child, in a process group of its own, and is watched until it has ended.
///
/// When it ends, whatever it left behind in its group is killed. It may outlive its owner: who wants its end asks for it.
final class RunningProgram: Sendable {
    struct Launch: Sendable {
        /// A path; it is not looked for along `PATH`.
        var program: String
        var arguments: [String]
        /// The whole environment: nothing is inherited.
        var environment: [String: String]
        /// The working directory; ours when `nil`.
        var directory: String?
        /// The standard streams, which stay ours to close; `nil` for none.
        ///
        /// No other descriptor is inherited.
        var input: Int32?
        var output: Int32?
        var errors: Int32?
        /// Whether the system kills it when we are gone, however we went.
        var diesWithUs = false
    }

    private struct State {
        var id: pid_t = 0
        var exit: ChildProcess.Exit?
    }

    private let state = Mutex(State())
    private let ended = DispatchGroup()

    /// - Throws: ``BlankettError`` with code `program-not-started`.
    init(_ launch: Launch) throws(BlankettError) {
        ended.enter()
        let result = Mutex<Int32>(0)
        let started = DispatchSemaphore(value: 0)
        // One thread starts it, watches it and reaps it: the system takes the death of the thread that started a process
        // for that of the parent, so this one must live as long as the child.
        Thread.detachNewThread { [self] in
            var id: pid_t = 0
            let code = Self.spawn(launch, &id)
            result.withLock { $0 = code }
            state.withLock { $0.id = id }
            started.signal()
            if code == 0 { watch(id) }
        }
        started.wait()
        let code = result.withLock { $0 }
        guard code == 0 else {
            throw BlankettError(
                "program-not-started", exit: .fault,
                "\(launch.program) could not be started: \(String(cString: strerror(code))).",
                advice: "Check that all programs of Blankett are installed in one folder.")
        }
    }

    var id: Int32 { state.withLock { $0.id } }

    /// How it ended; `nil` while it runs.
    var exit: ChildProcess.Exit? { state.withLock { $0.exit } }

    /// Sends a signal to it alone or to its group; nothing happens when it has ended.
    func signal(_ signal: Int32, toGroup: Bool = true) {
        state.withLock { state in
            guard state.exit == nil else { return }
            Glibc.kill(toGroup ? -state.id : state.id, signal)
        }
    }

    /// Asks it to end and waits: SIGTERM to its group, and SIGKILL when it still runs after `grace`.
    ///
    /// - Parameter grace: How long it may take to put things in order.
    /// - Returns: How it ended; `nil` if even SIGKILL did not end it within 5 s, because it hangs inside the kernel.
    @discardableResult
    func end(grace: Duration) -> ChildProcess.Exit? {
        signal(SIGTERM)
        if let exit = waitForExit(before: .now + grace) { return exit }
        signal(SIGKILL)
        return waitForExit(before: .now + .seconds(5))
    }

    /// Waits until it has ended; `nil` when the deadline came first.
    @discardableResult
    func waitForExit(before deadline: ContinuousClock.Instant) -> ChildProcess.Exit? {
        let left = max(.zero, min(ContinuousClock.now.duration(to: deadline), .seconds(1_000_000)))
        let (seconds, attoseconds) = left.components
        let nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        _ = ended.wait(timeout: .now() + .nanoseconds(nanoseconds))
        return exit
    }

    private func watch(_ id: pid_t) {
        // First only look: until it is reaped its number cannot be anybody else's, so signals are safe.
        var info = siginfo_t()
        while waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT) == -1 && errno == EINTR {}
        state.withLock { state in
            Glibc.kill(-id, SIGKILL)
            var status: Int32 = 0
            while waitpid(id, &status, 0) == -1 && errno == EINTR {}
            // WTERMSIG and WEXITSTATUS of wait(2), which are macros.
            let signal = status & 0x7F
            state.exit = signal == 0 ? .code(status >> 8 & 0xFF) : .signal(signal)
        }
        ended.leave()
    }

    private static func spawn(_ launch: Launch, _ id: inout pid_t) -> Int32 {
        let environment = launch.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return withCStrings([launch.program] + launch.arguments) { arguments in
            withCStrings(environment) { environment in
                withCStrings([launch.program] + (launch.directory.map { [$0] } ?? [])) { paths in
                    var launch = cprocess_launch(
                        program: paths[0], arguments: arguments, environment: environment, directory: paths[1],
                        input: launch.input ?? -1, output: launch.output ?? -1, errors: launch.errors ?? -1,
                        dies_with_parent: launch.diesWithUs ? 1 : 0)
                    return cprocess_spawn(&launch, &id)
                }
            }
        }
    }
}

/// Lends `strings` as an array of C strings that ends with a null pointer.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("the array ends with nil, so it is not empty") }
        return body(base)
    }
}
