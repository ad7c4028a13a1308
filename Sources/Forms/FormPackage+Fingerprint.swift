import Foundation
import Support

extension FormPackage {
    /// SHA-256 over all that decides how the form is read: its `form.json5` and the files that it names.
    ///
    /// Two packages with the same fingerprint are the same form, wherever they lie and whatever else lies beside them.
    public var fingerprint: String {
        let lists = template.fields.compactMap(\.list)
        let names =
            [Self.templateName] + template.pages.map(\.image) + lists + [template.output?.schema].compactMap { $0 }
        var summary = ""
        for name in Set(names).sorted() {
            let bytes = (try? Data(contentsOf: folder.appending(path: name))) ?? Data()
            summary += "\(SHA256.hexadecimal(of: [UInt8](bytes)))  \(name)\n"
        }
        return SHA256.hexadecimal(of: Array(summary.utf8))
    }
}
