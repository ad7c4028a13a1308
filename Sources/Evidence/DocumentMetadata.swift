import Delivery
import Foundation

/// What the document says of itself, as XMP (ISO 16684-1); no personal data.
struct DocumentMetadata {
    private let record: Record

    init(_ record: Record) {
        self.record = record
    }

    var xmp: String {
        let form = record.data.form
        let date = record.data.receivedAt.formatted(.iso8601)
        return """
            <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
            <x:xmpmeta xmlns:x="adobe:ns:meta/">
            <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
            <rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
             xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
             xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
            <pdfaid:part>2</pdfaid:part>
            <pdfaid:conformance>U</pdfaid:conformance>
            <dc:format>application/pdf</dc:format>
            <dc:identifier>urn:uuid:\(record.id)</dc:identifier>
            <dc:title><rdf:Alt><rdf:li xml:lang="x-default">\(Self.escaped(form.name)) \
            (\(Self.escaped(form.type)) \(form.version))</rdf:li></rdf:Alt></dc:title>
            <dc:language><rdf:Bag><rdf:li>\(Self.escaped(form.language))</rdf:li></rdf:Bag></dc:language>
            <xmp:CreateDate>\(date)</xmp:CreateDate>
            <xmp:CreatorTool>Blankett</xmp:CreatorTool>
            <pdf:Producer>Blankett evidence \(EvidenceDocument.version)</pdf:Producer>
            </rdf:Description>
            </rdf:RDF>
            </x:xmpmeta>
            <?xpacket end="r"?>
            """
    }

    /// Without what XML does not allow at all.
    private static func escaped(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value < 0xFFFE }))
            .replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
