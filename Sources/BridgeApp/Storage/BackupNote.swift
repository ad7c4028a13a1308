import Foundation
import Support

/// A small file in the data folder that says when the last backup was made, for who watches over that.
struct BackupNote {
    private struct Contents: Codable {
        var format = "blankett-backup-note/1"
        var madeAt: Date
    }

    private let file: URL

    init(_ dataFolder: URL) {
        file = dataFolder.appending(path: "backup.json")
    }

    /// When; `nil` when none was made.
    var time: Date? {
        (try? Data(contentsOf: file)).flatMap { try? JSONCoding.decode(Contents.self, from: $0) }?.madeAt
    }

    /// Whoever runs the command, the bridge can read it.
    func write(_ time: Date) throws(BlankettError) {
        do {
            try DurableFile.write(try JSONCoding.encode(Contents(madeAt: time)), to: file, permissions: 0o644)
        } catch let error as BlankettError {
            throw error
        } catch {
            throw BlankettError(
                "storage-failed", exit: .storage, "The time of the backup cannot be noted.", cause: error)
        }
    }
}
