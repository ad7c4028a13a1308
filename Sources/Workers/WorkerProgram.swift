import Foundation
import Reading
import Support

/// Where workers' programs lie, and what environment they get.
enum WorkerProgram {
    /// Becomes the program that it is given, at a lower priority.
    static let nice = "/usr/bin/nice"

    /// The program `name` beside the one that runs.
    static func beside(_ name: String) -> String {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(filePath: own).deletingLastPathComponent().appending(path: name).path()
    }

    /// Our environment without what could change which code a worker loads, or what it reports to whom.
    ///
    /// - Parameter added: Wins over what is inherited.
    /// - Returns: The worker's whole environment.
    static func environment(adding added: [String: String]) -> [String: String] {
        let kept = [
            "PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "XDG_CACHE_HOME", "BLANKETT_MODELS",
            "BLANKETT_READ_THREADS",
        ]
        let inherited = ProcessInfo.processInfo.environment.filter { kept.contains($0.key) }
        // A backtrace would hold up what waits for the worker's end, and could show what a page says.
        let fixed = ["SWIFT_BACKTRACE": "enable=no"]
        return inherited.merging(fixed) { $1 }.merging(added) { _, added in added }
    }

    /// What every run of the read-worker gets beside it.
    ///
    /// - Parameter added: Wins over all else.
    /// - Returns: The worker's whole environment.
    static func readerEnvironment(adding added: [String: String] = [:]) -> [String: String] {
        environment(adding: ReadWorkerEnvironment.limits.merging(added) { $1 })
    }
}
