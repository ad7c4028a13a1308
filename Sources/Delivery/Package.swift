public import Foundation
public import Support

/// Form packages and device profiles as they travel from the bridge to the kiosks: several files as one.
public struct Package: Sendable, Hashable, Codable {
    public static let formatName = "blankett-package/1"
    /// In bytes, packed.
    public static let largest = 64 << 20

    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// The folder of one form.
        case form
        /// One file of device profiles.
        case profiles
    }

    public struct File: Sendable, Hashable, Codable {
        /// One name without a slash, such as `page-1.png`.
        public var name: String
        public var bytes: Data
    }

    public var format: String
    public var kind: Kind
    /// The form's id, or the file's name without its ending.
    public var id: String
    public var version: Int
    public var files: [File]

    public init(kind: Kind, id: String, version: Int, files: [File]) {
        format = Self.formatName
        self.kind = kind
        self.id = id
        self.version = version
        self.files = files.sorted { $0.name < $1.name }
    }

    /// Reads a package, and believes nothing in it that could lead out of its folder.
    ///
    /// - Throws: ``BlankettError`` `package-broken`.
    public init(_ bytes: [UInt8]) throws(BlankettError) {
        guard bytes.count <= Self.largest, let read: Package = try? JSONCoding.decode(from: bytes) else {
            throw Self.broken
        }
        self = try read.checked()
    }

    /// The package itself, when nothing in it could lead out of its folder.
    ///
    /// - Throws: ``BlankettError`` `package-broken`.
    public func checked() throws(BlankettError) -> Package {
        guard format == Self.formatName, Self.isName(id), (1...1_000_000).contains(version),
            (1...200).contains(files.count), files.allSatisfy({ Self.isName($0.name) }),
            Set(files.map(\.name)).count == files.count
        else { throw Self.broken }
        return self
    }

    private static let broken = BlankettError(
        "package-broken", exit: .badInput, "The package cannot be read.", advice: "Publish it anew.")

    /// Whether it can be a file's or a form's name: nothing that is hidden, climbs, or has a slash.
    public static func isName(_ text: String) -> Bool {
        text.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,99}/) != nil && !text.contains("..")
    }

    /// Packs a folder with `form.json5`, or a file of device profiles; others of its files are left out.
    ///
    /// - Parameters:
    ///   - url: The folder or the file.
    ///   - kind: What it is.
    ///   - id: Of the form, or the file's name.
    ///   - version: Of the form; for profiles it is counted up.
    /// - Throws: ``BlankettError``.
    public init(packing url: URL, kind: Kind, id: String, version: Int) throws(BlankettError) {
        let names: [String]
        let folder: URL
        switch kind {
        case .form:
            folder = url
            names = ((try? FileManager.default.contentsOfDirectory(atPath: url.path(percentEncoded: false))) ?? [])
                .filter { !$0.hasPrefix(".") && !$0.hasSuffix(".sig") }
        case .profiles:
            folder = url.deletingLastPathComponent()
            // The signature of the file's own maker travels with it.
            names = [url.lastPathComponent, FileSignature.url(beside: url).lastPathComponent]
        }
        var files: [File] = []
        for name in names.sorted() {
            let file = folder.appending(path: name)
            guard (try? file.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true else { continue }
            guard Self.isName(name), let content = try? Data(contentsOf: file) else {
                throw BlankettError(
                    "package-broken", exit: .badInput, "The file \(name) cannot be packed.",
                    advice: "Give it a plain name of letters, digits, dots and hyphens.")
            }
            files.append(File(name: name, bytes: content))
        }
        guard files.reduce(0, { $0 + $1.bytes.count }) < Self.largest / 2 else {
            throw BlankettError(
                "package-too-large", exit: .badInput, "\(url.lastPathComponent) is larger than a package can be.",
                advice: "Make its page images smaller.")
        }
        self.init(kind: kind, id: id, version: version, files: files)
    }
}

/// One line of the list of packages that a kiosk gets.
public struct PackageEntry: Sendable, Hashable, Codable {
    public var kind: Package.Kind
    public var id: String
    public var version: Int
    /// Of the package's bytes.
    public var sha256: String
    public var size: Int
    /// Who vouches for the bytes, for the purpose ``Package/formatName``.
    public var signature: FileSignature?

    public init(
        kind: Package.Kind, id: String, version: Int, sha256: String, size: Int, signature: FileSignature? = nil
    ) {
        self.kind = kind
        self.id = id
        self.version = version
        self.sha256 = sha256
        self.size = size
        self.signature = signature
    }
}

/// What a kiosk tells the bridge of itself; no contents, and no person.
public struct StationReport: Sendable, Hashable, Codable {
    public var version: String
    public var forms: [Running]
    public var profiles: [Running]
    public var devices: [Device]

    public init(version: String, forms: [Running], profiles: [Running], devices: [Device]) {
        self.version = version
        self.forms = forms
        self.profiles = profiles
        self.devices = devices
    }

    public struct Running: Sendable, Hashable, Codable {
        public var name: String
        public var version: Int

        public init(name: String, version: Int) {
            self.name = name
            self.version = version
        }
    }

    public struct Device: Sendable, Hashable, Codable {
        public var name: String
        public var model: String?
        /// A code, such as `idle` or `paper-jam`.
        public var state: String

        public init(name: String, model: String?, state: String) {
            self.name = name
            self.model = model
            self.state = state
        }
    }
}
