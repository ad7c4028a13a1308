public import Delivery
public import Foundation
public import Support

/// What a kiosk got from the bridge: form packages and device profiles, each version in a place of its own.
public struct PackageFolder: Sendable {
    public let folder: URL
    /// Whose signature a package needs here; none takes unsigned ones too.
    public let trusted: [PublicKey]

    /// Form packages lie in it, `ID-VERSION` each.
    public var forms: URL { folder.appending(path: "forms") }
    private var profiles: URL { folder.appending(path: "profiles") }
    private var list: URL { folder.appending(path: "packages.json") }

    /// - Parameters:
    ///   - folder: Is made when it is needed.
    ///   - trusted: Keys of signers.
    public init(_ folder: URL, trusted: [PublicKey]) {
        self.folder = folder
        self.trusted = trusted
    }

    /// What was taken over, by kind and id.
    public var taken: [PackageEntry] {
        (try? Data(contentsOf: list)).flatMap { try? JSONCoding.decode(from: $0) } ?? []
    }

    /// Whether there is any form in it.
    public var hasForms: Bool {
        let names = try? FileManager.default.contentsOfDirectory(atPath: forms.path(percentEncoded: false))
        return names?.contains { !$0.hasPrefix(".") } ?? false
    }

    /// Makes the folder of forms, so that who reads knows where they will be.
    public func makeReady() throws {
        try DurableFile.makeFolder(folder)
        try DurableFile.makeFolder(forms)
    }

    /// Of a list, what is newer than what is here.
    public func missing(of entries: [PackageEntry]) -> [PackageEntry] {
        let taken = taken
        return entries.filter { entry in
            entry.size <= Package.largest && Package.isName(entry.id)
                && !taken.contains { $0.kind == entry.kind && $0.id == entry.id && $0.version >= entry.version }
        }
    }

    /// Holds the bytes against their hash and signature.
    ///
    /// - Throws: ``BlankettError`` `package-broken`, `signature-missing`, `signature-wrong` or `signer-not-trusted`.
    public func check(_ bytes: [UInt8], as entry: PackageEntry) throws(BlankettError) -> Package {
        guard SHA256.hexadecimal(of: bytes) == entry.sha256 else {
            throw BlankettError("package-broken", exit: .badInput, "The package is not the one that was announced.")
        }
        if !trusted.isEmpty {
            guard let signature = entry.signature else {
                throw BlankettError(
                    "signature-missing", exit: .notAllowed, "\(entry.id) is not signed.",
                    advice: "Publish it with --key.")
            }
            _ = try signature.signer(of: bytes, for: Package.formatName, trusted: trusted)
        }
        let package = try Package(bytes)
        guard package.kind == entry.kind, package.id == entry.id, package.version == entry.version else {
            throw BlankettError("package-broken", exit: .badInput, "The package is not the one that was announced.")
        }
        return package
    }

    /// Puts a package where it belongs; what was there before stays.
    ///
    /// - Parameters:
    ///   - package: Was checked.
    ///   - entry: Its line of the list.
    ///   - accept: Looks at the unpacked files, and throws when they cannot be used.
    /// - Throws: What `accept` threw, or ``BlankettError`` of the disk.
    public func take(_ package: Package, _ entry: PackageEntry, accept: (URL) async throws -> Void) async throws {
        let home = package.kind == .form ? forms : profiles
        try DurableFile.makeFolder(folder)
        try DurableFile.makeFolder(home)
        let goal = home.appending(path: "\(package.id)-\(package.version)")
        let temporary = home.appending(path: ".\(UUIDv7())")
        defer { try? FileManager.default.removeItem(at: temporary) }
        try DurableFile.makeFolder(temporary)
        for file in package.files {
            try DurableFile.write([UInt8](file.bytes), to: temporary.appending(path: file.name))
        }
        try await accept(temporary)
        try? FileManager.default.removeItem(at: goal)
        try FileManager.default.moveItem(at: temporary, to: goal)
        try DurableFile.syncFolder(home)
        let others = taken.filter { $0.kind != entry.kind || $0.id != entry.id }
        try DurableFile.write(try JSONCoding.encode(others + [entry], pretty: true), to: list)
    }
}
