import Foundation
import Support

/// Where the demo finds the forms, and keeps what its programs write.
struct DemoFolder {
    /// Where the programs lie: beside this one.
    let programs: URL
    /// Form packages, among them the demo's.
    let forms: URL
    /// Device profiles.
    let profiles: URL
    /// Filled sheets of the demo's form, in the order in which they are fed.
    let paper: [URL]
    /// A fresh folder for data and logs.
    let data: URL

    /// - Throws: ``BlankettError`` when the forms or the paper are not there.
    init(environment: [String: String]) throws {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        programs = URL(filePath: own).deletingLastPathComponent()
        guard let home = Self.home(above: programs) else {
            throw BlankettError(
                "forms-missing", exit: .badInput, "The demo's form was not found near \(programs.path()).",
                advice: "Run the demo out of a checkout, or install Blankett's shared files.")
        }
        // With all forms that could be had here, the demo also shows that the right one is found among them.
        let assembled = home.appending(path: ".build/forms")
        let hasAssembled = FileManager.default.fileExists(atPath: assembled.appending(path: Self.form).path())
        forms = hasAssembled ? assembled : home.appending(path: "forms")
        profiles = home.appending(path: "device-profiles")
        let samples = home.appending(path: "forms/\(Self.form)/samples")
        let names = try FileManager.default.contentsOfDirectory(atPath: samples.path()).filter { $0.hasSuffix(".jpg") }
        // The first copy is one that needs nobody; the others show what a clerk does.
        let (clean, others) = (names.filter { $0.hasPrefix(Self.clean) }, names.filter { !$0.hasPrefix(Self.clean) })
        paper = (clean.sorted() + others.sorted()).map { samples.appending(path: $0) }
        data = FileManager.default.temporaryDirectory.appending(path: "blankett-demo-\(UUIDv7())")
        try FileManager.default.createDirectory(
            at: data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    static let form = "exempelstad-bistand"
    private static let clean = "4-hand"

    func program(_ name: String) -> URL { programs.appending(path: name) }

    func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> URL {
        let file = data.appending(path: name)
        try Data(text.utf8).write(to: file, options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path())
        return file
    }

    func remove() {
        try? FileManager.default.removeItem(at: data)
    }

    /// The nearest folder above that holds `forms`, else where a package would have put it.
    private static func home(above folder: URL) -> URL? {
        let up = sequence(first: folder) { $0.path() == "/" ? nil : $0.deletingLastPathComponent().standardized }
        return (Array(up.prefix(8)) + [URL(filePath: "/usr/share/blankett")]).first {
            FileManager.default.fileExists(atPath: $0.appending(path: "forms/\(form)/samples").path())
        }
    }
}
