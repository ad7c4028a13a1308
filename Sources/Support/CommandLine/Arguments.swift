/// What a person wrote after a command's name, checked against what the command takes.
public struct Arguments: Sendable, Hashable {
    private var options: [String: [String]] = [:]
    public private(set) var operands: [String] = []
    /// Whether help was asked for; then nothing else was checked.
    private(set) var wantsHelp = false

    init(_ words: some Sequence<String>, for command: Command, path: String) throws(BlankettError) {
        var rest = Array(words)[...]
        var onlyOperands = false
        while let word = rest.popFirst() {
            if onlyOperands || word == "-" || !word.hasPrefix("-") {
                operands.append(word)
            } else if word == "--" {
                onlyOperands = true
            } else if word == "--help" || word == "-h" {
                wantsHelp = true
                return
            } else {
                try take(option: word, rest: &rest, command: command, path: path)
            }
        }
        for option in command.options where option.isRequired && options[option.name] == nil {
            throw Self.misuse(
                "\(path) needs \(option.name).", advice: "Add \(option.name) \(option.value ?? "").", path: path)
        }
        try checkOperands(command, path: path)
    }

    private mutating func take(
        option word: String, rest: inout ArraySlice<String>, command: Command, path: String
    ) throws(BlankettError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let option = command.options.first(where: { $0.name == parts[0] }) else {
            let known = command.options.map(\.name) + ["--help"]
            throw Self.misuse(
                "\(path) has no option \(parts[0]).", advice: Nearest.advice(for: parts[0], among: known), path: path)
        }
        guard options[option.name] == nil || option.repeats else {
            throw Self.misuse("\(option.name) is given twice.", advice: "Leave one of them out.", path: path)
        }
        if let placeholder = option.value {
            guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
                throw Self.misuse(
                    "\(option.name) needs a value.", advice: "Write \(option.name) \(placeholder).", path: path)
            }
            options[option.name, default: []].append(value)
        } else {
            guard parts.count == 1 else {
                throw Self.misuse("\(option.name) takes no value.", advice: "Write only \(option.name).", path: path)
            }
            options[option.name] = [""]
        }
    }

    private func checkOperands(_ command: Command, path: String) throws(BlankettError) {
        guard let expected = command.operands else {
            if let extra = operands.first {
                throw Self.misuse("\(path) does not take “\(extra)”.", advice: "Leave it out.", path: path)
            }
            return
        }
        if operands.count < expected.counts.lowerBound {
            throw Self.misuse("\(path) needs \(expected.name).", advice: "Add it at the end.", path: path)
        }
        if operands.count > expected.counts.upperBound {
            throw Self.misuse(
                "\(path) takes at most \(expected.counts.upperBound) of \(expected.name), not \(operands.count).",
                advice: "Leave some out.", path: path)
        }
    }

    public func flag(_ name: String) -> Bool { options[name] != nil }

    /// The option's value; of one that repeats, the first.
    public subscript(name: String) -> String? { options[name]?.first }

    public func all(_ name: String) -> [String] { options[name] ?? [] }

    /// The option's value as a whole number.
    ///
    /// - Parameters:
    ///   - name: With its dashes.
    ///   - range: What is taken.
    /// - Returns: The number; `nil` when the option is not given.
    /// - Throws: ``BlankettError`` with exit `badInput` when it is no number or out of range.
    public func integer(_ name: String, in range: ClosedRange<Int>) throws(BlankettError) -> Int? {
        guard let text = self[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw BlankettError(
                "wrong-usage", exit: .badInput, "\(name) is “\(text)”, which is no usable number.",
                advice: "Write a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    private static func misuse(_ message: String, advice: String, path: String) -> BlankettError {
        BlankettError("wrong-usage", exit: .badInput, message, advice: "\(advice) See: \(path) --help")
    }
}
