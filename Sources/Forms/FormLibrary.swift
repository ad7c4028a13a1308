public import Foundation
public import Support

/// All forms that are known at once: no two with the same id and version.
public struct FormLibrary: Sendable, Hashable {
    /// By id, then version.
    public var packages: [FormPackage]

    public init(packages: [FormPackage] = []) {
        self.packages = packages.sorted { $0.template.key < $1.template.key }
    }

    public subscript(key: FormKey) -> FormPackage? {
        packages.first { $0.template.key == key }
    }

    /// Loads packages; nothing is loaded when one of them is wrong.
    ///
    /// - Parameter folders: Packages, or folders of packages.
    /// - Returns: The library.
    /// - Throws: All problems of all packages.
    public static func load(_ folders: [URL]) throws(FormPackageProblems) -> FormLibrary {
        let examination = examine(folders)
        guard examination.problems.isEmpty else { throw FormPackageProblems(examination.problems) }
        return examination.library
    }

    /// Loads what is right and tells what is not: one bad package must not stop the others on a kiosk.
    ///
    /// - Parameter folders: Packages, or folders of packages.
    /// - Returns: The packages that can be used, and the problems of the others.
    public static func examine(_ folders: [URL]) -> (library: FormLibrary, problems: [FormProblem]) {
        var packages: [FormKey: FormPackage] = [:]
        var problems: [FormProblem] = []
        for folder in folders {
            let candidates = packageFolders(in: folder)
            if candidates.isEmpty {
                problems.append(
                    FormProblem(
                        file: folder.relativePath, message: "There is no form package here.",
                        advice: "Name a folder that has a \(FormPackage.templateName), or one with such folders in it.")
                )
            }
            for candidate in candidates {
                do throws(FormPackageProblems) {
                    let package = try FormPackage.load(candidate)
                    let key = package.template.key
                    if let other = packages[key], other.folder.standardized != candidate.standardized {
                        problems.append(
                            FormProblem(
                                file: candidate.appending(path: FormPackage.templateName).relativePath, path: "version",
                                message: "\(key) is already in \(other.folder.relativePath).",
                                advice: "Count the version up, or leave one of the two out."))
                    } else {
                        packages[key] = package
                    }
                } catch {
                    problems += error.problems
                }
            }
        }
        return (FormLibrary(packages: Array(packages.values)), problems)
    }

    /// The folder itself when it is a package, else the packages directly inside, by name.
    private static func packageFolders(in folder: URL) -> [URL] {
        func isPackage(_ url: URL) -> Bool {
            FileManager.default.fileExists(atPath: url.appending(path: FormPackage.templateName).path())
        }
        if isPackage(folder) { return [folder] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return names.sorted().map { folder.appending(path: $0) }.filter(isPackage)
    }
}
