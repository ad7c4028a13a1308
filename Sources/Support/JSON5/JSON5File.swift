/// A file that a person wrote in JSON5: read, with the place of every value, and refused with all that is wrong.
package enum JSON5File {
    /// Everything that is wrong with one file, in the order of its lines.
    package struct Refusal: Error {
        package var problems: [FileProblem]
    }

    /// Reads a text and makes of it what it stands for.
    ///
    /// - Parameters:
    ///   - text: JSON5 in UTF-8.
    ///   - file: What problems call the file.
    ///   - load: Makes the value, or reports why it cannot.
    /// - Returns: What `load` made, when nothing was reported.
    /// - Throws: ``Refusal``.
    package static func read<Loaded>(
        _ text: [UInt8], file: String, _ load: (Located) -> Loaded?
    ) throws(Refusal) -> Loaded {
        let value: JSONValue
        do {
            value = try JSONCoding.decode(from: text, json5: true)
        } catch {
            throw Refusal(problems: [.notJSON5(file, text: text)])
        }
        let outline = JSON5Outline(text)
        let log = ProblemLog(file: file, outline: outline)
        for path in outline.repeatedKeys {
            log.report(path, "The key stands twice in the same object.", "Leave one of them out.")
        }
        let loaded = load(Located(value: value, log: log))
        guard let loaded, log.problems.isEmpty else {
            let sorted = log.problems.enumerated().sorted {
                ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset)
            }
            throw Refusal(problems: sorted.map(\.element))
        }
        return loaded
    }
}
