public import Forms
public import Foundation
public import Support

/// What a form's self-test showed: field by field, and whether the form keeps its error target.
public struct Certificate: Codable, Sendable {
    /// How one field did over all copies.
    public struct FieldResult: Codable, Sendable, Hashable {
        public var name: String
        public var tried = 0
        /// Passed without a question, and right; empty read as empty counts.
        public var right = 0
        /// A person would be asked.
        public var asked = 0
        /// Passed without a question, and wrong.
        public var wrong = 0
        /// The worst copy: wrong before asked.
        public var worst: Case?
        public var advice: [String] = []

        init(name: String) {
            self.name = name
        }
    }

    /// One field of one copy; what is written in self-tests is invented.
    public struct Case: Codable, Sendable, Hashable {
        public var copy: String
        public var written: JSONValue?
        public var read: JSONValue?
        public var reason: String?
    }

    /// What it is called in a package.
    public static let fileName = "certificate.json"

    public var format = "blankett-certificate/1"
    public var form: FormKey
    /// Which content was proved: the package's fingerprint; not known of what an older version wrote.
    public var package: String?
    public var made: Date
    public var seed: UInt64
    public var copies = 0
    /// Copies that were not taken for this form and version, with all their pages.
    public var notIdentified: [String] = []
    public var errorTarget: Double
    public var fields: [FieldResult]
    /// Fields that the self-test cannot fill: barcodes in too small a place.
    public var notTried: [String]

    /// - Parameters:
    ///   - template: The form.
    ///   - package: The fingerprint of the package that is proved.
    ///   - seed: Of the copies.
    ///   - made: The time.
    public init(_ template: FormTemplate, package: String? = nil, seed: UInt64, made: Date) {
        form = template.key
        self.package = package
        self.made = made
        self.seed = seed
        errorTarget = template.errorTarget
        fields = template.fields.filter(Specimen.canFill).map { FieldResult(name: $0.name) }
        notTried = template.fields.filter { !Specimen.canFill($0) }.map(\.name)
    }

    public var tried: Int { fields.reduce(0) { $0 + $1.tried } }
    public var right: Int { fields.reduce(0) { $0 + $1.right } }
    public var asked: Int { fields.reduce(0) { $0 + $1.asked } }
    public var wrong: Int { fields.reduce(0) { $0 + $1.wrong } }

    /// Wrong ones among those that passed without a question, 0...1.
    public var wrongShare: Double { right + wrong > 0 ? Double(wrong) / Double(right + wrong) : 0 }

    /// Whether the copies give no ground to doubt the form: all were recognised, and no more are wrong than the target allows.
    public var passes: Bool { copies > 0 && notIdentified.isEmpty && wrongShare <= errorTarget }

    /// Counts one field of a copy.
    ///
    /// - Parameters:
    ///   - name: Of the field.
    ///   - written: What stands on the copy; `nil` for nothing.
    ///   - read: What was read; `nil` for nothing.
    ///   - isCertain: Whether nobody would be asked.
    ///   - reason: Why somebody would.
    ///   - copy: Which copy.
    public mutating func count(
        _ name: String, written: JSONValue?, read: JSONValue?, isCertain: Bool, reason: String?, copy: String
    ) {
        guard let index = fields.firstIndex(where: { $0.name == name }) else { return }
        let (written, read) = (written?.withoutNothing, read?.withoutNothing)
        fields[index].tried += 1
        let one = Case(copy: copy, written: written, read: read, reason: reason)
        if !isCertain {
            fields[index].asked += 1
            if fields[index].worst == nil { fields[index].worst = one }
        } else if written == read {
            fields[index].right += 1
        } else {
            if fields[index].wrong == 0 { fields[index].worst = one }
            fields[index].wrong += 1
        }
    }

    /// Says what could be done about each field.
    ///
    /// - Parameter printInside: By how many millimetres print reaches into a field's box from above.
    public mutating func advise(printInside: [String: Double]) {
        for index in fields.indices {
            let field = fields[index]
            var advice: [String] = []
            if let reach = printInside[field.name], reach > 0.2, field.asked + field.wrong > 0 {
                advice.append(
                    "The box is too close to the print above it: move its upper edge down by \(reach.rounded(to: 1)) mm."
                )
            }
            if field.wrong > 0 {
                advice.append("Wrong values passed as certain: set review: \"always\", or ask for the value in a comb.")
            } else if field.asked * 2 > field.tried {
                advice.append(
                    "Asked about in more than half of the copies: give it more room, a comb, or a list of words.")
            }
            fields[index].advice = advice
        }
    }

    /// The certificate for people to read.
    public var text: String {
        var lines = [
            "Self-test of \(form): \(passes ? "passed" : "NOT PASSED")",
            "\(copies) filled copies, \(tried) fields: \(right) right, \(asked) asked, \(wrong) wrong.",
            "Written in fonts, four of them like a hand: prints of real hands are not tried.",
            "Wrong among those passed without a question: \((wrongShare * 100).rounded(to: 2)) %"
                + " (target \((errorTarget * 100).rounded(to: 2)) %; \(right + wrong) fields cannot show less than "
                + "\((300 / Double(max(1, right + wrong))).rounded(to: 2)) % with 95 % confidence).",
        ]
        lines += notIdentified.map { "Not recognised: \($0)" }
        if !notTried.isEmpty { lines.append("Not tried: \(notTried.joined(separator: ", "))") }
        lines.append("")
        lines.append("field\ttried\tright\tasked\twrong\tworst case")
        for field in fields {
            let worst = field.worst.map { one in
                let shown = [one.written, one.read].map { value in
                    value.flatMap { try? JSONCoding.encodeText($0) } ?? "nothing"
                }
                return "\(one.copy): \(shown[0]) read as \(shown[1])" + (one.reason.map { " (\($0))" } ?? "")
            }
            lines.append(
                "\(field.name)\t\(field.tried)\t\(field.right)\t\(field.asked)\t\(field.wrong)\t\(worst ?? "")")
            lines += field.advice.map { "\t\($0)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension JSONValue {
    /// Without what says that nothing is there: boxes that are not marked, empty texts and rows; `nil` where nothing is left.
    fileprivate var withoutNothing: JSONValue? {
        switch self {
        case .null, .bool(false), .string(""): return nil
        case .array(let values):
            let left = values.compactMap(\.withoutNothing)
            return left.isEmpty ? nil : .array(left)
        case .object(let members):
            let left = members.compactMapValues(\.withoutNothing)
            return left.isEmpty ? nil : .object(left)
        default: return self
        }
    }
}
