import Delivery
import Foundation
import SQLiteStore
import Sealing
public import Support

/// The command `blankett-bridge`.
public struct BridgeProgram: Sendable {
    public static let version = "0.1.0"

    static let help = """
        blankett-bridge keeps the records of scanned forms until back-office systems have taken them.

        usage: blankett-bridge --config FILE [--check-config]
               blankett-bridge token agent NAME --config FILE
               blankett-bridge token consumer NAME --subscription SUBSCRIPTION --config FILE
               blankett-bridge token operator NAME --config FILE
               blankett-bridge token list | remove NAME  --config FILE
               blankett-bridge audit verify --config FILE
               blankett-bridge --version | --help

          --config FILE    the configuration, a JSON5 file; see docs/bridge.md
          --check-config   only read and check it
          token            make, list or take back what agents and consumers show; a token is printed once
          audit verify     walk the audit log of a stopped bridge; a running one answers /audit on admin.sock

        Subscriptions stand in the configuration; a new one takes effect at the next start.
        Exit codes: 0 done, 2 wrong usage or configuration, 6 storage failed or in use, 7 not allowed, 70 our fault.
        """

    private let print: @Sendable (String) -> Void
    private let complain: @Sendable (String) -> Void

    /// - Parameters:
    ///   - print: Takes what the command answers.
    ///   - complain: Takes what is wrong.
    public init(
        print: @escaping @Sendable (String) -> Void = { Swift.print($0) },
        complain: @escaping @Sendable (String) -> Void = Self.complainOnStandardError
    ) {
        self.print = print
        self.complain = complain
    }

    @Sendable public static func complainOnStandardError(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }

    /// Does what the arguments say; a service returns when it was asked to end.
    @concurrent public func run(_ arguments: [String]) async -> ExitCode {
        do {
            try await perform(arguments)
            return .done
        } catch let error as BlankettError {
            complain("blankett-bridge: \(error)")
            return error.exit
        } catch {
            complain("blankett-bridge: A fault of ours: \(type(of: error)).")
            return .fault
        }
    }

    private func perform(_ arguments: [String]) async throws {
        var words = arguments
        if words.isEmpty { throw Self.usage("Nothing was asked for.") }
        if words.contains("--help") || words.contains("-h") { return print(Self.help) }
        if words == ["--version"] { return print("blankett-bridge \(Self.version)") }
        let config = try Self.take("--config", from: &words)
        let subscription = try Self.take("--subscription", from: &words)
        let checksOnly = words.contains("--check-config")
        words.removeAll { $0 == "--check-config" }
        if let unknown = words.first(where: { $0.hasPrefix("-") }) {
            throw Self.usage("There is no option \(unknown).")
        }
        guard let config else { throw Self.usage("The configuration is missing.") }
        let configuration = try BridgeConfiguration(file: URL(filePath: config))
        if checksOnly { return print("\(config): all is well") }
        switch words.first {
        case nil: try await serve(configuration)
        case "token": try token(Array(words.dropFirst()), subscription, configuration)
        case "audit" where words == ["audit", "verify"]: try await verifyAudit(configuration)
        case let word?: throw Self.usage("There is no command \(word).")
        }
    }

    private func serve(_ configuration: BridgeConfiguration) async throws {
        umask(0o077)
        let termination = Termination()
        try await BridgeService(configuration).run(until: termination)
    }

    private func token(_ words: [String], _ subscription: String?, _ configuration: BridgeConfiguration) throws {
        try DurableFile.makeFolder(configuration.dataFolder)
        let file = TokenFile(configuration.tokenFile)
        switch (words.first, words.count) {
        case ("agent", 2):
            print(try file.add(name: try Self.name(words[1]), subscription: nil))
        case ("consumer", 2):
            guard let subscription, configuration.subscriptions.contains(where: { $0.name == subscription }) else {
                throw Self.usage("A consumer needs --subscription with one that stands in the configuration.")
            }
            print(try file.add(name: try Self.name(words[1]), subscription: subscription))
        case ("operator", 2):
            print(try file.add(name: try Self.name(words[1]), subscription: nil, isOperator: true))
        case ("list", 1):
            for entry in try file.entries() {
                print(
                    "\(entry.name)\t\(entry.isOperator == true ? "operator" : entry.subscription ?? "agent")\t\(entry.created.formatted(.iso8601))"
                )
            }
        case ("remove", 2):
            guard try file.remove(name: words[1]) else { throw Self.usage("Nobody named \(words[1]) has a token.") }
        default:
            throw Self.usage(
                "Say token agent NAME, token consumer NAME, token operator NAME, token list or token remove NAME.")
        }
    }

    private func verifyAudit(_ configuration: BridgeConfiguration) async throws {
        let store = try SQLiteRecordStore(
            configuration.dataFolder, subscriptions: [],
            sealer: try SealingKey(file: configuration.keyFile, create: false), makeToken: { "" })
        let (rows, broken) = try await store.verifyAudit()
        await store.close()
        if let broken {
            throw BlankettError(
                "audit-broken", exit: .storage, "Row \(broken) of the audit log was changed, or one before it is gone.",
                advice: "Keep a copy of the data folder, and ask who could write there.")
        }
        print("\(rows) rows, each fits the one before")
    }

    private static func take(_ option: String, from words: inout [String]) throws -> String? {
        guard let index = words.firstIndex(of: option) else { return nil }
        guard index + 1 < words.count else { throw usage("\(option) needs a value.") }
        defer { words.removeSubrange(index...index + 1) }
        return words[index + 1]
    }

    private static func name(_ text: String) throws -> String {
        guard Caller.isName(text) else {
            throw usage("“\(text)” is no name: write letters a to z, digits and hyphens, such as kiosk-7.")
        }
        return text
    }

    private static func usage(_ message: String) -> BlankettError {
        BlankettError("usage", exit: .badInput, message, advice: "See blankett-bridge --help.")
    }
}
