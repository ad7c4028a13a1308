import Foundation
import FoundationXML

/// An element of a device's document; names are local, because devices agree on neither prefix nor namespace.
package struct XMLNode: Sendable, Hashable {
    package var name: String
    package var attributes: [String: String] = [:]
    /// Its own characters, without the white space around them.
    package var text = ""
    package var children: [XMLNode] = []

    /// The first child called `name`.
    package subscript(name: String) -> XMLNode? { children.first { $0.name == name } }

    package func all(_ name: String) -> [XMLNode] { children.filter { $0.name == name } }

    /// This element and all inside it, in document order.
    package var everything: [XMLNode] { [self] + children.flatMap(\.everything) }

    /// A descendant's text by the names on the way to it.
    package func text(_ path: String...) -> String? {
        let found = path.reduce(Optional(self)) { node, name in node?[name] }
        return found.flatMap { $0.text.isEmpty ? nil : $0.text }
    }

    package func integer(_ path: String...) -> Int? {
        path.reduce(Optional(self)) { node, name in node?[name] }.flatMap { Int($0.text) }
    }
}

/// Why a device's document cannot be used.
package struct XMLRefusal: Error, Hashable, CustomStringConvertible {
    package var description: String
}

extension XMLNode {
    /// Parses a whole document.
    ///
    /// Document types are refused, and with them every kind of entity trick; no device sends one.
    ///
    /// - Parameter bytes: At most 1 MiB. The encoding is UTF-8, whatever the declaration calls it.
    /// - Throws: ``XMLRefusal``.
    package init(document bytes: [UInt8]) throws(XMLRefusal) {
        guard bytes.count <= 1 << 20 else { throw XMLRefusal(description: "the document is larger than 1 MiB") }
        var text = String(decoding: bytes, as: UTF8.self)
        text.trimPrefix { $0.isWhitespace || $0 == "\u{FEFF}" }
        // Devices declare encodings that have no such name, as "UTF8". Over an instruction without content FoundationXML
        // ends the process; no instruction says anything of a device.
        text.replace(/<\?.*?\?>/.dotMatchesNewlines(), with: "")
        guard !text.contains("<?") else { throw XMLRefusal(description: "the document has an unended instruction") }
        guard !text.contains("<!DOCTYPE"), !text.contains("<!ENTITY") else {
            throw XMLRefusal(description: "the document declares a type")
        }
        let builder = TreeBuilder()
        let parser = XMLParser(data: Data(text.utf8))
        parser.shouldResolveExternalEntities = false
        parser.delegate = builder
        guard parser.parse(), let root = builder.root else {
            throw XMLRefusal(description: "the document is not well-formed XML")
        }
        self = root
    }
}

private final class TreeBuilder: NSObject, XMLParserDelegate {
    private(set) var root: XMLNode?
    private var open: [XMLNode] = []

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        guard open.count < 64 else { return parser.abortParsing() }
        let local = attributes.map { (Self.local($0.key), $0.value) }
        open.append(
            XMLNode(
                name: Self.local(elementName), attributes: Dictionary(local, uniquingKeysWith: { first, _ in first })))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        guard !open.isEmpty else { return }
        open[open.count - 1].text += string
    }

    func parser(
        _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?, qualifiedName: String?
    ) {
        guard var node = open.popLast() else { return }
        node.text = node.text.trimmingCharacters(in: .whitespacesAndNewlines)
        if open.isEmpty { root = node } else { open[open.count - 1].children.append(node) }
    }

    private static func local(_ name: String) -> String {
        name.split(separator: ":").last.map(String.init) ?? name
    }
}
