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

extension FileProblem {
    /// What to say of a file that a JSON5 decoder has refused.
    ///
    /// - Parameters:
    ///   - file: What to call it.
    ///   - text: What is in it.
    /// - Returns: The problem, with the line where one can be told.
    package static func notJSON5(_ file: String, text: [UInt8]) -> FileProblem {
        guard String(validating: text, as: UTF8.self) != nil else {
            return FileProblem(file: file, message: "The file is not UTF-8.", advice: "Save it as UTF-8.")
        }
        let fault = JSON5Outline(text).fault
        return FileProblem(
            file: file, line: fault?.line, message: "The file is not JSON5\(fault.map { ": \($0.words)" } ?? "").",
            advice: "Check brackets, commas and quotes\(fault == nil ? "" : " there").")
    }
}
