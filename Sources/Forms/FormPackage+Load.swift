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
        do throws(JSON5File.Refusal) {
            let template = try JSON5File.read([UInt8](text), file: file) {
                TemplateLoader.load($0, files: PackageFiles(folder: folder))
            }
            return FormPackage(folder: folder, template: template)
        } catch {
            throw FormPackageProblems(error.problems)
        }
    }
}
