public import Support

/// What an operator sends to `POST /v1/subscriptions/{name}/redrives`: dead letters to be tried again.
public struct RedriveRequest: Sendable, Hashable, Codable {
    public var recordIds: [UUIDv7]

    public init(recordIds: [UUIDv7]) {
        self.recordIds = recordIds
    }
}

public struct RedriveResponse: Sendable, Hashable, Codable {
    public enum Result: String, Sendable, Hashable, Codable {
        case redriven
        /// Pending, leased or done: nothing was changed.
        case notRejected = "not-rejected"
        /// It was never delivered to the subscription.
        case notFound = "not-found"
        /// Its content is gone: there is nothing to deliver.
        case erased
    }

    public struct Item: Sendable, Hashable, Codable {
        public var recordId: UUIDv7
        public var result: Result

        public init(recordId: UUIDv7, result: Result) {
            self.recordId = recordId
            self.result = result
        }
    }

    public var items: [Item]

    public init(items: [Item]) {
        self.items = items
    }
}
