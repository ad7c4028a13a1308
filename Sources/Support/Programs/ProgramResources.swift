public import Foundation

/// Finds the files that belong to a program, wherever it was started from.
public enum ProgramResources {
    /// The folder of a target's resources beside the program, where it was installed, or where it was built.
    ///
    /// - Parameters:
    ///   - name: The resource folder.
    ///   - target: Whose resources they are.
    ///   - installed: The folder in `share/blankett`.
    ///   - bundle: `Bundle.module.bundleURL`; it is asked last, for finding nothing there ends the process.
    /// - Returns: The folder; the last place is given without a look.
    public static func folder(
        _ name: String, of target: String, installed: String, builtAt bundle: @autoclosure () -> URL
    ) -> URL {
        let program = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        let places = [
            program?.appending(path: "Blankett_\(target).resources/\(name)"),
            program?.appending(path: "../share/blankett/\(installed)"),
        ]
        return places.compactMap(\.self).first { FileManager.default.fileExists(atPath: $0.path()) }
            ?? bundle().appending(path: name)
    }
}
