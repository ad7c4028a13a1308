public import Forms
public import Reading
import Support

extension Station {
    /// A doubtful field and the document that it stands in.
    public struct GroupItem: Sendable {
        public var view: DocumentView
        public var reading: FieldReading
        public var field: Field
    }

    /// What can be looked at side by side, the largest group first.
    public func groups() async throws -> [ReviewGroup] {
        var found: [ReviewGroup.Key: (count: Int, documents: Set<UUIDv7>)] = [:]
        for item in try await doubtfulItems() {
            guard let form = item.view.document.form else { continue }
            for key in ReviewGroup.Key.all(of: item.reading, item.field, in: form) {
                found[key, default: (0, [])].count += 1
                found[key]?.documents.insert(item.view.document.id)
            }
        }
        return found.map { ReviewGroup(key: $0.key, count: $0.value.count, documents: $0.value.documents.count) }
            .filter { $0.count >= ReviewGroup.least }
            .sorted { ($1.count, $0.key.description) < ($0.count, $1.key.description) }
    }

    /// The fields of a group.
    ///
    /// - Parameters:
    ///   - key: The group's.
    ///   - limit: The first so many; more are shown when these are settled.
    /// - Returns: Them, and how many there are in all.
    /// - Throws: ``BlankettError`` when the journal cannot be read.
    public func items(in key: ReviewGroup.Key, limit: Int) async throws -> (items: [GroupItem], count: Int) {
        let items = try await doubtfulItems().filter { item in
            item.view.document.form.map { ReviewGroup.Key.all(of: item.reading, item.field, in: $0).contains(key) }
                ?? false
        }
        return (Array(items.prefix(limit)), items.count)
    }

    /// The doubtful fields of what waits for a person, in the order in which it was scanned.
    ///
    /// What the resident left out is not among them, nor what a second person is to look at: each of these wants its document.
    private func doubtfulItems() async throws -> [GroupItem] {
        let waiting = try await journal.transaction { rows in
            try rows.documents(in: [.waiting], limit: .max).filter { $0.doubtful > 0 }
        }
        let rules = rules
        var items: [GroupItem] = []
        for document in waiting.reversed() {
            // One at a time: a long queue must not keep a page that comes from being stored.
            guard let template = rules.template(of: document), let view = try? await view(ofDocument: document.id),
                let contents = view.contents
            else { continue }
            for reading in contents.reading.fields {
                guard let field = template.fields.first(where: { $0.name == reading.name }), field.review != .twoPeople,
                    contents.isOpen(reading, of: field), !reading.isMissing
                else { continue }
                items.append(GroupItem(view: view, reading: reading, field: field))
            }
        }
        return items
    }
}
