import Delivery
import Foundation
import HTTP
import Support

extension Routes {
    func addSubscriptions(to router: inout Router) {
        router.on("POST", "/v1/subscriptions/{name}/claims") { request, parameters in
            try await guarded { try await claim(request, parameters["name"] ?? "") }
        }
        router.on("POST", "/v1/subscriptions/{name}/acknowledgements") { request, parameters in
            try await guarded { try await acknowledge(request, parameters["name"] ?? "") }
        }
        router.on("GET", "/v1/subscriptions/{name}") { request, parameters in
            try await guarded {
                let name = parameters["name"] ?? ""
                _ = try access.observer(of: request, subscription: name)
                return try .json(try await store.counters(of: name))
            }
        }
        router.on("GET", "/v1/subscriptions/{name}/records") { request, parameters in
            try await guarded { try await list(request, parameters["name"] ?? "") }
        }
        router.on("POST", "/v1/subscriptions/{name}/redrives") { request, parameters in
            try await guarded { try await redrive(request, parameters["name"] ?? "") }
        }
    }

    private func claim(_ request: Request, _ name: String) async throws -> Response {
        let caller = try access.consumer(of: request, subscription: name)
        let wish: ClaimRequest = try body(request)
        let limit = try limited(wish.limit, DeliveryLimits.claim, "limit")
        let lease = try limited(wish.leaseSeconds, DeliveryLimits.lease, "leaseSeconds")
        let wait = try limited(wish.waitSeconds, DeliveryLimits.wait, "waitSeconds")
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(wait)
        while true {
            let (claimed, pending) = try await store.claim(
                name, limit: limit, leaseSeconds: lease, by: origin(caller))
            let repeats = claimed.count { $0.attempt > 1 }
            if repeats > 0 {
                metrics.count("blankett_delivery_repeats_total", ["subscription": name], by: repeats)
            }
            let left = deadline - clock.now
            // When the service stops, who waits is answered with an empty list.
            if !claimed.isEmpty || left <= .zero || Task.isCancelled {
                return Self.claims(try claimed.map { try redacted($0, for: name) }, pending: pending)
            }
            // A pause or a lease can end without a bell.
            await store.waitForRecords(name, atMost: min(left, .seconds(1)))
        }
    }

    private func redacted(_ claimed: ClaimedRecord, for subscription: String) throws -> ClaimedRecord {
        guard let redaction = redactions[subscription] else { return claimed }
        var claimed = claimed
        claimed.body = try redaction.apply(to: claimed.body)
        return claimed
    }

    /// Written by hand, so that a record's bytes go out as they came in.
    private static func claims(_ claimed: [ClaimedRecord], pending: Int) -> Response {
        var bytes = Array("{\"items\":[".utf8)
        for (index, item) in claimed.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            let expiry = item.leaseExpiresAt.formatted(.iso8601)
            bytes +=
                "{\"attempt\":\(item.attempt),\"leaseExpiresAt\":\"\(expiry)\",\"leaseId\":\"\(item.leaseId)\"".utf8
            bytes += ",\"record\":".utf8
            bytes += item.body
            bytes.append(UInt8(ascii: "}"))
        }
        bytes += "],\"pending\":\(pending)}".utf8
        return Response(status: 200, headers: ["Content-Type": "application/json"], bytes: bytes)
    }

    private func acknowledge(_ request: Request, _ name: String) async throws -> Response {
        let caller = try access.consumer(of: request, subscription: name)
        let wish: AcknowledgementRequest = try body(request)
        try check(wish.items)
        let items = try await store.acknowledge(wish.items, of: name, by: origin(caller))
        for item in items {
            metrics.count(
                "blankett_delivery_outcomes_total", ["subscription": name, "outcome": item.result.rawValue])
        }
        return try .json(AcknowledgementResponse(items: items))
    }

    private func check(_ items: [AcknowledgementRequest.Item]) throws(Problem) {
        var violations: [Problem.Violation] = []
        if !DeliveryLimits.acknowledgements.contains(items.count) {
            violations.append(Problem.Violation(field: "items", message: "must be from 1 to 100"))
        }
        for (index, item) in items.enumerated() {
            func require(_ condition: Bool, _ field: String, _ message: String) {
                guard !condition else { return }
                violations.append(Problem.Violation(field: "items[\(index)].\(field)", message: message))
            }
            require(
                (1...DeliveryLimits.leaseCharacters).contains(item.leaseId.unicodeScalars.count), "leaseId",
                "must have from 1 to \(DeliveryLimits.leaseCharacters) characters")
            // The receipt is what allows the record to be deleted one day.
            require(
                item.outcome != .done || item.caseId?.isEmpty == false || item.reason?.isEmpty == false, "caseId",
                "or a reason must come with done")
            for (field, text, most) in [
                ("caseId", item.caseId, 255), ("system", item.system, 255), ("reason", item.reason, 1000),
            ] {
                require((text?.unicodeScalars.count ?? 0) <= most, field, "must have at most \(most) characters")
                // PostgreSQL keeps no text with it.
                require(text?.unicodeScalars.contains("\0") != true, field, "must not have the character U+0000")
            }
            require(
                item.leaseSeconds.map(DeliveryLimits.lease.range.contains) ?? true, "leaseSeconds",
                "must be from 10 to 3600")
            require(
                item.retryAfterSeconds.map(DeliveryLimits.retryAfter.range.contains) ?? true, "retryAfterSeconds",
                "must be from 0 to 86400")
        }
        guard violations.isEmpty else {
            throw Problem(
                "schema-violation", status: 422, title: "The acknowledgements are not as they must be",
                violations: violations)
        }
    }

    private func redrive(_ request: Request, _ name: String) async throws -> Response {
        let caller = try access.operator(of: request)
        let wish: RedriveRequest = try body(request)
        guard DeliveryLimits.redrives.contains(wish.recordIds.count) else {
            throw Problem(
                "schema-violation", status: 422, title: "The redrive is not as it must be",
                violations: [Problem.Violation(field: "recordIds", message: "must be from 1 to 100")])
        }
        return try .json(
            RedriveResponse(items: try await store.redrive(wish.recordIds, of: name, by: origin(caller))))
    }

    private func list(_ request: Request, _ name: String) async throws -> Response {
        _ = try access.observer(of: request, subscription: name)
        let phases = DeliveryState.Phase.allCases
        let state = request.query["state"]
        let phase = state.flatMap { state in phases.first { "\($0)" == state } }
        guard state == nil || phase != nil else {
            throw Problem(
                "schema-violation", status: 422, title: "The state is not known",
                violations: [
                    Problem.Violation(
                        field: "state", message: "must be one of \(phases.map { "\($0)" }.joined(separator: ", "))")
                ])
        }
        let limit = try limited(try number(request, "limit"), DeliveryLimits.list, "limit")
        let offset = try limited(try number(request, "offset"), Self.start, "offset")
        let items = try await store.entries(of: name, in: phase, limit: limit, offset: offset)
        return try .json(List(items: items, limit: limit, offset: offset))
    }
}
