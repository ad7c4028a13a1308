import HTTP
import Support
import Synchronization

/// A bridge in a dictionary: stores like the real one, and fails on cue.
final class FakeBridge: HTTPTransport {
    enum Trouble: Sendable, Hashable {
        /// Stores, but the answer never arrives.
        case storeThenHang
        case down
        case answer(Int)
        /// Forgets the blobs it was given so far.
        case forgetBlobs
    }

    struct State {
        var blobs: [String: [UInt8]] = [:]
        var records: [String: [UInt8]] = [:]
        var puts: [String: Int] = [:]
        /// One for each PUT of a record, in turn.
        var troubles: [Trouble]
        /// Nothing gets through at all.
        var isAway: Bool
    }

    let state: Mutex<State>

    init(_ troubles: [Trouble] = [], isAway: Bool = false) {
        state = Mutex(State(troubles: troubles, isAway: isAway))
    }

    var records: [String: [UInt8]] { state.withLock { $0.records } }

    func send(_ request: Request, to origin: String, limits: TransportLimits) async throws(TransportError) -> Response {
        let answer: Result<Response, TransportError> = state.withLock { state in
            let name = String(request.path.split(separator: "/").last ?? "")
            if state.isAway { return .failure(TransportError(.unreachable, "away")) }
            if request.method == "GET" { return .success(Response(status: 200)) }
            if request.path.hasPrefix("/v1/blobs/") {
                let isNew = state.blobs.updateValue(request.body, forKey: name) == nil
                return .success(Response(status: isNew ? 201 : 200))
            }
            state.puts[name, default: 0] += 1
            let trouble = state.troubles.isEmpty ? nil : state.troubles.removeFirst()
            switch trouble {
            case .down: return .failure(TransportError(.unreachable, "down"))
            case .answer(let status):
                return .success(.problem(Problem(Self.code(status), status: status, title: "No")))
            case .forgetBlobs: state.blobs = [:]
            case .storeThenHang, nil: break
            }
            let needed = Self.hashes(in: request.body)
            let missing = needed.filter { state.blobs[$0] == nil }
            if !missing.isEmpty {
                return .success(
                    .problem(Problem("missing-blobs", status: 424, title: "Blobs are missing", missing: missing)))
            }
            let known = state.records[name]
            if let known, known != request.body {
                return .success(.problem(Problem("record-conflict", status: 409, title: "Another record")))
            }
            state.records[name] = request.body
            if trouble == .storeThenHang { return .failure(TransportError(.timedOut, "no answer")) }
            return .success(Response(status: known == nil ? 201 : 200))
        }
        return try answer.get()
    }

    private static func code(_ status: Int) -> String {
        [409: "record-conflict", 422: "schema-violation", 503: "not-ready"][status] ?? "internal"
    }

    private static func hashes(in record: [UInt8]) -> [String] {
        guard let value = try? JSONCoding.decode(JSONValue.self, from: record) else { return [] }
        return (value["data"]?["pages"]?.arrayValue ?? []).compactMap { $0["sha256"]?.stringValue }
    }
}
