import Delivery
import Foundation
import Support

/// Subscriptions that commands have made, beside those of the configuration files.
final class ManagedSubscriptions: Sendable {
    struct Entry: Sendable, Hashable, Codable {
        var name: String
        var formTypes: [String]?
        var includesTest: Bool?
        var fromEarliest: Bool?
        var hide: [String]?

        var subscription: Subscription {
            Subscription(
                name: name, formTypes: formTypes.map(Set.init), includesTest: includesTest ?? false,
                start: fromEarliest == true ? .earliest : .now, hiddenFields: Set(hide ?? []))
        }
    }

    private struct Contents: Codable {
        var format = "blankett-subscriptions/1"
        var subscriptions: [Entry] = []
    }

    private let file: SharedFile<Contents, [Entry]>

    init(_ url: URL) {
        file = SharedFile(url, empty: Contents()) { $0.subscriptions }
    }

    /// As they stand now.
    var entries: [Entry] { file.view }

    func read() throws -> [Entry] { try file.read().subscriptions }

    func add(_ entry: Entry) throws {
        try file.change { contents in
            guard !contents.subscriptions.contains(where: { $0.name == entry.name }) else {
                throw BlankettError.usage(
                    "There is a subscription \(entry.name) already.", advice: "Choose another name, or remove it first."
                )
            }
            contents.subscriptions.append(entry)
        }
    }

    /// `false` when there was none.
    func remove(_ name: String) throws -> Bool {
        try file.change { contents in
            let count = contents.subscriptions.count
            contents.subscriptions.removeAll { $0.name == name }
            return contents.subscriptions.count < count
        }
    }
}
