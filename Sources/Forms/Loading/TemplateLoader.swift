import Foundation
import Support

/// Reads a whole template: `form.json5` and what it says of the files beside it.
struct TemplateLoader {
    private let reader: ObjectReader
    private let files: PackageFiles

    static func load(_ located: Located, files: PackageFiles) -> FormTemplate? {
        guard let reader = ObjectReader(located, as: FormFormat.form) else { return nil }
        // A later format may mean other things by the same keys: nothing else in it can be judged.
        guard let format = reader.string("format", example: "\"\(FormFormat.name)\"") else { return nil }
        guard format == FormFormat.name else {
            reader.report(
                "format", "The format \"\(format)\" is not known here.",
                "This Blankett reads \"\(FormFormat.name)\"; a newer one may be needed.")
            return nil
        }
        return TemplateLoader(reader: reader, files: files).template()
    }

    private func template() -> FormTemplate? {
        let id = reader.string("id").flatMap(checkedID)
        let version = reader.integer("version", in: 1...999_999, example: "1")
        let name = reader.localizedText("name")
        let pages = self.pages()
        let identification = self.identification()
        let errorTarget = self.errorTarget()
        let loaded = self.fields(pageCount: pages.count)
        let fields = loaded.map(\.field)
        PlacementCheck(pages: pages, fields: loaded).run()
        let byName = Dictionary(fields.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let rules = (reader.elements("rules") ?? []).compactMap { RuleLoader.load($0, fields: byName) }
        let output = OutputLoader.load(reader.located("output"), fields: loaded, files: files)
        guard let id, let version, let name else { return nil }
        return FormTemplate(
            id: id, version: version, name: name, pages: pages, identification: identification,
            errorTarget: errorTarget, fields: fields, rules: rules, output: output)
    }

    private func checkedID(_ id: String) -> String? {
        if id.wholeMatch(of: /[a-z0-9][a-z0-9-]{0,63}/) != nil { return id }
        reader.report(
            "id", "\"\(id)\" cannot be a form's id.",
            "Use up to 64 small letters a-z, digits and -, such as \"ansokan-bistand\".")
        return nil
    }

    private func pages() -> [FormTemplate.Page] {
        guard let elements = reader.elements("pages") else { return [] }
        if elements.isEmpty {
            reader.report("pages", "The form has no page.", "Add { image: \"page-1.png\", width: 210, height: 297 }.")
        }
        var seen: Set<String> = []
        return elements.map { element in
            // A page that cannot be read still counts, so that the fields of the others find theirs.
            var page = FormTemplate.Page(image: "", width: 0, height: 0)
            guard let reader = ObjectReader(element, as: FormFormat.page) else { return page }
            page.width = reader.number("width", above: 0, example: "210") ?? 0
            page.height = reader.number("height", above: 0, example: "297") ?? 0
            guard let image = reader.string("image", example: "\"page-1.png\"") else { return page }
            page.image = image
            if !seen.insert(image).inserted {
                reader.report("image", "\"\(image)\" is named for two pages.", "Give each page its own picture.")
            } else if page.width > 0, page.height > 0 {
                files.checkBlank(
                    image, width: page.width, height: page.height, log: reader.located.log,
                    path: reader.path.member("image"))
            }
            return page
        }
    }

    private func identification() -> FormTemplate.Identification {
        guard let located = reader.located("identification"),
            let identification = ObjectReader(located, as: FormFormat.identification)
        else { return .init() }
        let barcode = identification.string("barcode", example: "\"^SOC1042-3$\"")
        if let barcode, (try? Regex(barcode)) == nil {
            identification.report(
                "barcode", "\"\(barcode)\" is no regular expression.",
                "Write a backslash before signs that stand for themselves, and close what you open.")
        }
        return .init(text: identification.string("text"), barcode: barcode)
    }

    private func errorTarget() -> Double {
        guard let target = reader.number("errorTarget", above: 0, example: "0.001") else { return 0.001 }
        if target > 0.1 {
            reader.report(
                "errorTarget", "An errorTarget of \(target) lets more than one field in ten be wrong.",
                "Write a share up to 0.1, such as 0.001 for one in a thousand.")
        }
        return target
    }

    private func fields(pageCount: Int) -> [LocatedField] {
        guard let elements = reader.elements("fields") else { return [] }
        if elements.isEmpty { reader.report("fields", "The form has no field.", "Add at least one.") }
        var seen: Set<String> = []
        return elements.compactMap { element -> LocatedField? in
            let name = element.value["name"]?.stringValue
            if let name, !seen.insert(name).inserted, let located = element.member("name") {
                located.report("The name \"\(name)\" stands twice.", "Give each field its own name.")
            }
            return FieldLoader.load(element, pageCount: pageCount, files: files).map {
                LocatedField(field: $0, located: element)
            }
        }
    }
}

/// A field together with where it stands in the template.
struct LocatedField {
    var field: Field
    var located: Located
}
