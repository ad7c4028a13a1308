import AgentApp
import Forms

/// A form in force that a person may say a document to be.
struct FormChoice: Encodable {
    var id: String
    var version: Int
    var name: LocalizedText

    /// All of them: the versions of `near` first, the newest before the older.
    static func all(at station: Station, near: FormKey?) -> [FormChoice] {
        station.forms.sorted { first, second in
            let isNear = (first.id == near?.id, second.id == near?.id)
            if isNear.0 != isNear.1 { return isNear.0 }
            return first.id == second.id ? first.version > second.version : first.id < second.id
        }
        .map { FormChoice(id: $0.id, version: $0.version, name: $0.name) }
    }
}
