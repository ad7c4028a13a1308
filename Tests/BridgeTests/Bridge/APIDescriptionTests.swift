import BridgeApp
import Delivery
import Foundation
import HTTP
import Support
import Testing
import TestSupport

/// The document that the bridge serves, and what is asked of it.
private struct Description {
    let document: JSONValue

    init(_ origin: TestBridge.Origin) async throws {
        let response = try await origin.send("GET", "/v1/openapi.json", as: nil)
        try #require(response.status == 200)
        document = try JSONCoding.decode(from: try #require(response.bytes))
    }

    var operations: [(name: String, body: JSONValue)] {
        (document["paths"]?.objectValue ?? [:]).flatMap { path, item in
            (item.objectValue ?? [:]).map { ("\($0.key.uppercased()) \(path)", $0.value) }
        }
    }

    /// What a reference leads to, or the value itself.
    func resolved(_ value: JSONValue) -> JSONValue {
        guard let reference = value["$ref"]?.stringValue, let pointer = JSONPointer(String(reference.dropFirst()))
        else { return value }
        return document[pointer] ?? .null
    }

    func responses(of operation: JSONValue) -> [(status: Int, body: JSONValue)] {
        (operation["responses"]?.objectValue ?? [:]).map { (Int($0.key) ?? 0, resolved($0.value)) }
    }

    func parameters(of operation: JSONValue) -> [JSONValue] {
        (operation["parameters"]?.arrayValue ?? []).map(resolved)
    }

    /// All objects of the document.
    func objects(in value: JSONValue? = nil) -> [[String: JSONValue]] {
        switch value ?? document {
        case .object(let members): [members] + members.values.flatMap { objects(in: $0) }
        case .array(let elements): elements.flatMap { objects(in: $0) }
        default: []
        }
    }

    func describes(_ value: JSONValue?) -> Bool {
        value?["description"]?.stringValue?.contains("\n\nSvenska: ") == true
    }
}

private let oauthNames: Set = ["grant_type", "client_id", "client_secret", "access_token", "token_type", "expires_in"]

@Suite(.temporaryDirectory) struct `The API's description` {
    @Test func `holds each route, and no other`() async throws {
        let service = try await BridgeService(try BridgeConfiguration(file: try await TestBridge().file), log: .silent)
        let bridge = Set(service.routes)
        let origin = TestBridge.Origin(bridge: try await TestBridge(), url: service.origin)
        let described = Set(try await Description(origin).operations.map(\.name))
        await service.stop()
        #expect(described.subtracting(bridge).isEmpty)
        #expect(bridge.subtracting(described).isEmpty)
    }

    @Test func `refers only to what is there`() async throws {
        try await TestBridge().run { origin in
            let description = try await Description(origin)
            for object in description.objects() where object["$ref"] != nil {
                #expect(description.resolved(.object(object)) != .null, "\(object)")
            }
        }
    }

