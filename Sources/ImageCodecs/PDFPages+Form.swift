public import Support

extension PDFPages {
    /// The form's own fields as `qpdf --json=2` tells them; `nil` when the file brings none, or qpdf cannot read it.
    ///
    /// - Parameters:
    ///   - bytes: A whole PDF file.
    ///   - deadline: When qpdf is ended.
    /// - Returns: The document with the keys `acroform`, `pages` and `qpdf`.
    public static func form(of bytes: [UInt8], deadline: Duration = .seconds(30)) -> JSONValue? {
        guard
            let run = try? BoundedRun(
                of: "/usr/bin/prlimit",
                [
                    "--as=2000000000", "--core=0", "--", "/usr/bin/qpdf", "--json=2", "--json-key=acroform",
                    "--json-key=pages", "--json-key=qpdf", "/dev/stdin",
                ], input: bytes, mostOutput: 1 << 27, deadline: deadline),
            // 3 means that it mended something and told all the same.
            run.exit == .code(0) || run.exit == .code(3),
            let document = try? JSONCoding.decode(JSONValue.self, from: run.output),
            document["acroform"]?["fields"]?.arrayValue?.isEmpty == false
        else { return nil }
        return document
    }
}
