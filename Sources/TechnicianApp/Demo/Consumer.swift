import Delivery
import HTTP
import Support

/// The smallest back-office system there can be: claims records, shows them, acknowledges them.
///
/// A real one books the case between claim and acknowledgement, and looks the record's id up first: a record whose
/// acknowledgement was lost comes again under the same id.
struct Consumer {
    var transport: any HTTPTransport
    /// Such as `http://127.0.0.1:8080`.
    var bridge: String
    var subscription: String
    var token: String

    /// Waits for one record, and acknowledges it once `show` is done with it.
    ///
    /// - Parameters:
    ///   - seconds: How long to wait, at most 25.
    ///   - show: Takes the record; when it throws, the record stays unacknowledged and comes again.
    /// - Returns: Whether a record came.
    /// - Throws: ``BlankettError`` with code `bridge-unreachable` or `bridge-refused`, and what `show` throws.
    func takeOne(waiting seconds: Int, _ show: (Record) throws -> Void) async throws -> Bool {
        let claim = ClaimRequest(limit: 1, leaseSeconds: 60, waitSeconds: seconds)
        let claimed: ClaimResponse = try await post("claims", claim)
        guard let item = claimed.items.first else { return false }
        try show(item.record)
        let receipt = AcknowledgementRequest.Item(
            leaseId: item.leaseId, outcome: .done, caseId: "CASE-\(item.record.id.description.suffix(12))",
            system: "demo")
        let answer: AcknowledgementResponse = try await post(
            "acknowledgements", AcknowledgementRequest(items: [receipt]))
        guard let result = answer.items.first?.result, [.done, .alreadyDone].contains(result) else {
            throw BlankettError("bridge-refused", exit: .partial, "The bridge did not take the acknowledgement.")
        }
        return true
    }

    private func post<Answer: Decodable>(_ path: String, _ body: some Encodable) async throws -> Answer {
        let request = Request(
            "POST", "/v1/subscriptions/\(subscription)/\(path)",
            headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/json"],
            body: try JSONCoding.encode(body))
        let response: Response
        do throws(TransportError) {
            response = try await transport.send(request, to: bridge, limits: TransportLimits(idle: 40, total: 60))
        } catch {
            throw BlankettError(
                "bridge-unreachable", exit: .bridgeUnreachable, "The bridge does not answer at \(bridge).",
                isTransient: true, cause: error)
        }
        guard response.status == 200 else {
            throw BlankettError(
                "bridge-refused", exit: .notAllowed, "The bridge answered \(response.status) to \(path).")
        }
        return try JSONCoding.decode(from: response.bytes ?? [])
    }
}
