import Support

/// Reads one page file at a time: the read-worker process in the programs, a fake in tests.
public protocol PageReader: Sendable {
    /// - Parameters:
    ///   - bytes: A whole file: PNG, JPEG, TIFF, PNM or PDF.
    ///   - source: What to call it in the results, such as the file's name.
    ///   - options: What to do beyond reading.
    /// - Returns: One result for each image inside; a file that cannot be decoded gives one `unreadable`.
    /// - Throws: ``BlankettError`` with code `worker-died` or `worker-timed-out`; the same call may then be tried again.
    func read(_ bytes: [UInt8], source: String, options: ReadOptions) async throws -> [ReadPage]
}

public struct ReadOptions: Sendable, Hashable, Codable {
    /// Read only as this form.
    public var form: String?
    /// With ``form``: read as exactly this version, because a person says that it is one; print may differ then.
    public var version: Int?
    /// Bring an upright picture of each page for a person to look at.
    public var preview: Bool
    /// A folder for pictures of each field and what the readers read: for the technician's eyes, never on a kiosk.
    public var debugFolder: String?

    public init(form: String? = nil, version: Int? = nil, preview: Bool = false, debugFolder: String? = nil) {
        self.form = form
        self.version = version
        self.preview = preview
        self.debugFolder = debugFolder
    }
}

public struct ReadPage: Sendable, Hashable {
    public var result: PageResult
    /// A JPEG at 150 dpi: registered to the blank when identified, so that a box in millimetres × 150 / 25.4 is its
    /// place in pixels; else the scan itself.
    public var preview: [UInt8]?

    public init(result: PageResult, preview: [UInt8]? = nil) {
        self.result = result
        self.preview = preview
    }
}
