/// One thing that is wrong with a file that a person wrote: where it stands, what it is, and what to write instead.
public struct FileProblem: Sendable, Hashable, CustomStringConvertible {
    /// The file, as reached from the folder that was asked for.
    public var file: String
    /// From 1, where it can be said.
    public var line: Int?
    /// Such as `fields[3].options[0].box`; empty for the file as a whole.
    public var path: String
    /// What is wrong, as a whole sentence.
    public var message: String
    /// What to write or do instead, as a whole sentence.
    public var advice: String

    public init(file: String, line: Int? = nil, path: String = "", message: String, advice: String) {
        self.file = file
        self.line = line
        self.path = path
        self.message = message
        self.advice = advice
    }

    /// `form.json5:12: fields[1].kind: What is wrong. What to do.`, as compilers write it.
    public var description: String {
        let place = [file, line.map(String.init)].compactMap { $0 }.joined(separator: ":")
        return [place, path.isEmpty ? nil : path, "\(message) \(advice)"].compactMap { $0 }.joined(separator: ": ")
    }
}
