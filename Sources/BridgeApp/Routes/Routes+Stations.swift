import Delivery
import Foundation
import HTTP
import Support

extension Routes {
    /// What kiosks fetch for themselves, and what they tell of themselves.
    func addStations(to router: inout Router) {
        router.on("GET", "/v1/packages") { request, _ in
            try await guarded {
                let agent = try access.agent(of: request)
                let bytes = try JSONCoding.encode(PackageList(items: shelf.entries(for: agent.name)))
                return tagged(
                    "sha256-\(SHA256.hexadecimal(of: bytes))", request, type: "application/json", bytes: bytes)
            }
        }
        router.on("GET", "/v1/packages/{sha256}") { request, parameters in
            try await guarded {
                let agent = try access.agent(of: request)
                let name = parameters["sha256"] ?? ""
                guard let bytes = try await Self.onDisk({ [shelf] in try shelf.bytes(name, for: agent.name) }) else {
                    throw Problem("package-not-found", status: 404, title: "There is no such package for you")
                }
                return tagged("sha256-\(name)", request, type: "application/json", bytes: bytes)
            }
        }
        router.on("PUT", "/v1/station") { request, _ in
            try await guarded {
                let agent = try access.agent(of: request)
                let report: StationReport = try body(request)
                try check(report)
                try board.tell(report, by: agent.name, at: access.now())
                return Response(status: 204)
            }
        }
    }

    /// Packages are large, and rare: they are read on threads of their own.
    private static func onDisk<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { continuation.resume(with: Swift.Result { try work() }) }
        }
    }

    private struct PackageList: Encodable {
        var items: [PackageEntry]
    }

    private func check(_ report: StationReport) throws(Problem) {
        func isText(_ text: String) -> Bool { (1...100).contains(text.unicodeScalars.count) }
        var violations: [Problem.Violation] = []
        func require(_ condition: Bool, _ field: String, _ message: String) {
            if !condition { violations.append(.init(field: field, message: message)) }
        }
        require(isText(report.version), "version", "must have from 1 to 100 characters")
        for (field, list) in [("forms", report.forms), ("profiles", report.profiles)] {
            require(list.count <= 10_000, field, "must have at most 10000 entries")
            require(list.allSatisfy { isText($0.name) }, field, "must have names of 1 to 100 characters")
            require(list.allSatisfy { Int32(exactly: $0.version) != nil }, field, "must have versions of 32 bits")
        }
        require(report.devices.count <= 100, "devices", "must have at most 100 entries")
        require(
            report.devices.allSatisfy { isText($0.name) && isText($0.state) && $0.model.map(isText) ?? true },
            "devices",
            "must have texts of 1 to 100 characters")
        guard violations.isEmpty else {
            throw Problem(
                "schema-violation", status: 422, title: "The report is not as it must be", violations: violations)
        }
    }
}
