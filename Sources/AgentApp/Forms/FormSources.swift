public import Forms
public import Foundation

/// Where the forms of a station come from; of two packages with one version the one that is named first counts.
public struct FormSources: Sendable {
    /// How a form came to the station.
    public enum Origin: String, Sendable, Hashable, Codable {
        case configuration, bridge, station
    }

    /// As the configuration names them.
    public var configured: [URL]
    /// What the bridge has published.
    public var published: PackageFolder?
    /// What was taken into force here.
    public var shelf: FormShelf

    public init(configured: [URL], published: PackageFolder?, shelf: FormShelf) {
        self.configured = configured
        self.published = published
        self.shelf = shelf
    }

    /// For the read-workers, which are told once where to look.
    public var folders: [URL] { configured + [published?.forms].compactMap { $0 } + [shelf.folder] }

    /// All that can be used now, and what is wrong with the others.
    public func examine() -> (library: FormLibrary, problems: [FormProblem]) {
        var folders = configured
        if let published, published.hasForms { folders.append(published.forms) }
        if shelf.hasForms { folders.append(shelf.folder) }
        return FormLibrary.examine(folders)
    }

    public func origin(of package: FormPackage) -> Origin {
        let place = package.folder.deletingLastPathComponent().standardized.path(percentEncoded: false)
        func isIn(_ folder: URL) -> Bool {
            folder.appending(path: "/").standardized.path(percentEncoded: false) == place
        }
        if isIn(shelf.folder) { return .station }
        if let published, isIn(published.forms) { return .bridge }
        return .configuration
    }
}
