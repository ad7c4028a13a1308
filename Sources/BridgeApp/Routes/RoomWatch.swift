import Foundation
import Support
import Synchronization

/// Whether the disk has more room than its reserve; asked of the system at most each ten milliseconds.
///
/// What comes in meanwhile is little beside a reserve.
final class RoomWatch: Sendable {
    private let state = Mutex((isEnough: false, until: ContinuousClock.now))

    /// - Parameters:
    ///   - folder: On the disk.
    ///   - reserve: In bytes; `nil` for what is kept by default.
    /// - Returns: Whether more can be taken in.
    /// - Throws: ``BlankettError`` when the disk cannot be asked.
    func isEnough(on folder: URL, reserve: Int?) throws -> Bool {
        let now = ContinuousClock.now
        if let known = state.withLock({ $0.isEnough && now < $0.until ? true : nil }) { return known }
        let space = try DiskSpace(of: folder)
        let isEnough = space.free >= reserve ?? space.reserve
        state.withLock { $0 = (isEnough, now + .milliseconds(10)) }
        return isEnough
    }
}
