public import Foundation
public import Testing

/// Where files of this checkout and of the shared data lie.
public enum Checkout {
    /// The package's top folder.
    public static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

    /// Test data that is not part of the project; `nil` where it is absent.
    public static let sharedData: URL? = {
        let url = root.appending(path: "../shared/data").standardized
        return FileManager.default.fileExists(atPath: url.path()) ? url : nil
    }()

    /// The folder with the line recogniser's model, `nil` where `scripts/setup` has not put it there.
    public static let models: URL? = {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "") + "/.cache"
        let folder = URL(filePath: environment["BLANKETT_MODELS"] ?? cache + "/blankett/models")
        return FileManager.default.fileExists(atPath: folder.appending(path: "line.net").path()) ? folder : nil
    }()

    /// The folder in which the built programs lie beside the test bundle.
    public static let programs: URL = {
        // `swift test` runs a helper of the toolchain that loads the bundle; the bundle lies beside the programs.
        for argument in CommandLine.arguments where argument.contains(".xctest") {
            let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
            if let end = parts.firstIndex(where: { $0.hasSuffix(".xctest") }) {
                return URL(filePath: parts[..<end].joined(separator: "/") + "/").standardized
            }
        }
        return root.appending(path: ".build/debug")
    }()
}

extension Trait where Self == ConditionTrait {
    /// Skips, visibly, where the shared data is absent.
    public static var needsSharedData: Self {
        .enabled(if: Checkout.sharedData != nil, "the shared test data is absent")
    }

    /// Skips, visibly, where the line recogniser's model is absent.
    public static var needsLineModel: Self {
        .enabled(if: Checkout.models != nil, "the line model is absent: scripts/setup")
    }
}
