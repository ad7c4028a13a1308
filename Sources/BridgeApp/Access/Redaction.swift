import Delivery
import Forms
import Foundation
import Support

/// Takes the fields that a subscription may not see out of a record.
///
/// A page image shows all that stands on the paper, so a page with a hidden field is not given, nor is the document of
/// such a record. Where the form is not known here, nobody can say which part of `data.document` a field went to: then
/// none of it is given.
struct Redaction: Sendable {
    let hidden: Set<String>
    let forms: FormLibrary

    /// The record as its bytes are to be given.
    func apply(to body: [UInt8]) throws -> [UInt8] {
        var value: JSONValue = try JSONCoding.decode(from: body)
        guard var record = value.objectValue, var data = record["data"]?.objectValue else { return body }
        let fields = data["fields"]?.arrayValue ?? []
        let taken = fields.filter { hidden.contains($0["name"]?.stringValue ?? "") }
        guard !taken.isEmpty else { return body }
        data["fields"] = .array(fields.filter { !taken.contains($0) })
        let pages = Set(taken.compactMap { $0["page"]?.numberValue })
        data["pages"] = .array(
            (data["pages"]?.arrayValue ?? []).filter { !pages.contains($0["number"]?.numberValue ?? 0) })
        let form = FormKey(
            id: data["form"]?["type"]?.stringValue ?? "", version: Int(data["form"]?["version"]?.numberValue ?? 0))
        data["document"] = forms[form].map { document(data["document"] ?? .null, of: $0.template) } ?? .object([:])
        // These say the same once more, in other words.
        for key in ["parties", "snapshot"] { data[key] = nil }
        record["data"] = .object(data)
        value = .object(record)
        return try JSONCoding.encode(value)
    }

    /// Whether a page of the record may be seen.
    func shows(page: Int, of record: Record) -> Bool {
        !record.data.fields.contains { hidden.contains($0.name) && $0.page == page }
    }

    /// Whether the record has nothing to hide.
    func showsAll(of record: Record) -> Bool {
        !record.data.fields.contains { hidden.contains($0.name) }
    }

    private func document(_ document: JSONValue, of template: FormTemplate) -> JSONValue {
        template.fields.filter { hidden.contains($0.name) }.reduce(document) { document, field in
            Self.removing(field.place.tokens[...], from: document)
        }
    }

    private static func removing(_ path: ArraySlice<String>, from value: JSONValue) -> JSONValue {
        guard let first = path.first else { return .null }
        switch value {
        case .object(var members):
            if path.count == 1 {
                members[first] = nil
            } else if let inner = members[first] {
                members[first] = removing(path.dropFirst(), from: inner)
            }
            return .object(members)
        case .array(var elements):
            guard let index = Int(first), elements.indices.contains(index) else { return value }
            elements[index] = path.count == 1 ? .null : removing(path.dropFirst(), from: elements[index])
            return .array(elements)
        default: return value
        }
    }
}

extension BridgeConfiguration {
    /// By subscription, for those that do not see everything.
    func redactions(_ forms: FormLibrary) -> [String: Redaction] {
        Dictionary(
            subscriptions.filter { !$0.hiddenFields.isEmpty }.map {
                ($0.name, Redaction(hidden: $0.hiddenFields, forms: forms))
            }, uniquingKeysWith: { first, _ in first })
    }
}
