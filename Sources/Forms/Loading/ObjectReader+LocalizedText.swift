import Support

extension ObjectReader {
    func localizedText(_ key: String) -> LocalizedText? {
        guard let located = self.located(key) else { return nil }
        if located.value.stringValue != nil { return string(key).map { LocalizedText(stringLiteral: $0) } }
        guard let texts = located.value.objectValue, !texts.isEmpty else {
            mismatch(key, expected: "a text or { language: text }", example: "{ sv: \"…\", en: \"…\" }")
            return nil
        }
        for (language, text) in texts.sorted(by: { $0.key < $1.key }) {
            let path = located.path.member(language)
            if language.wholeMatch(of: /[a-z]{2,3}/) == nil {
                located.log.report(
                    path, "\"\(language)\" is no language code.", "Write two letters, such as sv, en or fi.")
            }
            if text.stringValue == nil {
                located.log.report(path, "Here must be a text, not \(text.kindName).", "Write it in quotes.")
            }
        }
        return LocalizedText(texts.compactMapValues(\.stringValue))
    }
}
