/// Writes the objects of a PDF and the table that finds them.
package struct PDFFile {
    /// An object's number; in text the reference to it.
    package struct Reference: CustomStringConvertible, Sendable {
        let number: Int
        package var description: String { "\(number) 0 R" }
    }

    /// The second line tells programs that the file is binary (ISO 19005-2, 6.1.2).
    private var bytes: [UInt8] = Array("%PDF-1.7\n%".utf8) + [0xE2, 0xE3, 0xCF, 0xD3, 0x0A]
    /// Where each object begins, from number 1; 0 until it is written.
    private var offsets: [Int] = []

    package init() {}

    /// A number for an object that is set later.
    package mutating func reserve() -> Reference {
        offsets.append(0)
        return Reference(number: offsets.count)
    }

    package mutating func set(_ reference: Reference, _ body: String) {
        begin(reference)
        bytes += "\(body)\nendobj\n".utf8
    }

    package mutating func add(_ body: String) -> Reference {
        let reference = reserve()
        set(reference, body)
        return reference
    }

    /// A stream; `entries` stand in its dictionary beside the length.
    package mutating func add(stream: some Collection<UInt8>, _ entries: String = "") -> Reference {
        let reference = reserve()
        begin(reference)
        bytes += "<< /Length \(stream.count) \(entries) >>\nstream\n".utf8
        bytes += stream
        bytes += "\nendstream\nendobj\n".utf8
        return reference
    }

    /// The whole file.
    package consuming func finish(catalog: Reference, identifier: [UInt8]) -> [UInt8] {
        let table = bytes.count
        bytes += "xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n".utf8
        for offset in offsets {
            let digits = String(offset)
            bytes += "\(String(repeating: "0", count: 10 - digits.count))\(digits) 00000 n \n".utf8
        }
        let id = "<\(identifier.hexadecimal)>"
        bytes +=
            """
            trailer
            << /Size \(offsets.count + 1) /Root \(catalog) /ID [\(id) \(id)] >>
            startxref
            \(table)
            %%EOF

            """.utf8
        return bytes
    }

    private mutating func begin(_ reference: Reference) {
        offsets[reference.number - 1] = bytes.count
        bytes += "\(reference.number) 0 obj\n".utf8
    }
}

/// Text as a PDF writes it.
package enum PDFText {
    /// A text string: UTF-16 with its mark, in hexadecimal, so that nothing needs escaping.
    package static func hexadecimal(_ text: String) -> String {
        "<FEFF\(utf16(text.unicodeScalars))>"
    }

    package static func utf16(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var bytes: [UInt8] = []
        for unit in scalars.flatMap({ Array(String($0).utf16) }) {
            bytes.append(UInt8(unit >> 8))
            bytes.append(UInt8(unit & 0xFF))
        }
        return bytes.hexadecimal
    }
}

extension Double {
    /// With at most three decimals and never an exponent, as a PDF wants it.
    package var pdf: String {
        let thousandths = Int((self * 1000).rounded())
        let rest = String(abs(thousandths % 1000))
        let sign = thousandths < 0 ? "-" : ""
        return "\(sign)\(abs(thousandths / 1000)).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }
}
