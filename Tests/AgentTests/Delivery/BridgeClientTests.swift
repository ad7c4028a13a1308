import AgentApp
import Foundation
import HTTP
import HTTPClient
import HTTPServer
import Testing

@Suite struct `The bridge's client` {
    /// The bridge refuses by the head and closes; what is still being sent would otherwise cut the answer off.
    @Test(arguments: [
        (401, 20_000_000, BridgeClient.Failure.Scope.link, false),
        (413, 2_000_001, .record, true),
        (401, 1000, .link, false),
    ])
    func `hears why a page is refused, however large it is`(
        _ status: Int, _ size: Int, _ scope: BridgeClient.Failure.Scope, _ isFinal: Bool
    ) async throws {
        let server = try HTTPServer(
            doorkeeper: { _ in Response(status: status) }, handler: { _ in Response(status: 200) })
        let client = BridgeClient(transport: CurlTransport(), url: server.origin, token: "none")
        for _ in 0..<400 {
            let failure = await #expect(throws: BridgeClient.Failure.self) {
                try await client.put(blob: [UInt8](repeating: 1, count: size), sha256: "0", mediaType: "image/png")
            }
            #expect(failure?.code == "status-\(status)")
            #expect(failure?.scope == scope && failure?.isFinal == isFinal)
        }
        await server.stop()
    }
}
