public import Foundation
import Support

extension FormPackage {
    /// The file in a package that says what the form is.
    package static let templateName = "form.json5"

    /// Loads a package and checks all of it.
    ///
    /// - Parameter folder: The package's folder.
    /// - Returns: The package; everything that can be checked without reading a page is right.
    /// - Throws: All problems that were found, not only the first.
    public static func load(_ folder: URL) throws(FormPackageProblems) -> FormPackage {
        let url = folder.appending(path: templateName)
        let file = url.relativePath
        let text: Data
        do {
            text = try Data(contentsOf: url)
        } catch {
            throw FormPackageProblems([
                FormProblem(
                    file: file, message: "There is no \(templateName) that can be read.",
                    advice: "A form package is a folder with \(templateName) and the blank pages.")
            ])
        }
        let value: JSONValue
        do {
            value = try JSONCoding.decode(from: text, json5: true)
        } catch {
            throw FormPackageProblems([.notJSON5(file, text: [UInt8](text))])
        }
        let outline = JSON5Outline([UInt8](text))
        let log = ProblemLog(file: file, outline: outline)
        for path in outline.repeatedKeys {
            log.report(path, "The key stands twice in the same object.", "Leave one of them out.")
        }
        let template = TemplateLoader.load(
            Located(value: value, path: JSONPath(), log: log), files: PackageFiles(folder: folder))
        guard let template, log.problems.isEmpty else {
            throw FormPackageProblems(
                log.problems.enumerated().sorted {
                    ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset)
                }
                .map(\.element))
        }
        return FormPackage(folder: folder, template: template)
    }
}
