import Foundation
import Support

/// The files of one draft: each sealed for this draft and its own name, so that one that was changed or swapped does not open.
///
/// Drafts of earlier versions lie in clear. Such a one opens until it is sealed; its `draft.json` is sealed last, and once
/// that is sealed nothing in clear is believed.
struct DraftFiles: Sendable {
    static let main = "draft.json"
    /// What a sealed file begins with; none that was ever kept in clear does.
    private static let mark = Array("blankett-sealed/1\n".utf8)

    let folder: URL
    let id: UUIDv7
    let sealer: any Sealer

    /// What a file holds.
    ///
    /// - Parameter name: May have one folder in it, such as `package/form.json5`.
    /// - Returns: `nil` where there is no such file.
    /// - Throws: ``BlankettError`` `draft-damaged`.
    func read(_ name: String) throws(BlankettError) -> [UInt8]? {
        guard FileManager.default.fileExists(atPath: path(of: name)) else { return nil }
        do {
            let bytes = [UInt8](try Data(contentsOf: url(of: name)))
            guard bytes.starts(with: Self.mark) else {
                guard name == Self.main || !isSealed(Self.main) else { throw CocoaError(.fileReadCorruptFile) }
                return bytes
            }
            return try sealer.open(Array(bytes.dropFirst(Self.mark.count)), context: context(of: name))
        } catch {
            throw Self.damaged(error)
        }
    }

    /// - Throws: ``BlankettError``, such as `storage-full`.
    func write(_ bytes: [UInt8], to name: String) throws(BlankettError) {
        try DurableFile.write(Self.mark + sealer.seal(bytes, context: context(of: name)), to: url(of: name))
    }

    func remove(_ name: String) {
        try? FileManager.default.removeItem(at: url(of: name))
    }

    /// The names of the files of a folder.
    func names(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path(of: folder))) ?? []
        return names.filter { !$0.hasPrefix(".") }.map { "\(folder)/\($0)" }.filter(isFile).sorted()
    }

    /// Whether it is a draft of an earlier version, not all of which is sealed.
    var isInClear: Bool { isFile(Self.main) && !isSealed(Self.main) }

    /// Seals what still lies in clear, and removes what was left of it; the main file is not touched.
    ///
    /// Each file is replaced whole, so it does not matter where this is killed.
    func sealRest() throws(BlankettError) {
        guard !isSealed(Self.main) else { return }
        // A copy that an earlier version made for a self-test.
        remove("proof")
        for place in ["", "package/"] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path(of: place))) ?? []
            // A write that was cut short.
            for name in names where name.hasPrefix(".") { remove(place + name) }
            for name in names.map({ place + $0 }) where name != Self.main && isFile(name) && !isSealed(name) {
                if let bytes = try read(name) { try write(bytes, to: name) }
            }
        }
    }

    private func isFile(_ name: String) -> Bool {
        (try? url(of: name).resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true
    }

    private func isSealed(_ name: String) -> Bool {
        guard let handle = try? FileHandle(forReadingFrom: url(of: name)) else { return false }
        return (try? handle.read(upToCount: Self.mark.count)).map { [UInt8]($0) } == Self.mark
    }

    private func url(of name: String) -> URL { folder.appending(path: name) }
    private func path(of name: String) -> String { url(of: name).path(percentEncoded: false) }
    private func context(of name: String) -> String { "draft:\(id)/\(name)" }

    static let damagedCode = "draft-damaged"

    static func damaged(_ cause: (any Error)?) -> BlankettError {
        BlankettError(
            damagedCode, exit: .storage, "A file of the draft was changed, or cannot be read.",
            advice: "Restore the data folder from its backup, or remove the draft and begin anew.", cause: cause)
    }
}
