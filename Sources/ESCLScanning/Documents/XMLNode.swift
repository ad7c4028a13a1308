import CXML2
import Foundation

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
        // Devices declare encodings that have no such name, as "UTF8"; no instruction says anything of a device.
        text.replace(/<\?.*?\?>/.dotMatchesNewlines(), with: "")
        guard !text.contains("<?") else { throw XMLRefusal(description: "the document has an unended instruction") }
        guard !text.contains("<!DOCTYPE"), !text.contains("<!ENTITY") else {
            throw XMLRefusal(description: "the document declares a type")
        }
        guard let root = Self.root(of: text) else {
            throw XMLRefusal(description: "the document is not well-formed XML")
        }
        self = root
    }

    /// Not FoundationXML's parser: it keeps values that do not end for good, and a broken device may send one each second.
    private static func root(of text: String) -> XMLNode? {
        var text = text
        let document = text.withUTF8 { bytes in
            xmlReadMemory(
                UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), nil,
                "UTF-8",
                Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue))
        }
        guard let document else { return nil }
        defer { xmlFreeDoc(document) }
        return xmlDocGetRootElement(document).flatMap { XMLNode($0.pointee) }
    }

    /// Deeper than any device goes, and shallow enough to be followed by calls.
    private static let deepest = 64

    /// An element of a parsed document with all in it; `nil` where elements lie too deep in each other.
    private init?(_ element: xmlNode, depth: Int = 1) {
        guard depth <= Self.deepest else { return nil }
        name = Self.local(element.name)
        for attribute in Self.siblings(element.properties, \.next) {
            let key = Self.local(attribute.pointee.name)
            if attributes[key] == nil { attributes[key] = Self.text(in: attribute.pointee.children) }
        }
        text = Self.text(in: element.children).trimmingCharacters(in: .whitespacesAndNewlines)
        for child in Self.siblings(element.children, \.next) where child.pointee.type == XML_ELEMENT_NODE {
            guard let node = XMLNode(child.pointee, depth: depth + 1) else { return nil }
            children.append(node)
        }
    }

    /// The nodes of one of libxml2's lists, which may be empty.
    private static func siblings<Node>(
        _ first: UnsafeMutablePointer<Node>?, _ next: KeyPath<Node, UnsafeMutablePointer<Node>?>
    ) -> some Sequence<UnsafeMutablePointer<Node>> {
        sequence(state: first) { place in
            defer { place = place.flatMap { $0.pointee[keyPath: next] } }
            return place
        }
    }

    /// The characters of a list, those of elements in it left out.
    private static func text(in list: UnsafeMutablePointer<xmlNode>?) -> String {
        siblings(list, \.next).filter { [XML_TEXT_NODE, XML_CDATA_SECTION_NODE].contains($0.pointee.type) }
            .compactMap(\.pointee.content).map { String(cString: $0) }.joined()
    }

    private static func local(_ name: UnsafePointer<xmlChar>?) -> String {
        let whole = name.map { String(cString: $0) } ?? ""
        return whole.split(separator: ":").last.map(String.init) ?? whole
    }
}