    /// The rules of DIGG's REST API-profil 1.2.0 that a document can keep or break, by their names there.
    @Test func `keeps the rules of DIGG's profile`() async throws {
        try await TestBridge().run { origin in
            let description = try await Description(origin)
            let document = description.document
            let info = document["info"]
            let operations = description.operations
            let addresses = operations.map(\.name)
            let parameters = operations.flatMap { description.parameters(of: $0.body) }
            let errors = operations.flatMap { name, body in
                description.responses(of: body).filter { $0.status >= 400 && !name.hasPrefix("HEAD") }
            }
            let names = description.objects().flatMap { $0["properties"]?.objectValue?.keys.map { $0 } ?? [] }
            let rules: [(String, Bool)] = [
                (
                    "DOK.03: title, version, contact and licence",
                    ["title", "version", "description", "contact", "license"].allSatisfy { info?[$0] != nil }
                ),
                ("DOK.06: in Swedish and English", description.describes(info)),
                (
                    "DOK.08: service level",
                    ["availability", "responseTime", "support"].allSatisfy { info?["x-sla"]?[$0] != nil }
                ),
                ("DOK.09: limitations", info?["x-limitations"] != nil),
                (
                    "DOK.15: examples in each request and response",
                    description.objects().flatMap { $0["content"]?.objectValue?.values.map { $0 } ?? [] }
                        .allSatisfy { $0["examples"]?.objectValue?.isEmpty == false }
                ),
                (
                    "SAK.18: OAuth 2",
                    document["components"]?["securitySchemes"]?.objectValue?.values.contains { $0["type"] == "oauth2" }
                        == true
                ),
                ("DOK.17: OpenAPI 3.1", document["openapi"]?.stringValue?.hasPrefix("3.1.") == true),
                ("DOK.19: operations are described", operations.allSatisfy { description.describes($0.body) }),
                (
                    "DOK.20: responses are described",
                    operations.flatMap { description.responses(of: $0.body) }.allSatisfy {
                        $0.body["description"]?.stringValue?.isEmpty == false
                    }
                ),
                (
                    "AME.01/04/05/07: fields in camel case",
                    // Those of RFC 6749 are given.
                    names.allSatisfy { $0.wholeMatch(of: /\$?[a-z][A-Za-z0-9]*/) != nil || oauthNames.contains($0) }
                ),
                (
                    "RES.02: no personal number in an address",
                    parameters.allSatisfy {
                        $0["name"]?.stringValue?.firstMatch(of: /(?i)pnr|personn|ssn/) == nil
                    }
                ),
                (
                    "FOR.02: no body on GET",
                    operations.allSatisfy { !$0.name.hasPrefix("GET") || $0.body["requestBody"] == nil }
                ),
                (
                    "UFN.01, VER.05: version in the address",
                    addresses.allSatisfy { $0.contains(" /v1/") || $0.contains(" /problems/") }
                ),
                (
                    "RES.06, UFN.07-09: lower case with hyphens",
                    addresses.allSatisfy {
                        $0.split(separator: " ")[1].wholeMatch(of: /(\/([a-z0-9.-]+|\{[A-Za-z0-9]+\}))+/) != nil
                    }
                ),
                ("VER.06: api-info", addresses.contains("GET /v1/api-info")),
                (
                    "FNS.01-09: lists take limit and offset, 20 by default",
                    operations.filter { $0.body["operationId"]?.stringValue?.hasPrefix("list") == true }.allSatisfy {
                        let known = description.parameters(of: $0.body)
                        let limit = known.first { $0["name"] == "limit" }
                        return limit?["schema"]?["default"] == 20 && known.contains { $0["name"] == "offset" }
                    }
                ),
                (
                    "FEL.01/02: errors are problem+json",
                    !errors.isEmpty
                        && errors.allSatisfy {
                            $0.body["content"]?.objectValue?.keys.map { $0 } == ["application/problem+json"]
                        }
                ),
                (
                    "FEL.02: with type, title, status, detail and instance",
                    ["type", "title", "status", "detail", "instance"].allSatisfy {
                        document["components"]?["schemas"]?["Problem"]?["required"]?.arrayValue?.contains(.string($0))
                            == true
                    }
                ),
                (
                    "SAK.09/10: bearer, never basic or digest",
                    document["components"]?["securitySchemes"]?.objectValue?.values.allSatisfy {
                        $0["scheme"] == "bearer" || $0["type"] == "mutualTLS" || $0["type"] == "oauth2"
                    } == true
                ),
                (
                    "SAK.15/16: no key in an address",
                    parameters.allSatisfy { $0["name"]?.stringValue?.firstMatch(of: /(?i)key|token|secret/) == nil }
                ),
            ]
            for (rule, isKept) in rules { #expect(isKept, "\(rule)") }
        }
    }

    @Test func `tells what each problem means`() async throws {
        try await TestBridge().run { origin in
            let description = try await Description(origin)
            let problems = description.document["x-problems"]?.objectValue ?? [:]
            #expect(problems.count > 15)
            for code in problems.keys {
                let response = try await origin.send("GET", "/problems/\(code)", as: nil)
                let meaning: JSONValue = try JSONCoding.decode(from: response.bytes ?? [])
                #expect(response.status == 200 && meaning["sv"] != nil && meaning["en"] != nil, "\(code)")
            }
        }
    }

    @Test func `gives a schema for each form`() async throws {
        try await TestBridge().run { origin in
            let token = origin.bridge.consumer
            let list: JSONValue = try JSONCoding.decode(
                from: try await origin.send("GET", "/v1/form-types", as: token).bytes ?? [])
            let forms = list["items"]?.arrayValue ?? []
            #expect(!forms.isEmpty)
            for form in forms {
                let path = try #require(form["schema"]?.stringValue)
                let response = try await origin.send("GET", path, as: token)
                #expect(
                    response.headers["Content-Type"] == "application/schema+json" && response.headers["ETag"] != nil)
                let schema: JSONValue = try JSONCoding.decode(from: response.bytes ?? [])
                #expect(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema")
                #expect(schema["x-form"]?["type"] == form["type"])
                #expect(schema["properties"]?.objectValue?.isEmpty == false)
            }
        }
    }
}

@Suite(.temporaryDirectory) struct `Dead letters` {
    private typealias Item = AcknowledgementRequest.Item

    @Test func `are tried again when an operator wishes, and the old lease is lost`() async throws {
        try await TestBridge().run { origin in
            _ = try await origin.putBlob(samplePage)
            let records = [sampleRecord(), sampleRecord()]
            for record in records { _ = try await origin.put(record) }
            let lease = try #require(try await origin.claim(ClaimRequest(limit: 1)).items.first?.leaseId)
            let rejection = Item(leaseId: lease, outcome: .reject, reason: "not ours")
            #expect(try await origin.acknowledge([rejection]) == [.rejected])
            #expect(try await origin.counters().rejected == 1)

            let ids = records.map(\.id) + [UUIDv7()]
            let response = try await origin.send(
                "POST", "/v1/subscriptions/cases/redrives", as: origin.bridge.operator,
                body: try JSONCoding.encode(RedriveRequest(recordIds: ids)))
            let answer: RedriveResponse = try JSONCoding.decode(from: response.bytes ?? [])
            #expect(answer.items.map(\.result) == [.redriven, .notRejected, .notFound])
            // A `reject` that was sent twice does not undo what the operator did.
            #expect(try await origin.acknowledge([rejection]) == [.leaseLost])
            #expect(try await origin.counters().rejected == 0)
            let again = try await origin.claim()
            #expect(Set(again.items.map(\.record.id)) == Set(records.map(\.id)))
            #expect(again.items.allSatisfy { $0.attempt == 1 })
        }
    }
}
