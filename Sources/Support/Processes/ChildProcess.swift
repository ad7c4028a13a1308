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

    public let input: FrameWriter
    public let output: FrameReader
    private let program: RunningProgram
    private let pipes: Pipes

    public var id: Int32 { program.id }

    /// - Throws: ``BlankettError`` with code `program-not-started`.
    public init(starting configuration: Configuration) throws(BlankettError) {
        pipes = try Pipes()
        let launch = RunningProgram.Launch(
            program: configuration.program, arguments: configuration.arguments, environment: configuration.environment,
            directory: configuration.directory, input: pipes.inputTheirs, output: pipes.outputTheirs,
            errors: configuration.showsErrors ? STDERR_FILENO : nil)
        let started = Result { () throws(BlankettError) in try RunningProgram(launch) }
        pipes.closeChildSide()
        program = try started.get()
        input = FrameWriter(descriptor: pipes.inputOurs)
        output = FrameReader(descriptor: pipes.outputOurs, limits: configuration.limits)
    }

    deinit {
        program.signal(SIGKILL)
    }

    /// How the child ended; `nil` while it runs.
    public var exit: Exit? { program.exit }

    /// Sends `signal` to the child alone, not to its group; nothing happens when it has ended.
    public func send(signal: Int32) {
        program.signal(signal, toGroup: false)
    }

    /// Kills the child and its group at once.
    public func kill() {
        program.signal(SIGKILL)
    }

    /// Ends the child and waits: SIGTERM to its group, and SIGKILL when it still runs after `grace`.
    ///
    /// - Parameter grace: How long it may take to put things in order.
    /// - Returns: How it ended; `nil` if even SIGKILL did not end it within 5 s, because it hangs inside the kernel.
    @discardableResult
    public func end(grace: Duration = .seconds(3)) -> Exit? {
        program.end(grace: grace)
    }

    /// Waits until the child has ended; `nil` when the deadline came first.
    public func waitForExit(before deadline: ContinuousClock.Instant) -> Exit? {
        program.waitForExit(before: deadline)
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

    deinit {
        close(inputOurs)
        close(outputOurs)
    }

    /// Once the child has them, or never will.
    func closeChildSide() {
        close(inputTheirs)
        close(outputTheirs)
    }

    private static func failure(_ code: Int32) -> BlankettError {
        BlankettError("program-not-started", exit: .fault, "No pipe could be made: \(String(cString: strerror(code))).")
    }
}
