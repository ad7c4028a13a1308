public import Forms
import Foundation
import Reading

extension DocumentRules {
    /// The rules of the forms that are loaded.
    ///
    /// - Parameter library: All forms of the station.
    public init(_ library: FormLibrary) {
        let templates = Dictionary(uniqueKeysWithValues: library.packages.map { ($0.template.key, $0.template) })
        // Words of `code` fields that stand in a file of their own, by form and field.
        var lists: [String: [String]] = [:]
        for package in library.packages {
            for field in package.template.fields {
                guard let name = field.list,
                    let text = try? String(contentsOf: package.folder.appending(path: name), encoding: .utf8)
                else { continue }
                lists["\(package.template.key) \(field.name)"] = text.split(whereSeparator: \.isNewline).map(
                    String.init)
            }
        }
        let words = lists
        let all = Array(templates.values)
        self.init(
            templates: templates, assemble: { DocumentAssembler.assemble($0, templates: all) },
            normalize: { text, field, form in field.normalize(text, list: words["\(form) \(field.name)"] ?? []) },
            reconsider: { reading, template in reading.assessed(by: template) })
    }
}
