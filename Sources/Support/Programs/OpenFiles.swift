import Foundation

/// How many files and connections this process may have open.
public enum OpenFiles {
    /// Takes all that the system allows: what a process is given at its start is for programs that wait with `select`.
    public static func allowAll() {
        var limit = rlimit()
        let which = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard unsafe getrlimit(which, &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_max, 65536)
        _ = unsafe setrlimit(which, &limit)
    }
}
