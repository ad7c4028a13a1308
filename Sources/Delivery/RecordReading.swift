import Foundation
import Forms
import Reading
import Support

// Each record that comes in is read by hand: JSONDecoder alone would take more time than all the rest of a request.
extension Record {
    /// The record in `bytes`, when it is written as records are; `nil` leaves it to the decoder to say.
    ///
    /// What is read is what `JSONDecoder` reads.
    public static func readPlainly(_ bytes: [UInt8]) -> Record? {
        try? JSONReader.read(bytes) { reader throws(JSONReader.Unexpected) in try Record(&reader) }
    }

    private init(_ reader: inout JSONReader) throws(JSONReader.Unexpected) {
        var members = Once()
        var (specversion, id, source, type) = (String?.none, UUIDv7?.none, String?.none, String?.none)
        var (time, subject, schema, contentType, data) = (
            Once.time, String?.none, String?.none, String?.none, Contents?.none
        )
        try reader.object { name, reader throws(JSONReader.Unexpected) in
            try members.note(name)
            switch name {
            case "specversion": specversion = try reader.string()
            case "id": id = UUIDv7(try reader.string())
            case "source": source = try reader.string()
            case "type": type = try reader.string()
            case "time": time = try reader.date()
            case "subject": subject = try reader.string()
            case "dataschema":
                schema = try reader.optional { reader throws(JSONReader.Unexpected) in try reader.string() }
            case "datacontenttype": contentType = try reader.string()
            case "data": data = try Contents(&reader)
            default: _ = try reader.value()
            }
        }
        guard let specversion, let id, let source, let type, let time, let subject, let contentType, let data else {
            throw JSONReader.Unexpected()
        }
        self.init(id: id, source: source, time: time, subject: subject, dataschema: schema, data: data)
        self.specversion = specversion
        self.type = type
        datacontenttype = contentType
    }
}

/// Sees that no member comes twice: then the decoder decides which one counts.
private struct Once {
    static let time = Date?.none

    private var names: [JSONName] = []

    init() {
        names.reserveCapacity(12)
    }

    mutating func note(_ name: JSONName) throws(JSONReader.Unexpected) {
        guard !names.contains(name) else { throw JSONReader.Unexpected() }
        names.append(name)
    }
}

extension Record.Contents {
    fileprivate init(_ reader: inout JSONReader) throws(JSONReader.Unexpected) {
        var members = Once()
        var (form, test, municipality) = (Record.Form?.none, Bool?.none, String?.none)
        var (receivedAt, fields, document) = (Once.time, [RecordField]?.none, JSONValue?.none)
        var (pages, review, agent) = ([Record.Page]?.none, Record.Review?.none, Record.Agent?.none)
        try reader.object { name, reader throws(JSONReader.Unexpected) in
            try members.note(name)
            switch name {
            case "form": form = try Record.Form(&reader)
            case "receivedAt": receivedAt = try reader.date()
            case "test": test = try reader.bool()
            case "municipalityId":
                municipality = try reader.optional { reader throws(JSONReader.Unexpected) in try reader.string() }
            case "fields":
                fields = try reader.array { reader throws(JSONReader.Unexpected) in try RecordField(&reader) }
            case "document": document = try reader.value()
            case "pages": pages = try reader.array { reader throws(JSONReader.Unexpected) in try Record.Page(&reader) }
            case "review": review = try Record.Review(&reader)
            case "agent": agent = try Record.Agent(&reader)
            default: _ = try reader.value()
            }
        }
        guard let form, let receivedAt, let test, let fields, let document, let pages, let review, let agent else {
            throw JSONReader.Unexpected()
        }
        self.init(
            form: form, receivedAt: receivedAt, test: test, municipalityId: municipality, fields: fields,
            document: document, pages: pages, review: review, agent: agent)
    }
}

extension Record.Form {
    fileprivate init(_ reader: inout JSONReader) throws(JSONReader.Unexpected) {
        var members = Once()
        var (type, version, title, language) = (String?.none, Int?.none, String?.none, String?.none)
        try reader.object { name, reader throws(JSONReader.Unexpected) in
            try members.note(name)
            switch name {
            case "type": type = try reader.string()
            case "version": version = try reader.integer()
            case "name": title = try reader.string()
            case "language": language = try reader.string()
            default: _ = try reader.value()
            }
        }
        guard let type, let version, let title, let language else { throw JSONReader.Unexpected() }
        self.init(type: type, version: version, name: title, language: language)
    }
}

