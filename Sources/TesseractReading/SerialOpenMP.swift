import Glibc

/// Keeps Tesseract's OpenMP from splitting one line of text among threads, which makes it five times slower.
///
/// `OMP_THREAD_LIMIT=1` in the environment before start is the first cure; this one works per thread and helps where
/// somebody forgot. The function is looked up because the OpenMP library comes with Tesseract and has no header here.
enum SerialOpenMP {
    private typealias SetLevels = @convention(c) (Int32) -> Void

    private static let setMaximumActiveLevels: SetLevels? = {
        guard let symbol = dlsym(dlopen(nil, RTLD_NOW), "omp_set_max_active_levels") else { return nil }
        return unsafeBitCast(symbol, to: SetLevels.self)
    }()

    /// For the calling thread.
    static func use() {
        setMaximumActiveLevels?(0)
    }
}
