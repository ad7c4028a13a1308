/// Why an image file cannot be used.
///
/// The code is a promise: it becomes the `reason` of an unreadable page. The sentence is for people and may change.
public struct ImageError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, CaseIterable {
        case empty
        case notAnImage = "not-an-image"
        /// The file ends before its picture does.
        case truncated
        case damaged
        case tooLarge = "too-large"
        /// A kind of image inside a known format that Blankett does not read.
        case unsupported
        case noSuchFrame = "no-such-frame"
        case pdfPassword = "pdf-password"
        case pdfDamaged = "pdf-damaged"
        case pdfTimedOut = "pdf-timed-out"
        case pdfRendererMissing = "pdf-renderer-missing"
        case encodingFailed = "encoding-failed"
    }

    public var code: Code
    /// Facts that help, such as the size found; never contents.
    public var detail: String?

    public init(_ code: Code, _ detail: String? = nil) {
        self.code = code
        self.detail = detail
    }

    public var description: String {
        detail.map { "\(code.sentence) (\($0))" } ?? code.sentence
    }
}

extension ImageError.Code {
    /// What is wrong, and what to do.
    public var sentence: String {
        switch self {
        case .empty: "The file is empty. Save or scan it again."
        case .notAnImage: "The file is not a PNG, JPEG, TIFF, PNM or PDF, whatever its name says."
        case .truncated: "The file ends too early: part of the page is missing. Copy or scan it again."
        case .damaged: "The picture in the file is damaged. Copy or scan it again."
        case .tooLarge: "The page has more pixels than Blankett accepts. Scan at 300 dpi."
        case .unsupported: "The file uses a kind of picture that Blankett does not read. Save it as PNG."
        case .noSuchFrame: "The file has no such page."
        case .pdfPassword: "The PDF is locked with a password. Save a copy without one."
        case .pdfDamaged: "The PDF is damaged. Save or scan it again."
        case .pdfTimedOut: "Rendering the PDF took too long. Print it and scan the paper."
        case .pdfRendererMissing: "PDF files need the program pdftoppm. Install the package poppler-utils."
        case .encodingFailed: "The picture could not be encoded."
        }
    }
}
