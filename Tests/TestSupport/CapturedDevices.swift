public import Foundation

/// The capability documents of real devices in the shared data.
public enum CapturedDevices {
    /// By path below `scanners`, in order; a document that lies there twice is there once.
    public static let files: [String] = {
        guard let folder else { return [] }
        let paths = (FileManager.default.enumerator(atPath: folder.path())?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".xml") }
            // The folder that was gathered for us first.
            .sorted { ($0.hasPrefix("caps/") ? 0 : 1, $0) < ($1.hasPrefix("caps/") ? 0 : 1, $1) }
        var seen: Set<Data> = []
        return paths.filter { path in
            guard let data = try? Data(contentsOf: folder.appending(path: path)),
                String(decoding: data, as: UTF8.self).contains("ScannerCapabilities>")
            else { return false }
            let isOne = String(decoding: data, as: UTF8.self).contains(/<(\w+:)?ScannerCapabilities\b[^>]*xmlns/)
            return isOne && seen.insert(data).inserted
        }
    }()

    private static let folder = Checkout.sharedData?.appending(path: "scanners")

    /// Where one of ``files`` lies.
    ///
    /// - Parameter file: One of them.
    /// - Returns: Its place.
    public static func url(_ file: String) -> URL {
        (folder ?? Checkout.root).appending(path: file)
    }
}
