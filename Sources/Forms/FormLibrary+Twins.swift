import Foundation
public import Support

extension FormLibrary {
    /// Forms with different ids on the very same paper, each group by id: a page of one is a page of the others too.
    ///
    /// Only blanks that are the same files are seen here; others are when a page comes. Forms that all name another barcode
    /// are told apart by it. Looks at the files' sizes, and at the bytes of those that have the same.
    public var twins: [[FormKey]] {
        let sized = Dictionary(grouping: packages) { package in
            package.template.pages.indices.map { package.blankSize($0 + 1) }
        }
        return sized.values.filter { $0.count > 1 }.flatMap { group in
            Dictionary(grouping: group, by: \.blankHashes).values
        }.filter { group in
            let codes = group.map(\.template.identification.barcode)
            let areTold = !codes.contains(nil) && Set(codes).count == codes.count
            return Set(group.map(\.template.id)).count > 1 && !areTold
        }.map { $0.map(\.template.key).sorted() }.sorted { $0[0] < $1[0] }
    }

    /// What a technician is told of ``twins``: no mistake in any one package, but pages that will all be asked about.
    ///
    /// - Returns: One for each package but the first of a group, in the order of the groups.
    public var twinRemarks: [FormProblem] {
        twins.flatMap { group in
            group.dropFirst().compactMap { key in
                guard let package = self[key], let other = group.first(where: { $0.id != key.id }) else { return nil }
                return FormProblem(
                    file: package.folder.appending(path: FormPackage.templateName).relativePath, path: "id",
                    message: "\(key) has the same blank pages as \(other), so every page of either is asked about.",
                    advice: "Print a number or a barcode on one of them, or leave one out.")
            }
        }
    }
}

extension FormPackage {
    /// In bytes; `nil` where there is no such file.
    fileprivate func blankSize(_ page: Int) -> Int? {
        (try? blank(page).resourceValues(forKeys: [.fileSizeKey]))?.fileSize
    }

    fileprivate var blankHashes: [String] {
        template.pages.indices.map { index in
            (try? Data(contentsOf: blank(index + 1))).map { SHA256.hexadecimal(of: [UInt8]($0)) } ?? "\(template.key)"
        }
    }
}
