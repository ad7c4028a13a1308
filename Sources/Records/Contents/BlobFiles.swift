import Foundation
import Support

/// The files of the page images, sealed, under random names: a name tells nothing of what is in it.
///
/// The folder can be on storage that several bridges share: no file is written twice.
struct BlobFiles: Sendable {
    let url: URL

    init(_ url: URL) throws(BlankettError) {
        self.url = url
        try DurableFile.makeFolder(url)
    }

    /// A name for a new file: 32 hexadecimal digits.
    static func makeName() -> String {
        // Backwards, for what is of chance stands at its end.
        String(UUIDv7().description.replacing("-", with: "").reversed())
    }

    /// When this returns the file survives a power cut.
    func write(_ bytes: [UInt8], name: String) throws(BlankettError) {
        let goal = file(name)
        try DurableFile.makeFolder(goal.deletingLastPathComponent())
        try DurableFile.write(bytes, to: goal)
    }

    /// The file's bytes, or `nil` when there is none.
    func read(_ name: String) -> [UInt8]? {
        (try? Data(contentsOf: file(name))).map { [UInt8]($0) }
    }

    /// Does nothing when it is gone already.
    func remove(_ name: String) {
        try? FileManager.default.removeItem(at: file(name))
    }

    /// The names of all files that were written before `time`; leftovers of interrupted writes are removed.
    func names(storedBefore time: Date) throws -> [String] {
        let files = FileManager.default
        var names: [String] = []
        for folder in try files.contentsOfDirectory(atPath: url.path()) {
            let path = url.appending(path: folder)
            for name in (try? files.contentsOfDirectory(atPath: path.path())) ?? [] {
                let file = path.appending(path: name)
                let changed = try? files.attributesOfItem(atPath: file.path())[.modificationDate] as? Date
                guard let changed, changed < time else { continue }
                if Self.isName(name) { names.append(name) }
                if name.hasPrefix(".") { try? files.removeItem(at: file) }
            }
        }
        return names
    }

    /// The names of all files, whosever they are.
    func all() throws -> [String] {
        let files = FileManager.default
        return try files.contentsOfDirectory(atPath: url.path()).flatMap { folder in
            (try? files.contentsOfDirectory(atPath: url.appending(path: folder).path())) ?? []
        }
    }

    static func isName(_ text: String) -> Bool {
        text.utf8.count == 32 && [UInt8](hexadecimal: text) != nil
    }

    /// 256 folders, so that none gets too many files.
    private func file(_ name: String) -> URL {
        url.appending(path: "\(name.prefix(2))/\(name)")
    }
}

/// Runs what waits for the disk on threads of its own.
func onDiskThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        diskQueue.async { continuation.resume(with: Swift.Result { try work() }) }
    }
}

private let diskQueue = DispatchQueue(label: "blobs", attributes: .concurrent)
