import Support

/// Reads where values go: the fields' targets, the constants, and the schema they must fit.
struct OutputLoader {
    private var taken: [(pointer: JSONPointer, owner: String)] = []
    private var schema: JSONValue?

    static func load(_ located: Located?, fields: [LocatedField], files: PackageFiles) -> FormTemplate.Output? {
        var loader = OutputLoader()
        let reader = located.flatMap { ObjectReader($0, as: FormFormat.output) }
        let name = reader?.string("schema", example: "\"output.schema.json\"")
        if let reader, let name {
            loader.schema = files.schema(name, log: reader.located.log, path: reader.path.member("schema"))
        }
        var seen: Set<String> = []
        // A name that stands twice is reported as such.
        for entry in fields where seen.insert(entry.field.name).inserted {
            loader.take(
                entry.field.place, owner: "field \"\(entry.field.name)\"",
                at: entry.located.member("target") ?? entry.located)
        }
        let constants = reader?.located("constants")
        if let constants, constants.value.objectValue == nil {
            constants.report("Here must be an object.", "Write { \"/channel\": \"PAPER\" }.")
        }
        for (text, value) in (constants?.value.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let constants, case let path = constants.path.member(text),
                let pointer = ObjectReader.pointer(text, log: constants.log, path: path)
            else { continue }
            loader.take(
                pointer, owner: "constant \"\(text)\"", at: Located(value: value, path: path, log: constants.log))
        }
        return reader.map { _ in .init(schema: name, constants: constants?.value.objectValue ?? [:]) }
    }

    private mutating func take(_ pointer: JSONPointer, owner: String, at located: Located) {
        let clash = taken.first {
            $0.pointer.tokens.starts(with: pointer.tokens) || pointer.tokens.starts(with: $0.pointer.tokens)
        }
        if let clash {
            located.report(
                "\(pointer) is already taken by the \(clash.owner)"
                    + (clash.pointer == pointer ? "." : " at \(clash.pointer)."),
                "Give each value a place of its own.")
        }
        taken.append((pointer, owner))
        checkAgainstSchema(pointer, at: located)
    }

    /// Reports a place that the schema excludes; what it leaves open is allowed.
    private func checkAgainstSchema(_ pointer: JSONPointer, at located: Located) {
        guard let schema else { return }
        var node = schema
        for (depth, token) in pointer.tokens.enumerated() {
            if let reference = node["$ref"]?.stringValue, reference.hasPrefix("#"),
                let target = JSONPointer(String(reference.dropFirst())).flatMap({ schema[$0] })
            {
                node = target
            }
            guard let next = node["properties"]?[token] else {
                if node["additionalProperties"]?.boolValue == false {
                    let place = JSONPointer(tokens: Array(pointer.tokens[...depth]))
                    located.report(
                        "The output schema has no place \(place).",
                        Nearest.advice(for: token, among: node["properties"]?.objectValue.map { Array($0.keys) } ?? []))
                }
                return
            }
            node = next
        }
    }
}
