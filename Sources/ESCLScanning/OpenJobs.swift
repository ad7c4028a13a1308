public import Foundation
import Support
import Synchronization

/// Jobs that were begun on a device and not seen to end.
///
/// A client that is killed leaves its job running, and the device answers "busy" to the next one until the job is
/// deleted. With a file the next process still knows which jobs are its own to delete; others' are left alone.
public final class OpenJobs: Sendable {
    private let paths: Mutex<Set<String>>
    private let file: URL?

    /// Jobs of this process alone.
    public init(_ paths: Set<String> = []) {
        self.paths = Mutex(paths)
        file = nil
    }

    /// Jobs that outlive the process.
    ///
    /// - Parameters:
    ///   - folder: Made when it is not there.
    ///   - device: The device's address; each has a file of its own.
    public init(folder: URL, device: String) {
        let url = folder.appending(path: "jobs-\(SHA256.hexadecimal(of: Array(device.utf8)).prefix(16)).json")
        let known = FileManager.default.contents(atPath: url.path()).flatMap {
            try? JSONCoding.decode(Set<String>.self, from: $0)
        }
        paths = Mutex(known ?? [])
        file = url
    }

    public var all: Set<String> { paths.withLock { $0 } }

    func insert(_ path: String) { change { $0.insert(path) } }

    func remove(_ path: String) { change { $0.remove(path) } }

    private func change(_ body: (inout Set<String>) -> Void) {
        paths.withLock { paths in
            body(&paths)
            guard let file else { return }
            // Without the file only the clearing up after a kill is lost: no reason to stop a scan.
            let manager = FileManager.default
            if paths.isEmpty {
                try? manager.removeItem(at: file)
            } else {
                try? manager.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try? Data(JSONCoding.encode(paths.sorted())).write(to: file, options: .atomic)
            }
        }
    }
}
