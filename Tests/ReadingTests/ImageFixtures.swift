import Foundation

/// Small image files, made byte by byte so that each can be broken in its own way.
enum ImageFixtures {
    /// A PNG of one flat colour; `samples` is one pixel, with two bytes a sample at depth 16.
    static func png(
        width: Int, height: Int, depth: UInt8 = 8, colorType: UInt8, pixel: [UInt8], extra: [(String, [UInt8])] = []
    ) -> [UInt8] {
        let row: [UInt8] = [0] + [[UInt8]](repeating: pixel, count: width).joined()
        let rows = Array([[UInt8]](repeating: row, count: height).joined())
        return png(width: width, height: height, depth: depth, colorType: colorType, rows: rows, extra: extra)
    }

    /// A PNG whose header promises `width` × `height` and whose data is `rows`, each row with its filter byte.
    static func png(
        width: Int, height: Int, depth: UInt8 = 8, colorType: UInt8, rows: [UInt8], extra: [(String, [UInt8])] = []
    ) -> [UInt8] {
        let header = bigEndian(width) + bigEndian(height) + [depth, colorType, 0, 0, 0]
        let chunks = [("IHDR", header)] + extra + [("IDAT", stored(rows)), ("IEND", [])]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunks.flatMap(chunk)
    }

    /// An uncompressed grey TIFF with one flat page for each level.
    static func tiff(width: Int, height: Int, levels: [UInt8]) -> [UInt8] {
        var file: [UInt8] = [0x49, 0x49, 0x2A, 0x00] + littleEndian(8)
        for (index, level) in levels.enumerated() {
            let entries: [(tag: Int, value: Int)] = [
                (256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 0), (277, 1), (278, height),
                (279, width * height),
            ]
            let data = file.count + 2 + entries.count * 12 + 4
            let next = index == levels.count - 1 ? 0 : data + width * height
            file += [UInt8(entries.count), 0]
            for entry in entries {
                let value = entry.tag == 273 ? data : entry.value
                file += [UInt8(entry.tag & 0xFF), UInt8(entry.tag >> 8), 4, 0] + littleEndian(1) + littleEndian(value)
            }
            file += littleEndian(next) + [UInt8](repeating: level, count: width * height)
        }
        return file
    }

    /// A PDF with pages of `width` × `height` points; `content` draws each.
    static func pdf(width: Int = 72, height: Int = 36, contents: [String]) -> [UInt8] {
        var file = "%PDF-1.4\n"
        var offsets: [Int] = []
        func object(_ body: String) {
            offsets.append(file.utf8.count)
            file += "\(offsets.count) 0 obj\n\(body)\nendobj\n"
        }
        object("<< /Type /Catalog /Pages 2 0 R >>")
        let kids = contents.indices.map { "\(3 + $0 * 2) 0 R" }.joined(separator: " ")
        object("<< /Type /Pages /Count \(contents.count) /Kids [ \(kids) ] >>")
        for (index, content) in contents.enumerated() {
            let box = "[ 0 0 \(width) \(height) ]"
            object("<< /Type /Page /Parent 2 0 R /MediaBox \(box) /Contents \(4 + index * 2) 0 R >>")
            object("<< /Length \(content.utf8.count + 1) >>\nstream\n\(content)\nendstream")
        }
        let start = file.utf8.count
        file += "xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n"
        for offset in offsets {
            file += String(repeating: "0", count: 10 - String(offset).count) + "\(offset) 00000 n \n"
        }
        file += "trailer\n<< /Root 1 0 R /Size \(offsets.count + 1) >>\nstartxref\n\(start)\n%%EOF\n"
        return Array(file.utf8)
    }

    /// 16 × 16, left half pure red, in four colours as printers' files are.
    static let cmykJPEG = decoded(
        """
        /9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUV
        FQwPFxgWFBgSFBUU/8AAFAgAEAAQBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIB
        AwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZH
        SElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV
        1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwD9U6/Kqvyqr9U6K/qor+qiiiv5V6/lXoor+qiv6qKK/9k=
        """)

    /// A fax page of 32 × 16 pixels at 204 × 98 dpi, left half black.
    static let faxTIFF = decoded(
        """
        SUkqABIAAAA1Av////+ACACADAAAAQMAAQAAACAAAAABAQMAAQAAABAAAAACAQMAAQAAAAEAAAADAQMAAQAAAAQAAAAGAQMAAQAA
        AAEAAAARAQQAAQAAAAgAAAAWAQMAAQAAABAAAAAXAQQAAQAAAAoAAAAaAQUAAQAAAKgAAAAbAQUAAQAAALAAAAAcAQMAAQAAAAEA
        AAAoAQMAAQAAAAIAAAAAAAAAzAAAAAEAAABiAAAAAQAAAA==
        """)

