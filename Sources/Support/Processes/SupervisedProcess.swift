import CProcess
import Foundation
import Glibc

/// The worker's side of being a ``ChildProcess``.
public enum SupervisedProcess {
    /// What the process may take up, at most.
    public struct Limits: Sendable, Hashable {
        /// Bytes of address space; `nil` for no limit.
        public var addressSpace: UInt64?
        /// Bytes of the longest file that it may write.
        public var fileSize: UInt64?
        public var openFiles: UInt64?
        /// Seconds of processor time until ``SupervisedProcess/allowProcessorTime(seconds:)`` gives more.
        public var processorSeconds: Int?

        public init(
            addressSpace: UInt64? = nil, fileSize: UInt64? = nil, openFiles: UInt64? = nil, processorSeconds: Int? = nil
        ) {
            self.addressSpace = addressSpace
            self.fileSize = fileSize
            self.openFiles = openFiles
            self.processorSeconds = processorSeconds
        }
    }

    /// To be called first in a worker's program: sets limits, and ends the process when its client is gone.
    ///
    /// The client holds the other end of standard input. A thread waits for that end to close, whatever the worker
    /// hangs in, and kills the worker's process group. (`PR_SET_PDEATHSIG` would not do: it fires when the *thread* that
    /// started the worker ends, and threads of a pool do.)
    ///
    /// - Parameter limits: What to take up at most.
    /// - Returns: The client's frames, and where to write frames to it. Frames do not go to standard output itself: what
    ///   a library prints there goes to standard error from now on.
    public static func begin(_ limits: Limits) -> (input: FrameReader, output: FrameWriter) {
        // A core dump would hold pages in clear text.
        cprocess_harden()
        set(RLIMIT_CORE, to: 0)
        if let addressSpace = limits.addressSpace { set(RLIMIT_AS, to: addressSpace) }
        if let fileSize = limits.fileSize { set(RLIMIT_FSIZE, to: fileSize) }
        if let openFiles = limits.openFiles { set(RLIMIT_NOFILE, to: openFiles) }
        if let seconds = limits.processorSeconds { allowProcessorTime(seconds: seconds) }
        let output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
        precondition(output >= 0, "a program starts with standard output open")
        dup2(STDERR_FILENO, STDOUT_FILENO)
        watchForTheClientsEnd()
        return (FrameReader(descriptor: STDIN_FILENO), FrameWriter(descriptor: output))
    }

    /// Ends the process when it uses more processor time than this from now on, whatever it hangs in.
    public static func allowProcessorTime(seconds: Int) {
        var used = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &used)
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &limit)
        limit.rlim_cur = min(rlim_t(used.ru_utime.tv_sec + used.ru_stime.tv_sec + 1 + seconds), limit.rlim_max)
        setrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &limit)
    }

    private static func watchForTheClientsEnd() {
        Thread.detachNewThread {
            // Signals belong to the main thread, where a worker may have asked for them.
            var signals = sigset_t()
            sigfillset(&signals)
            pthread_sigmask(SIG_BLOCK, &signals, nil)
            var input = pollfd(fd: STDIN_FILENO, events: 0, revents: 0)
            repeat { input.revents = 0 } while poll(&input, 1, -1) < 0 || input.revents & Int16(POLLHUP) == 0
            if getpgrp() == getpid() { kill(0, SIGKILL) }
            _exit(ExitCode.fault.rawValue)
        }
    }

    private static func set(_ resource: __rlimit_resource, to value: UInt64) {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(resource.rawValue), &limit)
        let allowed = min(rlim_t(value), limit.rlim_max)
        limit = rlimit(rlim_cur: allowed, rlim_max: allowed)
        setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
    }
}
