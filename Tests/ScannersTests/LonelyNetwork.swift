import Foundation
import Support
import TestSupport
import Testing

/// Programs on a network of their own, on which services are announced: `rig/lonely-network`.
final class LonelyNetwork {
    static let isAvailable: Bool = {
        let programs = ["bin/unshare", "sbin/avahi-daemon", "bin/avahi-publish", "bin/dbus-daemon"]
        guard programs.allSatisfy({ FileManager.default.isExecutableFile(atPath: "/usr/\($0)") }) else { return false }
        return (try? BackgroundProgram.output(of: unshare, namespaces + ["/bin/mount", "-t", "tmpfs", "t", "/run"]))
            != nil
    }()

    private static let unshare = URL(filePath: "/usr/bin/unshare")
    // Without a /proc of its own, libdispatch would not find its threads there, and end the program.
    private static let namespaces = [
        "--net", "--mount", "--user", "--map-root-user", "--pid", "--mount-proc", "--fork", "--kill-child",
    ]

    private let folder: URL
    private let program: BackgroundProgram

    /// - Parameter programs: Command lines, each of a program of ours and its arguments; they end with this.
    /// - Throws: When they cannot be started.
    init(_ programs: [[String]]) throws {
        folder = TemporaryDirectory.url.appending(path: "network")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let script = Checkout.root.appending(path: "Tests/ScannersTests/rig/lonely-network").path()
        let lines = programs.map { words in
            ([Checkout.programs.appending(path: words[0]).path()] + words.dropFirst()).map { "'\($0)'" }
                .joined(separator: " ")
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: folder.appending(path: "programs"))
        program = try BackgroundProgram(
            Self.unshare, Self.namespaces + ["/bin/sh", script, folder.path()], log: folder.appending(path: "log"))
    }

    deinit {
        program.stop()
    }

    /// Announces a service, such as `"Name" _uscan._tcp 80 rs=eSCL`, until the next change; `nil` announces nothing.
    func announce(_ service: String?) throws {
        let file = folder.appending(path: "announce")
        guard let service else { return try FileManager.default.removeItem(at: file) }
        try Data(service.utf8).write(to: file, options: .atomic)
    }

    var log: String { (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? "" }
}

extension Trait where Self == ConditionTrait {
    /// Skips, visibly, where avahi is absent or the machine allows no namespaces.
    static var needsLonelyNetwork: Self {
        .enabled(
            if: LonelyNetwork.isAvailable, "avahi-daemon, avahi-utils or dbus is absent, or unshare is not allowed")
    }
}
