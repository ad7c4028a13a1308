import AgentApp
import Forms
import HTTP
import Reading
import Support

extension KioskPage {
    /// Doubtful fields of many documents, side by side.
    static func addGroups(to router: inout Router, _ station: Station) {
        router.on("GET", "/api/groups") { _, _ in
            try await .answering { try .json(try await station.groups().map { GroupView($0, station) }) }
        }
        router.on("GET", "/api/groups/{key}") { _, parameters in
            guard let key = ReviewGroup.Key(parameters["key"] ?? "") else {
                throw Problem("not-found", status: 404, title: "There is nothing at this address")
            }
            return try await .answering {
                let (items, count) = try await station.items(in: key, limit: 24)
                return try .json(
                    GroupPageView(
                        group: GroupView(ReviewGroup(key: key, count: count, documents: 0), station),
                        items: items.map { GroupPageView.Item($0, station) }))
            }
        }
    }
}

/// A group in words: what its fields have in common.
private struct GroupView: Encodable {
    var key: String
    /// `field`, `character` or `mark`.
    var kind: String
    var count: Int
    var documents: Int
    /// Of a field: its label and its form's name.
    var label: LocalizedText?
    var form: LocalizedText?
    /// Of a character or a mark.
    var text: String?

    init(_ group: ReviewGroup, _ station: Station) {
        key = group.key.description
        count = group.count
        documents = group.documents
        switch group.key {
        case .field(let id, let name):
            let template = station.template(id)
            kind = "field"
            label =
                template?.fields.first { $0.name == name }?.label ?? LocalizedText(["sv": name])
            form = template?.name ?? LocalizedText(["sv": id.id])
        case .character(let character):
            kind = "character"
            text = String(character)
        case .mark(let value):
            kind = "mark"
            text = value
        }
    }
}

private struct GroupPageView: Encodable {
    struct Item: Encodable {
        var document: DocumentSummary
        var page: DocumentPageView.PageView?
        var field: DocumentPageView.FieldView

        init(_ item: Station.GroupItem, _ station: Station) {
            document = DocumentSummary(item.view.document, station)
            field = DocumentPageView.FieldView(item.reading, in: item.view, item.field)
            page = DocumentPageView.PageView.all(of: item.view, station).first { $0.page == item.reading.page }
        }
    }

    var group: GroupView
    var items: [Item]
}
