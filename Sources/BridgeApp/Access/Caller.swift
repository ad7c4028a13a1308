/// Who a request is from, after it was proved.
public struct Caller: Sendable, Hashable {
    public enum Scope: Sendable, Hashable {
        /// May send blobs and records.
        case agent
        /// May claim, read and acknowledge the records of one subscription.
        case consumer(subscription: String)
        /// May see counters and states of all subscriptions and redrive dead letters; sees no contents.
        case `operator`
    }

    /// Such as `kiosk-7`: a name of ours, which stands in logs.
    public var name: String
    public var scope: Scope

    public init(name: String, scope: Scope) {
        self.name = name
        self.scope = scope
    }

    /// Whether `text` can name a caller or a subscription.
    static func isName(_ text: String) -> Bool {
        text.wholeMatch(of: /[a-z][a-z0-9-]{0,62}/) != nil
    }
}
