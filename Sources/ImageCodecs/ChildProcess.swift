import CLeptonica
import Glibc

/// Runs one program to its end with bytes on its standard input, bounded in time, memory and output.
///
/// The input is a file that exists in memory only, so that no page is written to disk, and so that the program can
/// seek in it as `/dev/stdin`.
enum ChildProcess {
    struct Output {
        var bytes: [UInt8]
        var messages: String
        /// `nil` when a signal ended it.
        var status: Int32?
    }

    enum Failure: Error {
        case notFound, timedOut, outputTooLong
    }

    /// - Parameters:
    ///   - program: An absolute path.
    ///   - arguments: Without the program's own name.
    ///   - input: What it finds on standard input.
    ///   - mostOutput: In bytes.
    ///   - deadline: When it is killed.
    /// - Returns: What it wrote, and how it ended.
    /// - Throws: ``Failure``.
    static func run(
        _ program: String, _ arguments: [String], input: [UInt8], mostOutput: Int, deadline: Duration
    ) throws(Failure) -> Output {
        guard access(program, X_OK) == 0 else { throw .notFound }
        let file = cleptonica_memory_file()
        guard file >= 0, fill(file, with: input) else { throw .notFound }
        defer { close(file) }
        var output: [Int32] = [-1, -1]
        var messages: [Int32] = [-1, -1]
        guard cleptonica_pipe(&output) == 0 else { throw .notFound }
        guard cleptonica_pipe(&messages) == 0 else {
            output.forEach { close($0) }
            throw .notFound
        }
        let child = spawn(program, arguments, input: file, output: output[1], messages: messages[1])
        close(output[1])
        close(messages[1])
        defer {
            close(output[0])
            close(messages[0])
        }
        guard let child else { throw .notFound }
        let collected = collect(output[0], messages[0], mostOutput: mostOutput, deadline: deadline)
        if case .failure = collected { kill(child, SIGKILL) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let (bytes, text) = try collected.get()
        // WIFEXITED and WEXITSTATUS of wait(2), which are macros.
        return Output(
            bytes: bytes, messages: String(decoding: text, as: UTF8.self),
            status: status & 0x7F == 0 ? status >> 8 & 0xFF : nil)
    }

    private static func fill(_ file: Int32, with input: [UInt8]) -> Bool {
        var written = 0
        while written < input.count {
            let count = input.withUnsafeBytes { write(file, $0.baseAddress?.advanced(by: written), $0.count - written) }
            guard count > 0 else {
                close(file)
                return false
            }
            written += count
        }
        return lseek(file, 0, SEEK_SET) == 0
    }

    private static func spawn(
        _ program: String, _ arguments: [String], input: Int32, output: Int32, messages: Int32
    ) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (from, to) in [(input, 0), (output, 1), (messages, 2)] as [(Int32, Int32)] {
            posix_spawn_file_actions_adddup2(&actions, from, to)
        }
        _ = cleptonica_close_from(&actions, 3)
        var argv = cStrings([program] + arguments)
        var environment = cStrings(["LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin"])
        defer { (argv + environment).forEach { free($0) } }
        var child: pid_t = 0
        return posix_spawn(&child, program, &actions, nil, &argv, &environment) == 0 ? child : nil
    }

    /// Ends with `nil`, as `execve` wants it; each string is freed by the caller.
    private static func cStrings(_ strings: [String]) -> [UnsafeMutablePointer<CChar>?] {
        strings.map { strdup($0) } + [nil]
    }

    private static func collect(
        _ output: Int32, _ messages: Int32, mostOutput: Int, deadline: Duration
    ) -> Result<([UInt8], [UInt8]), Failure> {
        let end = ContinuousClock.now + deadline
        var bytes: [UInt8] = []
        var text: [UInt8] = []
        var open = [
            pollfd(fd: output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: messages, events: Int16(POLLIN), revents: 0),
        ]
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while open.contains(where: { $0.fd >= 0 }) {
            let left = end - .now
            guard left > .zero else { return .failure(.timedOut) }
            poll(&open, nfds_t(open.count), Int32(min(left.components.seconds + 1, 3600)) * 1000)
            for index in open.indices where open[index].fd >= 0 && open[index].revents != 0 {
                let count = read(open[index].fd, &chunk, chunk.count)
                if count == 0 || (count < 0 && errno != EINTR) { open[index].fd = -1 }
                guard count > 0 else { continue }
                if index == 0 { bytes += chunk[..<count] } else if text.count < 1 << 20 { text += chunk[..<count] }
                if bytes.count > mostOutput { return .failure(.outputTooLong) }
            }
        }
        return .success((bytes, text))
    }
}
