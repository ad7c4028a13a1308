import Foundation
import Support
import Testing

@Suite struct `JSON values` {
    @Test(arguments: [
        ("{}", "/a/b", "{\"a\":{\"b\":1}}"),
        ("{\"a\":{\"c\":2}}", "/a/b", "{\"a\":{\"b\":1,\"c\":2}}"),
        ("{\"a\":[5]}", "/a/-", "{\"a\":[5,1]}"),
        ("{\"a\":[5]}", "/a/0", "{\"a\":[1]}"),
        ("{}", "/a~1b/c~0d", "{\"a/b\":{\"c~d\":1}}"),
        ("{}", "", "1"),
    ])
    func `take a value at a pointer`(_ before: String, _ pointer: String, _ after: String) throws {
        var value: JSONValue = try JSONCoding.decode(from: before.utf8)
        let pointer = try #require(JSONPointer(pointer))
        let wasSet = value.set(1, at: pointer)
        #expect(wasSet)
        #expect(try JSONCoding.encodeText(value) == after)
    }

    @Test(arguments: [("{\"a\":1}", "/a/b"), ("{\"a\":[5]}", "/a/2"), ("{\"a\":[5]}", "/a/x")])
    func `stay as they are when a pointer leads nowhere`(_ before: String, _ pointer: String) throws {
        let untouched: JSONValue = try JSONCoding.decode(from: before.utf8)
        var value = untouched
        let wasSet = value.set(1, at: try #require(JSONPointer(pointer)))
        #expect(!wasSet)
        #expect(value == untouched)
    }

    @Test(arguments: ["a", "a/b", " /a"])
    func `refuse a pointer that is none`(_ text: String) {
        #expect(JSONPointer(text) == nil)
    }

    @Test func `keep whole numbers whole and keys sorted`() throws {
        let value: JSONValue = ["b": 3, "a": 2.5, "å": ["x", true, nil]]
        #expect(try JSONCoding.encodeText(value) == "{\"a\":2.5,\"b\":3,\"å\":[\"x\",true,null]}")
    }

    @Test func `tell truth from one`() throws {
        let value: JSONValue = try JSONCoding.decode(from: "[true, 1, 0]".utf8)
        #expect(value == .array([.bool(true), .number(1), .number(0)]))
    }

    @Test func `are read from JSON5 only when asked`() throws {
        let text = "{ // comment\n a: 1, }"
        #expect(try JSONCoding.decode(JSONValue.self, from: text.utf8, json5: true) == ["a": 1])
        #expect(throws: (any Error).self) { try JSONCoding.decode(JSONValue.self, from: text.utf8) }
    }

    /// Foundation reads on behind the end, where nothing is another's.
    @Test(arguments: ["7", "e5", ".5", "x"])
    func `end where their bytes end, whatever lies behind them`(_ behind: String) throws {
        let number = String(repeating: "6", count: 60)
        let bytes = Data((number + behind).utf8).prefix(60)
        let expected = try #require(Double(number))
        #expect(try JSONCoding.decode(JSONValue.self, from: bytes, json5: true) == .number(expected))
    }
}
