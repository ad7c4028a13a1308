public import Foundation
public import Support

/// Everything that is wrong with a device profile file.
public struct DeviceProfileProblems: Error, Sendable, Hashable, CustomStringConvertible {
    /// At least one, in the order of the lines.
    public var problems: [FileProblem]

    public init(problems: [FileProblem]) {
        self.problems = problems
    }

    /// - Parameters:
    ///   - refusal: Why a file was not even read.
    ///   - file: What to call it.
    public init(_ refusal: PlainFile.Refusal, file: String) {
        problems = [FileProblem(file: file, message: refusal.message, advice: refusal.advice)]
    }

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

extension DeviceProfileFile {
    /// Reads and checks a file that a person wrote.
    ///
    /// - Parameter url: A JSON5 file.
    /// - Throws: ``DeviceProfileProblems`` with all that is wrong, each with its place.
    public init(contentsOf url: URL) throws(DeviceProfileProblems) {
        let name = url.lastPathComponent
        let bytes: [UInt8]
        do throws(PlainFile.Refusal) {
            bytes = try PlainFile.read(url, atMost: DeviceProfileFormat.largestFile)
        } catch {
            throw DeviceProfileProblems(error, file: name)
        }
        try self.init(bytes, file: name)
    }

    /// Reads and checks a file's text.
    ///
    /// - Parameters:
    ///   - text: JSON5 in UTF-8.
    ///   - file: What problems call the file.
    /// - Throws: ``DeviceProfileProblems``.
    public init(_ text: [UInt8], file: String) throws(DeviceProfileProblems) {
        do throws(JSON5File.Refusal) {
            self = try JSON5File.read(text, file: file, DeviceProfileLoader.load)
        } catch {
            throw DeviceProfileProblems(problems: error.problems)
        }
    }
}
