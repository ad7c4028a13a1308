public import Foundation

/// What the read-worker answers about a blank form: the package's files, and what it took.
public struct ProposedPackage: Codable, Sendable {
    /// `form.json5`.
    public var form: String
    /// PNG files, in the order of the pages.
    public var pages: [Data]
    /// How many fields the file brought along itself; 0 when all were found by looking.
    public var taken: Int
    /// By how many degrees each page was turned to be straight.
    public var turned: [Double]
    /// Seconds for each page.
    public var seconds: [Double]

    public init(form: String, pages: [Data], taken: Int, turned: [Double], seconds: [Double]) {
        self.form = form
        self.pages = pages
        self.taken = taken
        self.turned = turned
        self.seconds = seconds
    }
}

/// What went wrong with a blank, for the one who asked.
public struct ProposalFailure: Codable, Sendable, Error {
    /// A stable code: those of pictures that cannot be read, or `no-pages`.
    public var code: String

    public init(code: String) {
        self.code = code
    }
}
