public import Foundation
public import Support

/// The device profiles in force at one station: those that were loaded, and those that lie in folders.
///
/// What is loaded is checked whole and stored in one file, so that after a power cut either all of a load is in force or
/// nothing of it. Versions only rise, also across a file that was replaced. Where keys are trusted, nothing unsigned is
/// in force, wherever it lies.
public actor DeviceProfileStore {
    /// A file that somebody wants to have in force.
    public struct Upload: Sendable, Hashable, Codable {
        /// The file's name, without a folder.
        public var name: String
        public var contents: [UInt8]
        /// What stands in the file beside it, `NAME.sig`.
        public var signature: [UInt8]?

        public init(name: String, contents: [UInt8], signature: [UInt8]? = nil) {
            self.name = name
            self.contents = contents
            self.signature = signature
        }

        /// Reads a file, and its signature where there is one.
        ///
        /// - Parameter file: A plain file.
        /// - Throws: ``PlainFile/Refusal``.
        public init(file: URL) throws(PlainFile.Refusal) {
            name = file.lastPathComponent
            contents = try PlainFile.read(file, atMost: DeviceProfileFormat.largestFile)
            let beside = FileSignature.url(beside: file)
            if FileManager.default.fileExists(atPath: beside.path(percentEncoded: false)) {
                signature = try PlainFile.read(beside, atMost: FileSignature.largestFile)
            }
        }
    }

    /// A file in force.
    public struct Entry: Sendable, Hashable {
        public var name: String
        public var file: DeviceProfileFile
        /// `nil` for a file that nobody who is trusted here has signed.
        public var signer: PublicKey?
        /// Whether it was loaded, rather than lying in a folder.
        public var isLoaded: Bool
    }

    /// What the store's own file holds.
    private struct Stored: Codable {
        struct File: Codable {
            var contents: String
            var signature: String?
        }

        var format = "blankett-profile-store/1"
        var files: [String: File] = [:]
        /// The highest version that was ever loaded, by maker and device.
        var versions: [String: Int] = [:]
    }

    /// What is wrong with files that are therefore not in force.
    public private(set) var problems: [FileProblem] = []
    public private(set) var library = DeviceProfileLibrary([])
    public private(set) var entries: [Entry] = []

    /// Rings when others are in force.
    public nonisolated let changes = Bell()

    private let trusted: [PublicKey]
    private let storeFile: URL
    private let found: [Entry]
    private var stored = Stored()

    /// - Parameters:
    ///   - storeFile: Where loaded files are kept; need not exist.
    ///   - folders: Where others lie, those that count more first; one that does not exist is passed over.
    ///   - trusted: Whose signature is demanded; empty takes unsigned files too.
    public init(storeFile: URL, folders: [URL], trusted: [PublicKey] = []) {
        self.storeFile = storeFile
        self.trusted = trusted
        var problems: [FileProblem] = []
        var found: [Entry] = []
        for file in folders.flatMap(Self.files) {
            do throws(DeviceProfileProblems) {
                found.append(try Self.entry(try Self.upload(file), trusted: trusted, isLoaded: false))
            } catch {
                problems += error.problems
            }
        }
        self.found = found
        var loaded: [Entry] = []
        do throws(DeviceProfileProblems) {
            stored = try Self.read(storeFile)
            for (name, file) in stored.files.sorted(by: { $0.key < $1.key }) {
                do throws(DeviceProfileProblems) {
                    loaded.append(try Self.entry(Self.upload(name, file), trusted: trusted, isLoaded: true))
                } catch {
                    problems += error.problems
                }
            }
        } catch {
            problems += error.problems
        }
        self.problems = problems
        entries = loaded + found
        library = DeviceProfileLibrary(entries.map(\.file))
    }

    /// Takes files into force, all of them or none; batches that run keep what they began with.
    ///
    /// - Parameter uploads: A file of the same name that was loaded earlier is replaced.
    /// - Returns: What is now in force of them.
    /// - Throws: ``DeviceProfileProblems`` with everything that is wrong; ``BlankettError`` when they cannot be stored.
    public func load(_ uploads: [Upload]) throws -> [Entry] {
        var problems: [FileProblem] = []
        var new: [Entry] = []
        for upload in uploads {
            do throws(DeviceProfileProblems) {
                let entry = try Self.entry(upload, trusted: trusted, isLoaded: true)
                problems += versionProblems(entry, upload, besides: new)
                new.append(entry)
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw DeviceProfileProblems(problems: problems) }

        var next = stored
        for (upload, entry) in zip(uploads, new) {
            next.files[upload.name] = Stored.File(
                contents: String(decoding: upload.contents, as: UTF8.self),
                signature: upload.signature.map { String(decoding: $0, as: UTF8.self) })
            for device in entry.file.devices { next.versions[Self.key(entry.file, device)] = device.version }
        }
        try? FileManager.default.createDirectory(
            at: storeFile.deletingLastPathComponent(), withIntermediateDirectories: true)
        try DurableFile.write(try JSONCoding.encode(next, pretty: true), to: storeFile)
        stored = next
        let names = Set(new.map(\.name))
        let kept = entries.filter { $0.isLoaded && !names.contains($0.name) }
        entries = (kept + new).sorted { $0.name < $1.name } + found
        library = DeviceProfileLibrary(entries.map(\.file))
        self.problems.removeAll { names.contains($0.file) }
        changes.ring()
        return new
    }

    /// Checks one file as ``load(_:)`` would, but for its version.
    ///
    /// - Parameters:
    ///   - upload: The file.
    ///   - trusted: Whose signature is demanded.
    ///   - isLoaded: Whether it counts as loaded.
    /// - Returns: The file as it would be in force.
    /// - Throws: ``DeviceProfileProblems``.
    public static func entry(
        _ upload: Upload, trusted: [PublicKey], isLoaded: Bool = true
    ) throws(DeviceProfileProblems) -> Entry {
        guard upload.name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.json5/) != nil else {
            throw DeviceProfileProblems(problems: [
                FileProblem(
                    file: String(upload.name.prefix(120)), message: "This cannot be the name of a profile file.",
                    advice: "Use letters a-z, digits, dots and hyphens, with .json5 at the end.")
            ])
        }
        // First who says it: what nobody vouches for is not even parsed.
        let signer = try signer(of: upload, trusted: trusted)
        guard upload.contents.count <= DeviceProfileFormat.largestFile else {
            throw DeviceProfileProblems(problems: [
                FileProblem(
                    file: upload.name,
                    message:
                        "The file has \(upload.contents.count) bytes; more than \(DeviceProfileFormat.largestFile) are not read.",
                    advice: "Check that it is the right one, or split it.")
            ])
        }
        let file = try DeviceProfileFile(upload.contents, file: upload.name)
        return Entry(name: upload.name, file: file, signer: signer, isLoaded: isLoaded)
    }

    private static func signer(
        of upload: Upload, trusted: [PublicKey]
    ) throws(DeviceProfileProblems) -> PublicKey? {
        do throws(BlankettError) {
            guard let text = upload.signature else {
                if trusted.isEmpty { return nil }
                throw BlankettError(
                    "not-signed", exit: .notAllowed, "The file is not signed, and this station demands it.",
                    advice: "Have it signed with blankett profiles sign, and keep \(upload.name).sig beside it.")
            }
            let signature = try FileSignature(text)
            // Without trusted keys a signature vouches for nobody, but one that is wrong shows that something changed.
            let keys = trusted.isEmpty ? [signature.key].compactMap { PublicKey($0) } : trusted
            let signer = try signature.signer(of: upload.contents, for: DeviceProfileFile.formatName, trusted: keys)
            return trusted.isEmpty ? nil : signer
        } catch {
            throw DeviceProfileProblems(problems: [
                FileProblem(file: upload.name, message: error.message, advice: error.advice ?? "")
            ])
        }
    }

    /// What speaks against the versions of a file's devices: they only rise.
    private func versionProblems(_ entry: Entry, _ upload: Upload, besides new: [Entry]) -> [FileProblem] {
        let outline = JSON5Outline(upload.contents)
        return entry.file.devices.enumerated().compactMap { index, device in
            let path = JSONPath().member("devices").element(index).member("version")
            func problem(_ message: String, _ advice: String) -> FileProblem {
                FileProblem(
                    file: entry.name, line: outline.line(of: path), path: path.description, message: message,
                    advice: advice)
            }
            let same = { (file: DeviceProfileFile) in
                file.maker == entry.file.maker ? file.devices.first { $0.name == device.name } : nil
            }
            if let twin = new.first(where: { same($0.file) != nil }) {
                return problem(
                    "\"\(device.name)\" stands in \(twin.name) too.", "Leave one of them out.")
            }
            let known = entries.compactMap { same($0.file) }
            let highest = max(
                stored.versions[Self.key(entry.file, device)] ?? 0, known.map(\.version).max() ?? 0)
            if device.version < highest {
                return problem(
                    "\"\(device.name)\" has version \(device.version), and version \(highest) has been in force.",
                    "Write version: \(highest + 1), if this one is to count.")
            }
            if device.version == highest, known.contains(where: { $0.version == highest && $0 != device }) {
                return problem(
                    "\"\(device.name)\" was changed, and still has version \(highest).",
                    "Write version: \(highest + 1).")
            }
            return nil
        }
    }

    private static func key(_ file: DeviceProfileFile, _ device: DeviceProfile) -> String {
        "\(file.maker)/\(device.name)"
    }

    private static func files(in folder: URL) -> [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
        return names.sorted().filter { $0.hasSuffix(".json5") }.map { folder.appending(path: $0) }
    }

    private static func upload(_ file: URL) throws(DeviceProfileProblems) -> Upload {
        do throws(PlainFile.Refusal) {
            return try Upload(file: file)
        } catch {
            throw DeviceProfileProblems(error, file: file.lastPathComponent)
        }
    }

    private static func upload(_ name: String, _ file: Stored.File) -> Upload {
        Upload(name: name, contents: Array(file.contents.utf8), signature: file.signature.map { Array($0.utf8) })
    }

    private static func read(_ storeFile: URL) throws(DeviceProfileProblems) -> Stored {
        guard FileManager.default.fileExists(atPath: storeFile.path(percentEncoded: false)) else { return Stored() }
        do {
            return try JSONCoding.decode(from: try PlainFile.read(storeFile, atMost: 64 << 20))
        } catch {
            throw DeviceProfileProblems(problems: [
                FileProblem(
                    file: storeFile.lastPathComponent, message: "The loaded profiles cannot be read.",
                    advice: "Move the file away, and load them again.")
            ])
        }
    }
}