    /// Needs the password `u`.
    static let lockedPDF = decoded(
        """
        JVBERi0xLjYKJb/3ov4KMSAwIG9iago8PCAvUGFnZXMgMiAwIFIgL1R5cGUgL0NhdGFsb2cgPj4KZW5kb2JqCjIgMCBvYmoKPDwg
        L0NvdW50IDEgL0tpZHMgWyAzIDAgUiBdIC9UeXBlIC9QYWdlcyA+PgplbmRvYmoKMyAwIG9iago8PCAvQ29udGVudHMgNCAwIFIg
        L01lZGlhQm94IFsgMCAwIDcyIDM2IF0gL1BhcmVudCAyIDAgUiAvVHlwZSAvUGFnZSA+PgplbmRvYmoKNCAwIG9iago8PCAvTGVu
        Z3RoIDQ4IC9GaWx0ZXIgL0ZsYXRlRGVjb2RlID4+CnN0cmVhbQqP2C5JoW1DKTTX6el+iYPnYkQzYERCtssVMvwXBuk3qT2xLUFz
        0qpJZ2C6A/MMvE5lbmRzdHJlYW0KZW5kb2JqCjUgMCBvYmoKPDwgL0NGIDw8IC9TdGRDRiA8PCAvQXV0aEV2ZW50IC9Eb2NPcGVu
        IC9DRk0gL0FFU1YyIC9MZW5ndGggMTYgPj4gPj4gL0ZpbHRlciAvU3RhbmRhcmQgL0xlbmd0aCAxMjggL08gPDJhMmYwYTE5OTAx
        OTJjNjAxMTQ3MzBiZGNkMzlmMzc4MjhhNTNjODlhMzQwZGQ0NzNjODUyOTlkYzUyNThlMWM+IC9QIC00IC9SIDQgL1N0bUYgL1N0
        ZENGIC9TdHJGIC9TdGRDRiAvVSA8Y2I0MjJiNDM5M2I5ZjY1MTg0YjNiNjkxZjJlMTMyMDgwMTIyNDU2YTkxYmFlNTEzNDI3M2E2
        ZGIxMzRjODdjND4gL1YgNCA+PgplbmRvYmoKeHJlZgowIDYKMDAwMDAwMDAwMCA2NTUzNSBmIAowMDAwMDAwMDE1IDAwMDAwIG4g
        CjAwMDAwMDAwNjQgMDAwMDAgbiAKMDAwMDAwMDEyMyAwMDAwMCBuIAowMDAwMDAwMjEwIDAwMDAwIG4gCjAwMDAwMDAzMjggMDAw
        MDAgbiAKdHJhaWxlciA8PCAvUm9vdCAxIDAgUiAvSUQgWzxjM2RkMzFlNGUzYzgwOWExYTM5YzVhMWJmNzQ5ZWE4Mz48YzNkZDMx
        ZTRlM2M4MDlhMWEzOWM1YTFiZjc0OWVhODM+XSAvRW5jcnlwdCA1IDAgUiA+PgpzdGFydHhyZWYKNjI3CiUlRU9GCg==
        """)

    private static func decoded(_ base64: String) -> [UInt8] {
        Data(base64Encoded: base64, options: .ignoreUnknownCharacters).map(Array.init) ?? []
    }

    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return bigEndian(data.count) + body + bigEndian(Int(crc32(body)))
    }

    /// A zlib stream that packs nothing.
    private static func stored(_ data: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var rest = data[...]
        repeat {
            let block = rest.prefix(65535)
            rest = rest.dropFirst(65535)
            let length = UInt16(block.count)
            stream += [rest.isEmpty ? 1 : 0, UInt8(length & 0xFF), UInt8(length >> 8)]
            stream += [UInt8(~length & 0xFF), UInt8(~length >> 8)] + block
        } while !rest.isEmpty
        var (low, high) = (1, 0)
        for byte in data {
            low = (low + Int(byte)) % 65521
            high = (high + low) % 65521
        }
        return stream + bigEndian(high << 16 | low)
    }

    private static func crc32(_ data: [UInt8]) -> UInt32 {
        ~data.reduce(~UInt32(0)) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func littleEndian(_ value: Int) -> [UInt8] { bigEndian(value).reversed() }
}
