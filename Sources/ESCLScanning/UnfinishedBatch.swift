public import Foundation
import Support
import Synchronization

/// That a batch runs through another driver, noted in a file for as long as it does.
///
/// Only the driver knows which job is its own. Whoever is started after both were killed knows at least which jobs were
/// there before: an open one that was not is what the batch left, and keeps the device busy.
public final class UnfinishedBatch: Sendable {
    private struct Note: Codable {
        var began: Date
        var foreign: Set<String>
    }

    private let file: URL
    /// What an earlier process left, until somebody has seen to it.
    private let left: Mutex<Set<String>?>

    /// After so long a device has ended the job by itself, and what runs on it is somebody else's.
    private static let longest: TimeInterval = 3600

    /// - Parameters:
    ///   - folder: Made when it is not there.
    ///   - device: The device's address; each has a file of its own.
    public init(folder: URL, device: String) {
        file = folder.appending(path: "batch-\(SHA256.hexadecimal(of: Array(device.utf8)).prefix(16)).json")
        let note: Note? = FileManager.default.contents(atPath: file.path()).flatMap {
            try? JSONCoding.decode(from: [UInt8]($0))
        }
        let isRecent = note.map { (0...Self.longest).contains(Date().timeIntervalSince($0.began)) } ?? false
        left = Mutex(isRecent ? note?.foreign : nil)
    }

    /// The jobs that were there before the batch of an earlier process; `nil` when none was cut off.
    var foreignOfLeft: Set<String>? { left.withLock { $0 } }

    /// What was left has been seen to.
    func forgetLeft() {
        left.withLock { $0 = nil }
        end()
    }

    func begin(foreign: Set<String>) {
        // Without the file only the clearing up after a kill is lost: no reason to stop a scan.
        try? FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? Data(JSONCoding.encode(Note(began: Date(), foreign: foreign))).write(to: file, options: .atomic)
    }

    func end() {
        try? FileManager.default.removeItem(at: file)
    }
}
