/// The help text of a command, made from the command itself.
struct Help {
    let command: Command
    /// All words that call it, such as `blankett forms check`.
    let path: String
    let language: Language

    var text: String {
        var parts = ["\(command.summary[language]).", usage]
        if let discussion = command.discussion { parts.append(discussion[language]) }
        if let operands = command.operands {
            parts.append(Self.table([(operands.name, operands.help[language])]))
        }
        if !command.subcommands.isEmpty {
            parts.append(Self.table(command.subcommands.map { ($0.name, $0.summary[language]) }))
        }
        parts.append(Self.table(optionRows))
        return parts.joined(separator: "\n\n")
    }

    private var usage: String {
        var words = [Words(en: "usage:", sv: "så här:")[language], path]
        for option in command.options {
            let text = [option.name, option.value].compactMap(\.self).joined(separator: " ")
            words.append((option.isRequired ? text : "[\(text)]") + (option.repeats ? "…" : ""))
        }
        if !command.subcommands.isEmpty { words.append(Words(en: "COMMAND …", sv: "KOMMANDO …")[language]) }
        if let operands = command.operands {
            let name = operands.name + (operands.counts.upperBound > 1 ? "…" : "")
            words.append(operands.counts.lowerBound == 0 ? "[\(name)]" : name)
        }
        return words.joined(separator: " ")
    }

    private var optionRows: [(String, String)] {
        let own = command.options.map { option in
            ([option.name, option.value].compactMap(\.self).joined(separator: " "), option.help[language])
        }
        return own + [
            ("--language en|sv", Words(en: "the language of messages", sv: "meddelandenas språk")[language]),
            ("--help", Words(en: "this text", sv: "denna text")[language]),
        ]
    }

    private static func table(_ rows: [(String, String)]) -> String {
        let width = min(24, rows.map(\.0.count).max() ?? 0)
        return rows.map { left, right in
            let gap = left.count <= width ? String(repeating: " ", count: width - left.count) : ""
            let wrap = left.count <= width ? "" : "\n" + String(repeating: " ", count: width + 2)
            return "  \(left)\(gap)\(wrap)  \(right)"
        }
        .joined(separator: "\n")
    }
}
