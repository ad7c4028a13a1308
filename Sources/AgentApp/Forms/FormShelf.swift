import Delivery
import Forms
public import Foundation
import Support

/// The form packages that were taken into force at this station: each version in a folder of its own, which stays.
public struct FormShelf: Sendable {
    public let folder: URL

    /// - Parameter folder: Is made when it is needed.
    public init(_ folder: URL) {
        self.folder = folder
    }

    /// Makes the folder, so that who reads knows where forms will be, and removes what an interrupted load has left.
    public func makeReady() throws {
        try DurableFile.makeFolder(folder)
        for name in names where name.hasPrefix(".") {
            try? FileManager.default.removeItem(at: folder.appending(path: name))
        }
    }

    /// Whether there is any form in it.
    public var hasForms: Bool { names.contains { !$0.hasPrefix(".") } }

    private var names: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
    }

    /// Unpacks a package, lets `accept` look at it, and puts it in its place: whole, or not at all.
    ///
    /// - Parameters:
    ///   - package: Names of files and folders in it were checked.
    ///   - accept: Looks at the unpacked package, and throws when it is not to be kept.
    /// - Returns: The package where it lies from now on.
    /// - Throws: What `accept` throws, or ``BlankettError`` of the disk.
    func take(_ package: Package, accept: (FormPackage) async throws -> Void) async throws -> FormPackage {
        let temporary = folder.appending(path: ".\(UUIDv7())", directoryHint: .isDirectory)
        defer { try? FileManager.default.removeItem(at: temporary) }
        try DurableFile.makeFolder(folder)
        try DurableFile.makeFolder(temporary)
        for file in package.files {
            try DurableFile.write([UInt8](file.bytes), to: temporary.appending(path: file.name))
        }
        let unpacked: FormPackage
        do throws(FormPackageProblems) {
            unpacked = try FormPackage.load(temporary)
        } catch {
            let first = error.problems.first.map { "\($0.path): \($0.message) \($0.advice)" }
            throw BlankettError(
                "forms-broken", exit: .badInput, "The form \(package.id) cannot be used.", advice: first)
        }
        guard unpacked.template.key == FormKey(id: package.id, version: package.version) else {
            throw BlankettError("package-broken", exit: .badInput, "The package is another form than it says.")
        }
        try await accept(unpacked)
        let goal = folder.appending(path: "\(package.id)-\(package.version)", directoryHint: .isDirectory)
        do {
            // Fails where something is: no version is ever replaced.
            try FileManager.default.moveItem(at: temporary, to: goal)
        } catch {
            throw BlankettError(
                "storage-failed", exit: .storage, "The form cannot be put in its place.",
                advice: "Check the data folder: its disk, its owner, and that this user may write there.", cause: error)
        }
        try DurableFile.syncFolder(folder)
        return FormPackage(folder: goal, template: unpacked.template)
    }
}
