public import HTTP
public import Support

extension Record {
    /// Reads a record and checks it; what is told of a fault never holds the record's contents.
    ///
    /// - Parameters:
    ///   - bytes: JSON.
    ///   - id: The id that the request names.
    /// - Returns: The record.
    /// - Throws: ``Problem`` `schema-violation` with the violations.
    public static func checked(_ bytes: [UInt8], id: UUIDv7) throws(Problem) -> Record {
        let record: Record
        do {
            record = try readPlainly(bytes) ?? JSONCoding.decode(from: bytes)
        } catch let error as DecodingError {
            throw .schemaViolation([error.violation])
        } catch {
            throw .schemaViolation([Problem.Violation(field: "", message: "is no JSON document")])
        }
        let violations = record.violations(id: id)
        guard violations.isEmpty else { throw .schemaViolation(violations) }
        return record
    }

    private func violations(id: UUIDv7) -> [Problem.Violation] {
        var violations: [Problem.Violation] = []
        // Words are made for what is wrong only: most records have nothing that is.
        func require(_ condition: Bool, _ field: @autoclosure () -> String, _ message: @autoclosure () -> String) {
            if !condition { violations.append(Problem.Violation(field: field(), message: message())) }
        }
        require(specversion == "1.0", "specversion", "must be 1.0")
        require(type == "se.blankett.record.v1", "type", "must be se.blankett.record.v1")
        require(self.id == id, "id", "must be the id in the address")
        require(datacontenttype == "application/json", "datacontenttype", "must be application/json")
        require(
            source.hasPrefix(Self.sourcePrefix)
                && source.dropFirst(Self.sourcePrefix.count).consists(
                    of: { $0.isLowerLetterOrDigit || $0.isHyphen || $0 == UInt8(ascii: ".") }, length: 1...100,
                    first: \.isLowerLetterOrDigit),
            "source",
            "must be urn:blankett:kiosk: and a name in lower case")
        require(
            data.form.type.consists(
                of: { $0.isLowerLetterOrDigit || $0.isHyphen }, length: 1...100, first: \.isLowerLetterOrDigit),
            "data.form.type",
            "must be lower case with hyphens")
        require(subject == data.form.type, "subject", "must be the form's type")
        require(data.form.version >= 1, "data.form.version", "must be 1 or more")
        require(data.fields.count <= 5000, "data.fields", "must be at most 5000")
        require(!data.pages.isEmpty, "data.pages", "must hold the page images: they are the legal copy")
        require(data.pages.count <= 1000, "data.pages", "must be at most 1000")
        require(Set(data.pages.map(\.number)).count == data.pages.count, "data.pages", "must have each number once")
        for (index, page) in data.pages.enumerated() {
            require(page.number >= 1, "data.pages[\(index)].number", "must be 1 or more")
            require(
                BlobFolder.isName(page.sha256), "data.pages[\(index)].sha256", "must be 64 hexadecimal digits")
            require(
                Self.mediaTypes.contains(page.mediaType), "data.pages[\(index)].mediaType",
                "must be one of \(Self.mediaTypes.sorted().joined(separator: ", "))")
        }
        for (index, field) in data.fields.enumerated() {
            require(!field.name.isEmpty, "data.fields[\(index)].name", "must not be empty")
            require((0...1).contains(field.confidence), "data.fields[\(index)].confidence", "must be from 0 to 1")
        }
        return violations
    }

    /// Whether it says that it comes from the kiosk of that name.
    public func isFrom(kiosk name: String) -> Bool { source == Self.sourcePrefix + name }

    private static let sourcePrefix = "urn:blankett:kiosk:"

    /// What page images may be.
    public static let mediaTypes: Set = ["image/png", "image/jpeg", "image/tiff", "application/pdf"]
}

extension Problem {
    static func schemaViolation(_ violations: [Violation]) -> Problem {
        Problem(
            "schema-violation", status: 422, title: "The record is not as it must be",
            violations: Array(violations.prefix(100)))
    }
}

extension DecodingError {
    /// Only the place and the kind: the library's own words can quote the contents.
    fileprivate var violation: Problem.Violation {
        func place(_ path: [any CodingKey], _ last: (any CodingKey)? = nil) -> String {
            (path + [last].compactMap { $0 }).reduce(into: "") { text, key in
                if let index = key.intValue {
                    text += "[\(index)]"
                } else {
                    text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
                }
            }
        }
        return switch self {
        case .keyNotFound(let key, let context):
            Problem.Violation(field: place(context.codingPath, key), message: "is missing")
        case .valueNotFound(_, let context):
            Problem.Violation(field: place(context.codingPath), message: "must not be null")
        case .typeMismatch(_, let context):
            Problem.Violation(field: place(context.codingPath), message: "has the wrong type")
        case .dataCorrupted(let context):
            Problem.Violation(
                field: place(context.codingPath),
                message: context.codingPath.isEmpty ? "is no JSON document" : "has no valid value")
        @unknown default:
            Problem.Violation(field: "", message: "is not as it must be")
        }
    }
}
