import Delivery
import Forms
import Foundation
import Sealing
import Support

extension Command {
    static let publish = Command(
        "publish",
        summary: Words(
            en: "Hand form packages and device profiles to the kiosks: first to one, then to all",
            sv: "Lämna blanketter och skannerprofiler till kioskerna: först till en, sedan till alla"),
        options: [
            .config, .set,
            Option(
                "--first", value: "KIOSK",
                help: Words(
                    en: "only this kiosk gets it, until release", sv: "bara denna kiosk får det, tills release"),
                repeats: true),
            Option(
                "--key", value: "FILE",
                help: Words(
                    en: "sign with this key, made by blankett profiles key",
                    sv: "signera med denna nyckel, gjord av blankett profiles key")),
        ],
        operands: Operands(
            "PATH", counts: 1...1000,
            help: Words(
                en: "a folder with form.json5, or a file of device profiles",
                sv: "en mapp med form.json5, eller en fil med skannerprofiler"))
    ) { invocation in
        let shelf = try invocation.shelf()
        let key = try invocation.arguments["--key"].map { try SigningKey(file: URL(filePath: $0)) }
        let first = invocation.arguments.all("--first")
        for path in invocation.arguments.operands {
            let package = try Package(publishing: URL(filePath: path))
            let sign = key.map { key in { @Sendable (bytes: [UInt8]) in key.sign(bytes, for: Package.formatName) } }
            let isNew = try shelf.publish(package, sign: sign, first: first.isEmpty ? nil : first, now: Date())
            if isNew { try invocation.note("package.publish", package.id) }
            invocation.console.print("\(package.id)\t\(isNew ? "published" : "was there")")
        }
        return .done
    }

    static let release = Command(
        "release",
        summary: Words(
            en: "Give what one kiosk has tried to all of them", sv: "Ge det som en kiosk har provat till alla"),
        options: [.config, .set],
        operands: Operands(
            "ID", counts: 1...1, help: Words(en: "of the form or profile file", sv: "blankettens eller filens"))
    ) { invocation in
        let id = invocation.arguments.operands[0]
        guard let version = try invocation.shelf().release(id) else { throw BlankettError.notPublished(id) }
        try invocation.note("package.release", id)
        invocation.console.print("\(id) \(version)")
        return .done
    }

    static let withdraw = Command(
        "withdraw",
        summary: Words(
            en: "Take the newest version back; kiosks that have it keep it until a higher one comes",
            sv: "Ta tillbaka den nyaste versionen; kiosker som har den behåller den tills en högre kommer"),
        options: [.config, .set],
        operands: Operands(
            "ID", counts: 1...1, help: Words(en: "of the form or profile file", sv: "blankettens eller filens"))
    ) { invocation in
        let id = invocation.arguments.operands[0]
        guard let version = try invocation.shelf().withdraw(id) else { throw BlankettError.notPublished(id) }
        try invocation.note("package.withdraw", id)
        invocation.console.print("\(id) \(version)")
        return .done
    }
}

extension BlankettError {
    fileprivate static func notPublished(_ id: String) -> BlankettError {
        usage("Nothing named \(id) is published.")
    }
}

extension Invocation {
    fileprivate func shelf() throws -> PackageShelf {
        let configuration = try configuration()
        try DurableFile.makeFolder(configuration.dataFolder)
        try DurableFile.makeFolder(configuration.accessFolder ?? configuration.dataFolder)
        return PackageShelf(configuration.packageFolder)
    }
}

extension Package {
    /// Packs what a person named, after it was checked.
    fileprivate init(publishing url: URL) throws {
        guard let isFolder = (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory else {
            throw BlankettError.usage("There is nothing at \(url.path(percentEncoded: false)).")
        }
        guard isFolder else {
            guard url.pathExtension == "json5" else {
                throw BlankettError.usage("\(url.lastPathComponent) is neither a form's folder nor a .json5 file.")
            }
            try self.init(
                packing: url, kind: .profiles, id: url.deletingPathExtension().lastPathComponent, version: 1)
            return
        }
        let library: FormLibrary
        do {
            library = try FormLibrary.load([url])
        } catch {
            throw BlankettError("forms-broken", exit: .badInput, "\(error)", advice: "See blankett forms check.")
        }
        guard let template = library.packages.first?.template, library.packages.count == 1 else {
            throw BlankettError.usage("\(url.lastPathComponent) is not the folder of one form.")
        }
        try self.init(packing: url, kind: .form, id: template.id, version: template.version)
    }
}
