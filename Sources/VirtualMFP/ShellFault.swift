import Support

/// A fault by a short name for the command line, such as `jam=2`; what it stands for is what `/_ctl` would be told.
struct ShellFault {
    private enum Value {
        case none
        /// A count of images, bytes, requests or seconds; what stands when none is given.
        case number(Double)
    }

    private let name: String
    private let value: Value
    /// What it changes in the control state.
    private let change: @Sendable (_ number: JSONValue) -> [String: JSONValue]

    private static let login = "<html><head><title>Log in</title></head><body><form>…</form></body></html>"

    private static let all: [ShellFault] = [
        ShellFault("jam", 1) { ["jam_after": $0] },
        ShellFault("door", 1) { ["door_open_after": $0] },
        ShellFault("multi-feed", 1) { ["multifeed_after": $0] },
        ShellFault("abort", 1) { ["abort_after": $0] },
        ShellFault("lose", 1) { ["lose_after": $0] },
        ShellFault("asleep", 8) { ["asleep": $0] },
        ShellFault("motor", 1) { ["page_delay": $0] },
        ShellFault("slow", 0.1) { ["chunk_delay": $0] },
        ShellFault("cut", 2000) { ["truncate_at": $0] },
        ShellFault("busy") { _ in ["busy": true] },
        ShellFault("busy-for", 2) { answer("POST ScanJobs", 503, times: $0) },
        ShellFault("conflict") { _ in answer("POST ScanJobs", 409) },
        ShellFault("answer-lost") { _ in fault(["match": "POST ScanJobs", "lost": true, "times": 1]) },
        ShellFault("not-yet", 3) { answer("GET NextDocument", 503, times: $0) },
        ShellFault("early-end", 1) { answer("GET NextDocument", 404, skip: $0, times: 2) },
        ShellFault("gone", 1) { answer("GET NextDocument", 410, times: $0) },
        ShellFault("error", 1) { answer("GET NextDocument", 500, skip: $0) },
        ShellFault("hang", 1) { fault(["match": "GET NextDocument", "hang": true, "skip": $0]) },
        ShellFault("endless", 1) { fault(["match": "GET NextDocument", "endless": true, "skip": $0]) },
        ShellFault("login") { _ in
            fault(["match": "GET ScannerStatus", "body": .string(login), "headers": ["Content-Type": "text/html"]])
        },
        ShellFault("garbage") { _ in fault(["match": "GET ScannerStatus", "body": "<scan:ScannerStatus><oops"]) },
        ShellFault("location-foreign") { _ in ["location": "http://scanner.invalid:8080/eSCL/ScanJobs/{id}"] },
        ShellFault("location-cut") { _ in ["location": "http://[fe80/eSCL/ScanJobs/{id}"] },
        ShellFault("location-missing") { _ in ["location": "-"] },
        ShellFault("length") { _ in ["content_length": true] },
    ]

    private init(
        _ name: String, _ number: Double? = nil,
        change: @escaping @Sendable (_ number: JSONValue) -> [String: JSONValue]
    ) {
        self.name = name
        value = number.map(Value.number) ?? .none
        self.change = change
    }

    /// How each is written, for help.
    static var names: String {
        all.map { fault in if case .number = fault.value { "\(fault.name)=N" } else { fault.name } }
            .joined(separator: ", ")
    }

    /// The changes of several words; the lists of faults are joined.
    ///
    /// - Parameter words: Such as `jam=2`.
    /// - Returns: What `/_ctl` would be told.
    /// - Throws: ``BlankettError`` for a word that names none, or a value that is no number.
    static func changes(_ words: [String]) throws(BlankettError) -> [String: JSONValue] {
        var changes: [String: JSONValue] = [:]
        for word in words {
            for (key, value) in try change(word) {
                changes[key] = .array((changes[key]?.arrayValue ?? []) + (value.arrayValue ?? []))
                if value.arrayValue == nil { changes[key] = value }
            }
        }
        return changes
    }

    private static func change(_ word: String) throws(BlankettError) -> [String: JSONValue] {
        let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
        guard let fault = all.first(where: { $0.name == parts.first }) else {
            throw BlankettError(
                "wrong-usage", exit: .badInput, "There is no fault “\(word)”.",
                advice: Nearest.advice(for: parts.first ?? "", among: all.map(\.name)))
        }
        switch (fault.value, parts.count > 1 ? parts[1] : nil) {
        case (.none, nil): return fault.change(.null)
        case (.number(let usual), nil): return fault.change(.number(usual))
        case (.number, let text?):
            if let number = Double(text), number >= 0 { return fault.change(.number(number)) }
        default: break
        }
        throw BlankettError(
            "wrong-usage", exit: .badInput, "The fault “\(word)” is written wrong.",
            advice: "They are written: \(names).")
    }

    private static func answer(
        _ match: String, _ status: Double, skip: JSONValue = 0, times: JSONValue = .null
    ) -> [String: JSONValue] {
        fault(["match": .string(match), "status": .number(status), "skip": skip, "times": times])
    }

    private static func fault(_ members: JSONValue) -> [String: JSONValue] { ["faults": [members]] }
}
