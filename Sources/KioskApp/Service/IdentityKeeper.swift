import AgentApp
import Foundation
import Support

/// Enrols the station with a code that lies in a file, and renews its certificate for as long as the agent runs.
struct IdentityKeeper: Sendable {
    let identity: StationIdentity
    let name: String
    let bridge: BridgeClient
    /// The file with a one-time code.
    let code: URL?
    let log: Logger

    func run() async {
        while !Task.isCancelled {
            var pause = 600.0
            do {
                try await step()
                let left = identity.validity.map { $0.renewal.timeIntervalSinceNow } ?? 60
                pause = min(max(left, 60), 3600)
            } catch let failure as BridgeClient.Failure {
                log.log(.warning, "certificate-not-fetched", .name("error", failure.code))
                pause = 60
            } catch {
                log.log(.error, "certificate-not-fetched", .error(error))
            }
            try? await Task.sleep(for: .seconds(pause))
        }
    }

    private func step() async throws {
        if let (renewal, end) = identity.validity, end > Date() {
            guard renewal <= Date() else { return }
            try await identity.fetch(over: bridge, name: name, code: nil)
            log.log(.info, "certificate-renewed")
            return
        }
        guard let code, let text = try? String(contentsOf: code, encoding: .utf8) else { return }
        try await identity.fetch(
            over: bridge, name: name, code: text.trimmingCharacters(in: .whitespacesAndNewlines))
        log.log(.info, "enrolled")
        // It is good for nothing any more.
        try? FileManager.default.removeItem(at: code)
    }
}
