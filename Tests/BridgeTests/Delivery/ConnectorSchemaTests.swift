import Connectors
import Delivery
import Foundation
import HTTP
import Support
import Testing
import TestSupport

/// Editors believe the schema, the connector believes itself: they must say the same.
@Suite(.temporaryDirectory) struct `The schemas of the connectors' files` {
    private static func schema(_ name: String) throws -> JSONValue {
        let url = Checkout.root.appending(path: "docs/schemas/\(name).schema.json")
        return try JSONCoding.decode(from: Data(contentsOf: url))
    }

    private static func example(_ name: String) throws -> JSONValue {
        let url = Checkout.root.appending(path: "docs/integrate/\(name).json5")
        return try JSONCoding.decode(from: Data(contentsOf: url), json5: true)
    }

    @Test func `have the keys that the connector knows`() throws {
        let schema = try Self.schema("blankett-connector")
        for object in ConnectorConfiguration.objects {
            let name = object.name.replacing("the ", with: "")
            let definition = try #require(schema["$defs"]?[name], "\(name)")
            #expect(Set(definition["properties"]?.objectValue?.keys ?? [:].keys) == Set(object.keys), "\(name)")
            let required = definition["required"]?.arrayValue?.compactMap(\.stringValue) ?? []
            #expect(Set(required) == Set(object.required), "\(name)")
            #expect(definition["additionalProperties"] == false, "\(name)")
        }
    }

    @Test(arguments: ["folder", "support-management"]) func `take the worked examples`(_ name: String) throws {
        let schema = try JSONSchema(try Self.schema("blankett-connector"))
        let example = try Self.example(name)
        #expect(schema.violations(of: example) == [])
        _ = try ConnectorConfiguration(file: Checkout.root.appending(path: "docs/integrate/\(name).json5"))
    }

    private static let mistakes: [(place: [String], value: JSONValue?)] = [
        (["format"], "blankett-connector/2"), (["bridge"], nil), (["bridge", "address"], "bridge.kommun.se"),
        (["bridge", "leaseSeconds"], 5), (["bridge", "tokenFile"], nil), (["bridge", "lease"], 300),
        (["folder", "path"], nil), (["folder", "format"], "xml"), (["folder"], nil), (["rest"], [:]),
        (["folder", "columns"], [["name": "a", "value": "data"]]), (["folder", "receipts"], "yes"),
    ]

    /// What the one refuses the other does as well.
    @Test(arguments: mistakes.indices) func `refuse what the connector refuses`(_ index: Int) throws {
        let (place, value) = Self.mistakes[index]
        let broken = Self.changed(try Self.example("folder"), place, value)
        let schema = try JSONSchema(try Self.schema("blankett-connector"))
        #expect(!schema.violations(of: broken).isEmpty)
        let file = TemporaryDirectory.url.appending(path: "connector.json5")
        try Data(try JSONCoding.encode(broken)).write(to: file)
        #expect(throws: BlankettError.self) { try ConnectorConfiguration(file: file) }
    }

    private static func changed(_ value: JSONValue, _ place: [String], _ new: JSONValue?) -> JSONValue {
        var members = value.objectValue ?? [:]
        if place.count == 1 {
            members[place[0]] = new
        } else {
            members[place[0]] = changed(members[place[0]] ?? [:], Array(place.dropFirst()), new)
        }
        return .object(members)
    }

    @Test func `are kept by what is put into a folder`() async throws {
        let bridge = try await TestBridge()
        let record = sampleRecord()
        try await bridge.run { origin in
            _ = try await origin.putBlob(samplePage)
            #expect(try await origin.put(record).status == 201)
            let folder = TemporaryDirectory.url
            try Data(bridge.consumer.utf8).write(to: folder.appending(path: "token"))
            try DurableFile.makeFolder(folder.appending(path: "drop"))
            let connector: JSONValue = [
                "format": "blankett-connector/1",
                "bridge": ["address": .string(origin.url), "subscription": "cases", "tokenFile": "token"],
                "folder": ["path": "drop", "receipts": false],
            ]
            let file = folder.appending(path: "connector.json5")
            try Data(try JSONCoding.encode(connector)).write(to: file)
            try await Connector(ConnectorConfiguration(file: file), log: .silent).run(until: Termination(), once: true)
            let written = try Data(contentsOf: folder.appending(path: "drop/\(record.id).json"))
            let schema = try JSONSchema(try Self.schema("blankett-folder-record"))
            #expect(schema.violations(of: try JSONCoding.decode(from: written)) == [])
            #expect(schema.violations(of: ["recordId": "1"]).count > 3)
        }
    }
}
