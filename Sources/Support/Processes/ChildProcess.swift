import CProcess
import Dispatch
import Foundation
import Glibc
import Synchronization

/// A program that runs as our child, in a process group of its own, and is spoken to in frames.
///
/// Its standard input and output are sockets; it inherits no other descriptor but standard error. The input
/// is also its life line: a child that began with ``SupervisedProcess`` ends when we are gone, however we went. When
/// the child ends, whatever it left behind in its group is killed.
///
/// All methods may be called from any thread; those that wait say so.
public final class ChildProcess: Sendable {
    public struct Configuration: Sendable {
        /// A path; it is not looked for along `PATH`.
        public var program: String
        public var arguments: [String]
        /// The whole environment: nothing is inherited.
        public var environment: [String: String]
        /// The working directory; ours when `nil`.
        public var directory: String?
        /// Whether what the child writes to standard error goes to ours, or nowhere.
        public var showsErrors: Bool
        public var limits: Frame.Limits

        public init(
            program: String, arguments: [String] = [], environment: [String: String] = [:], directory: String? = nil,
            showsErrors: Bool = true, limits: Frame.Limits = .standard
        ) {
            self.program = program
            self.arguments = arguments
            self.environment = environment
            self.directory = directory
            self.showsErrors = showsErrors
            self.limits = limits
        }
    }

    /// How a process ended.
    public enum Exit: Sendable, Hashable, CustomStringConvertible {
        case code(Int32)
        case signal(Int32)

        public var description: String {
            switch self {
            case .code(let code): "exit code \(code)"
            case .signal(let signal): "signal \(signal)"
            }
        }
    }

    public let id: Int32
    public let input: FrameWriter
    public let output: FrameReader
    private let life: Life
    private let outputDescriptor: Int32

    /// - Throws: ``BlankettError`` with code `program-not-started`.
    public init(starting configuration: Configuration) throws(BlankettError) {
        let pipes = try Pipes()
        id = try Self.spawn(configuration, pipes: pipes)
        pipes.closeChildSide()
        input = FrameWriter(descriptor: pipes.inputOurs)
        output = FrameReader(descriptor: pipes.outputOurs, limits: configuration.limits)
        outputDescriptor = pipes.outputOurs
        life = Life(id: id, input: pipes.inputOurs)
        life.watch()
    }

    deinit {
        life.signal(SIGKILL, toGroup: true)
        life.closeInput()
        close(outputDescriptor)
    }

    /// How the child ended; `nil` while it runs.
    public var exit: Exit? { life.exit }

    /// Sends `signal` to the child alone, not to its group; nothing happens when it has ended.
    public func send(signal: Int32) {
        life.signal(signal, toGroup: false)
    }

    /// Kills the child and its group at once.
    public func kill() {
        life.signal(SIGKILL, toGroup: true)
    }

    /// Ends the child and waits: SIGTERM to its group, and SIGKILL when it still runs after `grace`.
    ///
    /// - Parameter grace: How long it may take to put things in order.
    /// - Returns: How it ended; `nil` if even SIGKILL did not end it within 5 s, because it hangs inside the kernel.
    @discardableResult
    public func end(grace: Duration = .seconds(3)) -> Exit? {
        life.signal(SIGTERM, toGroup: true)
        if let exit = waitForExit(before: .now + grace) { return exit }
        kill()
        return waitForExit(before: .now + .seconds(5))
    }

    /// Waits until the child has ended; `nil` when the deadline came first.
    public func waitForExit(before deadline: ContinuousClock.Instant) -> Exit? {
        life.waitForExit(before: deadline)
    }

    private static func spawn(_ configuration: Configuration, pipes: borrowing Pipes) throws(BlankettError) -> Int32 {
        var id: pid_t = 0
        let arguments = [configuration.program] + configuration.arguments
        let environment = configuration.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let result = withCStrings(arguments) { arguments in
            withCStrings(environment) { environment in
                cprocess_spawn(
                    configuration.program, arguments, environment, configuration.directory, pipes.inputTheirs,
                    pipes.outputTheirs, configuration.showsErrors ? 1 : 0, &id)
            }
        }
        guard result == 0 else {
            throw BlankettError(
                "program-not-started", exit: .fault,
                "\(configuration.program) could not be started: \(String(cString: strerror(result))).",
                advice: "Check that all programs of Blankett are installed in one folder.")
        }
        return id
    }
}

/// The child's life as its watcher sees it, which may outlast the ``ChildProcess``.
private final class Life: Sendable {
    private struct State {
        var exit: ChildProcess.Exit?
        var input: Int32?
    }

    private let id: pid_t
    private let state: Mutex<State>
    private let ended = DispatchGroup()

    init(id: pid_t, input: Int32) {
        self.id = id
        state = Mutex(State(input: input))
        ended.enter()
    }

    /// Waits for the child on a thread of its own, and reaps it.
    func watch() {
        DispatchQueue(label: "child \(id)").async { [self] in
            // First only look: until it is reaped its number cannot be anybody else's, so signals are safe.
            var info = siginfo_t()
            while waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT) == -1 && errno == EINTR {}
            state.withLock { state in
                Glibc.kill(-id, SIGKILL)
                var status: Int32 = 0
                while waitpid(id, &status, 0) == -1 && errno == EINTR {}
                let signal = status & 0x7F
                state.exit = signal == 0 ? .code(status >> 8 & 0xFF) : .signal(signal)
            }
            ended.leave()
        }
    }

    var exit: ChildProcess.Exit? { state.withLock { $0.exit } }

    func signal(_ signal: Int32, toGroup: Bool) {
        state.withLock { state in
            guard state.exit == nil else { return }
            Glibc.kill(toGroup ? -id : id, signal)
        }
    }

    func closeInput() {
        state.withLock { state in
            if let input = state.input { close(input) }
            state.input = nil
        }
    }

    func waitForExit(before deadline: ContinuousClock.Instant) -> ChildProcess.Exit? {
        let left = max(.zero, min(ContinuousClock.now.duration(to: deadline), .seconds(1_000_000)))
        let (seconds, attoseconds) = left.components
        let nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        _ = ended.wait(timeout: .now() + .nanoseconds(nanoseconds))
        return exit
    }
}

/// The two ends of a child's standard input and output.
private struct Pipes: ~Copyable {
    let inputOurs: Int32
    let inputTheirs: Int32
    let outputOurs: Int32
    let outputTheirs: Int32

    init() throws(BlankettError) {
        var input: [Int32] = [-1, -1]
        var output: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &input) == 0 else { throw Self.failure(errno) }
        guard socketpair(AF_UNIX, type, 0, &output) == 0 else {
            let code = errno
            for descriptor in input { close(descriptor) }
            throw Self.failure(code)
        }
        (inputOurs, inputTheirs) = (input[0], input[1])
        (outputOurs, outputTheirs) = (output[0], output[1])
    }

    func closeChildSide() {
        close(inputTheirs)
        close(outputTheirs)
    }

    private static func failure(_ code: Int32) -> BlankettError {
        BlankettError("program-not-started", exit: .fault, "No pipe could be made: \(String(cString: strerror(code))).")
    }
}

/// Lends `strings` as a null-terminated array of C strings.
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
