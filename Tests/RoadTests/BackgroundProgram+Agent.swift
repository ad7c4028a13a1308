import Foundation
import Support
import TestSupport

extension BackgroundProgram {
    /// Starts the agent that `agent.json5` of a folder describes, with its data in `agent`.
    convenience init(agentIn folder: URL) throws {
        try? FileManager.default.removeItem(at: Self.agentAddress(in: folder))
        try self.init(
            Checkout.programs.appending(path: "blankett-agent"),
            ["--config", folder.appending(path: "agent.json5").path()], log: folder.appending(path: "agent.log"))
    }

    /// Waits until the agent serves.
    func waitForAgent(in folder: URL) async throws {
        _ = try await address(in: Self.agentAddress(in: folder))
    }

    private static func agentAddress(in folder: URL) -> URL { folder.appending(path: "agent/agent.address") }
}
