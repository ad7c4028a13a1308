import Delivery
import Foundation
import Support
import Synchronization

/// What is known of each kiosk beside its certificate: when it was here last, and what it said that it runs.
final class AgentBoard: Sendable {
    struct Told: Sendable, Hashable, Codable {
        var at: Date
        var report: StationReport
    }

    struct Standing: Sendable, Hashable {
        var seen: Date?
        var told: Told?
    }

    private let folder: URL
    private let state = Mutex<[String: Standing]>([:])

    /// - Parameter folder: Keeps the last report of each kiosk over a restart; several bridges can share it.
    init(_ folder: URL) {
        self.folder = folder
    }

    func see(_ name: String, at time: Date) {
        state.withLock { $0[name, default: Standing()].seen = time }
    }

    /// - Throws: ``BlankettError`` when the disk fails.
    func tell(_ report: StationReport, by name: String, at time: Date) throws {
        let told = Told(at: time, report: report)
        let before = state.withLock { $0[name]?.told }
        state.withLock { $0[name, default: Standing()].told = told }
        // Each minute the same: that need not be written each time.
        guard before?.report != report || time.timeIntervalSince(before?.at ?? .distantPast) > 600 else { return }
        try DurableFile.makeFolder(folder)
        try DurableFile.write(try JSONCoding.encode(told), to: file(of: name))
    }

    /// When the kiosk was here last, and what it told last.
    func standing(of name: String) -> Standing {
        let known = state.withLock { $0[name] } ?? Standing()
        let stored = (try? Data(contentsOf: file(of: name))).flatMap { try? JSONCoding.decode(Told.self, from: $0) }
        // Another bridge may have heard more lately.
        let told = [known.told, stored].compactMap { $0 }.max { $0.at < $1.at }
        return Standing(seen: [known.seen, told?.at].compactMap { $0 }.max(), told: told)
    }

    /// Names of all kiosks that were here since the start.
    var names: Set<String> { state.withLock { Set($0.keys) } }

    private func file(of name: String) -> URL { folder.appending(path: "\(name).json") }
}
