import CProcess
import Glibc

/// One run of a program to its end, with bytes on its standard input, bounded in time and output.
///
/// The input is a file that exists in memory only, so that nothing of it is written to disk, and so that the program can
/// seek in it as `/dev/stdin`.
public struct BoundedRun: Sendable {
    public enum Failure: Error {
        case notStarted, timedOut, outputTooLong
    }

    public let output: [UInt8]
    /// What it wrote to standard error, at most a MiB of it.
    public let messages: String
    public let exit: ChildProcess.Exit

    /// Whether it ended with 0.
    public var isSuccess: Bool { exit == .code(0) }

    /// - Parameters:
    ///   - program: An absolute path.
    ///   - arguments: Without the program's own name.
    ///   - input: What it finds on standard input.
    ///   - environment: All of it.
    ///   - mostOutput: In bytes.
    ///   - deadline: When it is killed, with all that it started.
    /// - Throws: ``Failure``.
    public init(
        of program: String, _ arguments: [String] = [], input: [UInt8] = [],
        environment: [String: String] = ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"], mostOutput: Int = 1 << 20,
        deadline: Duration = .seconds(60)
    ) throws(Failure) {
        let end = ContinuousClock.now + deadline
        let file = try Self.memoryFile(input)
        defer { close(file) }
        let (output, messages) = (try Pipe(), try Pipe())
        let child: RunningProgram
        do {
            child = try RunningProgram(
                RunningProgram.Launch(
                    program: program, arguments: arguments, environment: environment, input: file,
                    output: output.theirs, errors: messages.theirs, diesWithUs: true))
        } catch {
            throw .notStarted
        }
        output.closeTheirs()
        messages.closeTheirs()
        defer { child.signal(SIGKILL) }
        let (bytes, text) = try Self.collect(output.ours, messages.ours, mostOutput: mostOutput, before: end)
        guard let exit = child.waitForExit(before: end) else { throw .timedOut }
        (self.output, self.messages, self.exit) = (bytes, String(decoding: text, as: UTF8.self), exit)
    }

    /// A pipe out of the program.
    private final class Pipe {
        let ours: Int32
        private(set) var theirs: Int32

        init() throws(Failure) {
            var ends: [Int32] = [-1, -1]
            guard cprocess_pipe(&ends) == 0 else { throw .notStarted }
            (ours, theirs) = (ends[0], ends[1])
        }

        /// Once the program has it, or the end would never be seen.
        func closeTheirs() {
            if theirs >= 0 { close(theirs) }
            theirs = -1
        }

        deinit {
            closeTheirs()
            close(ours)
        }
    }

    private static func memoryFile(_ bytes: [UInt8]) throws(Failure) -> Int32 {
        let file = cprocess_memory_file()
        guard file >= 0 else { throw .notStarted }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(file, $0.baseAddress?.advanced(by: written), $0.count - written) }
            guard count > 0 else { break }
            written += count
        }
        guard written == bytes.count, lseek(file, 0, SEEK_SET) == 0 else {
            close(file)
            throw .notStarted
        }
        return file
    }

    private static func collect(
        _ output: Int32, _ messages: Int32, mostOutput: Int, before end: ContinuousClock.Instant
    ) throws(Failure) -> ([UInt8], [UInt8]) {
        var bytes: [UInt8] = []
        var text: [UInt8] = []
        var open = [
            pollfd(fd: output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: messages, events: Int16(POLLIN), revents: 0),
        ]
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while open.contains(where: { $0.fd >= 0 }) {
            let left = end - .now
            guard left > .zero else { throw .timedOut }
            poll(&open, nfds_t(open.count), Int32(min(left.components.seconds + 1, 3600)) * 1000)
            for index in open.indices where open[index].fd >= 0 && open[index].revents != 0 {
                let count = read(open[index].fd, &chunk, chunk.count)
                if count == 0 || (count < 0 && errno != EINTR) { open[index].fd = -1 }
                guard count > 0 else { continue }
                if index == 0 { bytes += chunk[..<count] } else if text.count < 1 << 20 { text += chunk[..<count] }
                if bytes.count > mostOutput { throw .outputTooLong }
            }
        }
        return (bytes, text)
    }
}
