import Foundation

/// Asks for what must not be seen: typed without an echo, or the first line of standard input where that is no terminal.
public enum SecretPrompt {
    public static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    /// - Parameter text: What is asked, shown on a terminal only.
    /// - Returns: What was typed, without its line end.
    /// - Throws: ``BlankettError`` `nothing-typed` at the end of input.
    public static func ask(_ text: String) throws(BlankettError) -> String {
        var before = termios()
        let isTerminal = isTerminal && tcgetattr(STDIN_FILENO, &before) == 0
        if isTerminal {
            var silent = before
            silent.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
            try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
        }
        defer {
            if isTerminal {
                tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
                try? FileHandle.standardError.write(contentsOf: Data("\n".utf8))
            }
        }
        guard let line = readLine(strippingNewline: true) else {
            throw BlankettError(
                "nothing-typed", exit: .badInput, "Nothing was given.", advice: "Type it, or pipe it in.")
        }
        return line
    }
}
