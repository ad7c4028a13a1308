import Foundation
import HTTP
import HTTPClient
import Support

/// The running agent of this machine, asked over its control socket.
struct AgentConnection {
    /// The option that every command of it has.
    static let option = Command.Option(
        "--socket", value: "PATH",
        help: Words(
            en: "the agent's control.sock, if it is not in /var/lib/blankett-agent",
            sv: "agentens control.sock, om den inte ligger i /var/lib/blankett-agent"))

    private let transport = CurlTransport()
    private let path: String
    private var origin: String { "unix://" + path }

    private static let usual = "/var/lib/blankett-agent/control.sock"

    init(_ invocation: Invocation) {
        path = URL(filePath: Self.named(invocation) ?? Self.usual).path()
    }

    private static func named(_ invocation: Invocation) -> String? {
        invocation.arguments["--socket"] ?? invocation.environment["BLANKETT_AGENT_SOCKET"]
    }

    /// Whether an agent belongs to this machine: its socket was named, or is in its usual place.
    static func isExpected(_ invocation: Invocation) -> Bool {
        named(invocation) != nil || FileManager.default.fileExists(atPath: usual)
    }

    func get(_ path: String) async throws -> JSONValue {
        try await exchange(Request("GET", path))
    }

    func post(_ path: String, _ body: JSONValue = [:]) async throws -> JSONValue {
        try await exchange(
            Request(
                "POST", path, headers: ["Content-Type": "application/json"], body: try JSONCoding.encode(body)))
    }

    /// - Throws: ``BlankettError`` of the agent's own code, with the exit code that goes with it.
    private func exchange(_ request: Request) async throws -> JSONValue {
        let response: Response
        do throws(TransportError) {
            response = try await transport.send(request, to: origin, limits: TransportLimits(idle: 60, total: 120))
        } catch {
            throw BlankettError(
                "agent-unreachable", exit: .fault, "No agent answers at \(path) (\(error.kind.rawValue)).",
                advice: "Start blankett-agent, or name its socket with --socket; only its own user may ask it.")
        }
        if response.status == 204 { return .null }
        guard (200..<300).contains(response.status) else {
            guard let problem = try? JSONCoding.decode(Problem.self, from: response.bytes ?? []) else {
                throw BlankettError("agent-failed", exit: .fault, "The agent answered \(response.status).")
            }
            throw BlankettError(
                problem.code, exit: Self.exit(response.status, problem.code), problem.title, advice: problem.detail)
        }
        return try JSONCoding.decode(from: response.bytes ?? [])
    }

    private static func exit(_ status: Int, _ code: String) -> ExitCode {
        switch status {
        case 502: .device
        case 507: .storage
        case 409 where code == "scanner-busy": .device
        case 400..<500: .badInput
        default: .fault
        }
    }
}
