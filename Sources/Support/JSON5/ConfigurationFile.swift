package import Foundation

/// The file that an administrator writes for one of the services.
package enum ConfigurationFile {
    /// Reads a configuration.
    ///
    /// - Parameters:
    ///   - url: A JSON5 file.
    ///   - load: Makes the configuration, or reports why it cannot.
    /// - Returns: What `load` made.
    /// - Throws: ``BlankettError`` that tells all problems of the file at once.
    package static func read<Configuration>(
        _ url: URL, _ load: (Located) -> Configuration?
    ) throws(BlankettError) -> Configuration {
        guard let text = try? Data(contentsOf: url) else {
            throw BlankettError(
                "configuration-missing", exit: .badInput, "The configuration file \(url.path()) cannot be read.",
                advice: "Give its path with --config.")
        }
        do throws(JSON5File.Refusal) {
            return try JSON5File.read([UInt8](text), file: url.lastPathComponent, load)
        } catch {
            throw BlankettError(
                "configuration-broken", exit: .badInput,
                error.problems.map(\.description).joined(separator: "\n"))
        }
    }
}
