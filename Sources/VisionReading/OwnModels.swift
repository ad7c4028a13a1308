import Foundation

/// The models that we trained and that come with the program.
enum OwnModels {
    /// The folder that has `file`; `nil` where the program came without it.
    static func folder(with file: String) -> URL? {
        // `Bundle.module` ends the process where it finds nothing, so the places are looked at by hand.
        let program = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        let places = [
            program?.appending(path: "Blankett_VisionReading.resources/Models"),
            program?.appending(path: "../share/blankett/models"),
        ]
        func has(_ folder: URL) -> Bool {
            FileManager.default.isReadableFile(atPath: folder.appending(path: file).path(percentEncoded: false))
        }
        if let folder = places.compactMap(\.self).first(where: has) { return folder }
        // Tests run in a program of the toolchain's, which lies elsewhere.
        let module = Bundle.module.bundleURL.appending(path: "Models")
        return has(module) ? module : nil
    }
}
