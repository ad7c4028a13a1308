public import Support

/// One thing that is wrong with a form package.
public typealias FormProblem = FileProblem

/// Everything that is wrong with one form package, or with several that shall work together.
public struct FormPackageProblems: Error, Sendable, Hashable, CustomStringConvertible {
    /// At least one, in the order of the files and lines.
    public var problems: [FormProblem]

    public init(_ problems: [FormProblem]) {
        self.problems = problems
    }

    public var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