extension Record.Page {
    fileprivate init(_ reader: inout JSONReader) throws(JSONReader.Unexpected) {
        var members = Once()
        var (number, sha256, mediaType) = (Int?.none, String?.none, String?.none)
        var (width, height, dpi) = (Int?.none, Int?.none, Int?.none)
        try reader.object { name, reader throws(JSONReader.Unexpected) in
            try members.note(name)
            switch name {
            case "number": number = try reader.integer()
            case "sha256": sha256 = try reader.string()
            case "mediaType": mediaType = try reader.string()
            case "widthPx": width = try reader.integer()
            case "heightPx": height = try reader.integer()
            case "dpi": dpi = try reader.integer()
            default: _ = try reader.value()
            }
        }
        guard let number, let sha256, let mediaType, let width, let height, let dpi else {
            throw JSONReader.Unexpected()
        }
        self.init(number: number, sha256: sha256, mediaType: mediaType, widthPx: width, heightPx: height, dpi: dpi)
    }
}

extension Record.Review {
    fileprivate init(_ reader: inout JSONReader) throws(JSONReader.Unexpected) {
        var members = Once()
        var (state, by, at) = (State?.none, String?.none, Once.time)
        try reader.object { name, reader throws(JSONReader.Unexpected) in
            try members.note(name)
            switch name {
            case "state": state = State(rawValue: try reader.string())
            case "by": by = try reader.optional { reader throws(JSONReader.Unexpected) in try reader.string() }
            case "at": at = try reader.optional { reader throws(JSONReader.Unexpected) in try reader.date() }
            default: _ = try reader.value()
            }
        }
        guard let state else { throw JSONReader.Unexpected() }
        self.init(state: state, by: by, at: at)
    }
}

extension Record.Agent {
    fileprivate init(_ reader: inout JSONReader) throws(JSONReader.Unexpected) {
        var members = Once()
        var (id, version, profile) = (String?.none, String?.none, String?.none)
        try reader.object { name, reader throws(JSONReader.Unexpected) in
            try members.note(name)
            switch name {
            case "id": id = try reader.string()
            case "version": version = try reader.string()
            case "profile":
                profile = try reader.optional { reader throws(JSONReader.Unexpected) in try reader.string() }
            default: _ = try reader.value()
            }
        }
        guard let id, let version else { throw JSONReader.Unexpected() }
        self.init(id: id, version: version, profile: profile)
    }
}

extension RecordField {
    fileprivate init(_ reader: inout JSONReader) throws(JSONReader.Unexpected) {
        var members = Once()
        var (title, label, type, raw) = (String?.none, String?.none, String?.none, String?.none)
        var (value, confidence, status) = (JSONValue?.none, Double?.none, FieldReading.Status?.none)
        var (confirmedBy, page, box, checks) = (String?.none, Int?.none, [Double]?.none, [String]?.none)
        try reader.object { name, reader throws(JSONReader.Unexpected) in
            try members.note(name)
            switch name {
            case "name": title = try reader.string()
            case "label": label = try reader.string()
            case "type": type = try reader.string()
            case "value": value = try reader.optional { reader throws(JSONReader.Unexpected) in try reader.value() }
            case "raw": raw = try reader.optional { reader throws(JSONReader.Unexpected) in try reader.string() }
            case "confidence": confidence = try reader.number()
            case "status": status = FieldReading.Status(rawValue: try reader.string())
            case "confirmedBy":
                confirmedBy = try reader.optional { reader throws(JSONReader.Unexpected) in try reader.string() }
            case "page": page = try reader.integer()
            case "box": box = try reader.array { reader throws(JSONReader.Unexpected) in try reader.number() }
            case "checks": checks = try reader.array { reader throws(JSONReader.Unexpected) in try reader.string() }
            default: _ = try reader.value()
            }
        }
        guard let title, let label, let type, let confidence, let status, let page, let box, box.count == 4, let checks
        else { throw JSONReader.Unexpected() }
        self.init(
            name: title, label: label, type: type, value: value, raw: raw, confidence: confidence, status: status,
            confirmedBy: confirmedBy, page: page,
            box: MillimetreRect(x: box[0], y: box[1], width: box[2], height: box[3]), checks: checks)
    }

    private init(
        name: String, label: String, type: String, value: JSONValue?, raw: String?, confidence: Double,
        status: FieldReading.Status, confirmedBy: String?, page: Int, box: MillimetreRect, checks: [String]
    ) {
        self.name = name
        self.label = label
        self.type = type
        self.value = value
        self.raw = raw
        self.confidence = confidence
        self.status = status
        self.confirmedBy = confirmedBy
        self.page = page
        self.box = box
        self.checks = checks
    }
}
