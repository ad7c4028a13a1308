import Delivery
import Support

/// Where a connector brings records.
///
/// The same record can come any number of times, also after the taker died in the middle of it: it must be there once.
protocol Taker: Sendable {
    /// - Parameters:
    ///   - claimed: The record.
    ///   - bridge: Where its pages are.
    /// - Returns: What became of it.
    /// - Throws: What will go better later.
    func take(_ claimed: BridgeConsumer.Claimed, from bridge: BridgeConsumer) async throws -> Taken
}

enum Taken: Sendable, Hashable {
    /// It is there, and this is its receipt.
    case done(caseId: String)
    /// It is on its way; ask again.
    case waiting
    /// A person must look: why, in a stable code that holds nothing of the record.
    case refused(String)
    /// Not now: in so many seconds, or as the bridge thinks.
    case later(Int?, reason: String)
}
