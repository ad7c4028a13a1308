import Foundation
import Support

/// Where a bridge's settings come from, the weakest first: `bridge.json5`, `conf.d/*.json5`, `BLANKETT_*`, `--set`.
///
/// A stronger source replaces a value; the lists `subscriptions`, `certificates` and `forms` of the files are joined,
/// so that a file in `conf.d` can bring one more.
struct ConfigurationSources {
    /// One source, already read.
    private struct Source {
        var name: String
        /// Whether its values have lines.
        var isFile: Bool
        var value: JSONValue
        var outline = JSON5Outline()
    }

    /// Where a merged value was written.
    private struct Place {
        var source: Int
        var path: JSONPath
    }

    /// The configuration file; paths in all files are relative to its folder.
    let file: URL
    /// All sources as one document.
    let value: JSONValue
    private let sources: [Source]
    private let places: [JSONPath: Place]

    private static let joined: Set = ["subscriptions", "certificates", "forms"]

    /// - Parameters:
    ///   - file: The configuration.
    ///   - environment: The process's variables.
    ///   - settings: Texts of the form `key.path=value`.
    /// - Throws: ``BlankettError`` when one of them cannot be read.
    init(file: URL, environment: [String: String] = [:], settings: [String] = []) throws(BlankettError) {
        self.file = file
        var sources = [try Self.read(file, named: file.lastPathComponent)]
        let folder = file.deletingLastPathComponent().appending(path: "conf.d")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
        for name in names.sorted() where name.hasSuffix(".json5") && !name.hasPrefix(".") {
            sources.append(try Self.read(folder.appending(path: name), named: "conf.d/\(name)"))
        }
        for setting in BridgeSetting.all {
            guard let text = environment[setting.variable] else { continue }
            sources.append(
                Source(name: setting.variable, isFile: false, value: try setting.document(text, from: setting.variable))
            )
        }
        for text in settings {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, let setting = BridgeSetting.all.first(where: { $0.key == parts[0] }) else {
                throw .usage(
                    "--set \(text.prefix(60)) is no setting.",
                    advice: Nearest.advice(for: parts[0], among: BridgeSetting.all.map(\.key)))
            }
            sources.append(Source(name: "--set", isFile: false, value: try setting.document(parts[1], from: "--set")))
        }
        var places: [JSONPath: Place] = [:]
        var merged = JSONValue.object([:])
        for (index, source) in sources.enumerated() {
            merged = Self.merge(merged, source.value, from: index, at: JSONPath(), &places)
        }
        self.sources = sources
        self.places = places
        value = merged
    }

    init(_ invocation: Invocation) throws(BlankettError) {
        try self.init(
            file: URL(filePath: invocation.arguments["--config"] ?? ""), environment: invocation.environment,
            settings: invocation.arguments.all("--set"))
    }

    /// Makes a configuration of the merged document; problems name the file and line where the value was written.
    func read<Configuration>(_ load: (Located) -> Configuration?) throws(BlankettError) -> Configuration {
        let log = ProblemLog { path in
            guard let place = place(of: path) else { return (file.lastPathComponent, nil) }
            let source = sources[place.source]
            return (source.name, source.isFile ? source.outline.line(of: place.path) : nil)
        }
        let loaded = load(Located(value: value, log: log))
        guard let loaded, log.problems.isEmpty else {
            throw BlankettError(
                "configuration-broken", exit: .badInput, log.problems.map(\.description).joined(separator: "\n"))
        }
        return loaded
    }

    /// A line for each value that was set, with where it was; then those that were not.
    func table() -> [String] {
        var rows: [(key: String, value: String, source: String)] = []
        func walk(_ value: JSONValue, _ path: JSONPath) {
            if case .object(let members) = value {
                for key in members.keys.sorted() { walk(members[key] ?? .null, path.member(key)) }
            } else if let elements = value.arrayValue, elements.contains(where: { $0.objectValue != nil }) {
                for (index, element) in elements.enumerated() { walk(element, path.element(index)) }
            } else {
                let isSecret = BridgeSetting.secret.contains(path.description)
                let shown = isSecret ? "…" : (try? JSONCoding.encodeText(value)) ?? "?"
                rows.append((path.description, shown, origin(of: path)))
            }
        }
        walk(value, JSONPath())
        let given = Set(rows.map(\.key))
        for setting in BridgeSetting.all where !given.contains(setting.key) {
            rows.append((setting.key, setting.standard, "default"))
        }
        let width = min(40, rows.map(\.key.count).max() ?? 0)
        return rows.map { row in
            "\(row.key.padding(toLength: max(width, row.key.count), withPad: " ", startingAt: 0))  \(row.value)  (\(row.source))"
        }
    }

    private func origin(of path: JSONPath) -> String {
        guard let place = place(of: path) else { return "default" }
        let source = sources[place.source]
        guard source.isFile, let line = source.outline.line(of: place.path) else { return source.name }
        return "\(source.name):\(line)"
    }

    private func place(of path: JSONPath) -> Place? {
        if let place = places[path] { return place }
        guard let last = path.steps.last, let parent = path.parent, var place = place(of: parent) else { return nil }
        place.path = JSONPath(steps: place.path.steps + [last])
        return place
    }

    private static func merge(
        _ weak: JSONValue, _ strong: JSONValue, from source: Int, at path: JSONPath, _ places: inout [JSONPath: Place],
        original: JSONPath = JSONPath()
    ) -> JSONValue {
        if case .object(var members) = weak, case .object(let others) = strong {
            for (key, value) in others {
                let (path, original) = (path.member(key), original.member(key))
                if path.steps.count == 1, joined.contains(key), let known = members[key]?.arrayValue,
                    let more = value.arrayValue
                {
                    for index in more.indices {
                        places[path.element(known.count + index)] = Place(
                            source: source, path: original.element(index))
                    }
                    members[key] = .array(known + more)
                } else if let known = members[key], known.objectValue != nil, value.objectValue != nil {
                    members[key] = merge(known, value, from: source, at: path, &places, original: original)
                } else {
                    places = places.filter { $0.key.steps.prefix(path.steps.count) != path.steps[...] }
                    places[path] = Place(source: source, path: original)
                    members[key] = value
                }
            }
            return .object(members)
        }
        places[path] = Place(source: source, path: original)
        return strong
    }

    private static func read(_ url: URL, named name: String) throws(BlankettError) -> Source {
        guard let text = try? Data(contentsOf: url) else {
            throw BlankettError(
                "configuration-missing", exit: .badInput,
                "The configuration file \(url.path(percentEncoded: false)) cannot be read.",
                advice: "Give its path with --config.")
        }
        let bytes = [UInt8](text)
        do throws(JSON5File.Refusal) {
            let value = try JSON5File.read(bytes, file: name) { located -> JSONValue? in
                if located.value.objectValue == nil { located.report("Here must be an object.", "Write { … }.") }
                return located.value
            }
            return Source(name: name, isFile: true, value: value, outline: JSON5Outline(bytes))
        } catch {
            throw BlankettError(
                "configuration-broken", exit: .badInput, error.problems.map(\.description).joined(separator: "\n"))
        }
    }
}
