import Delivery
import Support
import Synchronization

/// The other bridges on the same database, and whether they know the same subscriptions.
///
/// Where they do not, a record that one of them takes in can lack deliveries that another would make. Nothing is refused for
/// that: it is told in the log, the metrics, `/readyz` and on the admin page.
final class Neighbours: Sendable {
    struct Standing: Sendable, Hashable {
        var living = 0
        /// Those that know other subscriptions.
        var disagreeing = 0
    }

    private let state = Mutex((standing: Standing(), isKnown: false, isTold: false))

    var standing: Standing { state.withLock { $0.standing } }

    /// Meets the others.
    ///
    /// A change reaches all of them within seconds, but not at the same moment: at the start what differs is told at once,
    /// later when it still differs at the next look.
    func look(_ store: any RecordStore, _ log: Logger) async {
        guard let (living, disagreeing) = try? await store.meetOthers() else { return }
        let (tells, calms) = state.withLock { state -> (Bool, Bool) in
            let lasts = !state.isKnown || state.standing.disagreeing > 0
            state.standing = Standing(living: living, disagreeing: disagreeing)
            state.isKnown = true
            let tells = disagreeing > 0 && lasts && !state.isTold
            let calms = disagreeing == 0 && state.isTold
            if tells || calms { state.isTold = tells }
            return (tells, calms)
        }
        if tells { log.log(.warning, "subscriptions-differ", .count("bridges", disagreeing)) }
        if calms { log.log(.info, "subscriptions-agree", .count("bridges", living)) }
    }
}
