import Foundation

/// The sRGB colour space as an ICC profile: what the output intent of a PDF/A names.
///
/// Sources: ICC.1:2001-04 (version 2.4) for the layout; IEC 61966-2-1 for the curve; the primaries are those of sRGB
/// adapted to D50.
enum StandardRGB {
    static let profile: [UInt8] = {
        let tags: [(name: String, body: [UInt8])] = [
            ("desc", description), ("cprt", text("No rights reserved")), ("wtpt", xyz(0.9642, 1, 0.8249)),
            ("rXYZ", xyz(0.43607, 0.22249, 0.01392)), ("gXYZ", xyz(0.38515, 0.71687, 0.09708)),
            ("bXYZ", xyz(0.14307, 0.06061, 0.71410)), ("rTRC", curve), ("gTRC", curve), ("bTRC", curve),
        ]
        var table = number(tags.count)
        var bodies: [UInt8] = []
        var places: [[UInt8]: Int] = [:]
        for tag in tags {
            // Equal tags share their bytes: the three curves are one.
            let place = places[tag.body] ?? 128 + 4 + tags.count * 12 + bodies.count
            if places.updateValue(place, forKey: tag.body) == nil {
                bodies += tag.body + [UInt8](repeating: 0, count: (4 - tag.body.count % 4) % 4)
            }
            table += Array(tag.name.utf8) + number(place) + number(tag.body.count)
        }
        return header(length: 128 + table.count + bodies.count) + table + bodies
    }()

    private static func header(length: Int) -> [UInt8] {
        var header = number(length) + number(0) + number(0x0240_0000)
        header += Array("mntrRGB XYZ ".utf8)
        // A fixed date: the same record must give the same bytes.
        header += [2026, 1, 1, 0, 0, 0].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        header += Array("acsp".utf8)
        header += [UInt8](repeating: 0, count: 68 - header.count)
        header += fixed(0.9642) + fixed(1) + fixed(0.8249)
        return header + [UInt8](repeating: 0, count: 128 - header.count)
    }

    private static var description: [UInt8] {
        let name = Array("sRGB IEC61966-2.1".utf8) + [0]
        return Array("desc".utf8) + number(0) + number(name.count) + name
            + [UInt8](repeating: 0, count: 4 + 4 + 2 + 1 + 67)
    }

    private static func text(_ words: String) -> [UInt8] { Array("text".utf8) + number(0) + Array(words.utf8) + [0] }

    private static func xyz(_ x: Double, _ y: Double, _ z: Double) -> [UInt8] {
        Array("XYZ ".utf8) + number(0) + fixed(x) + fixed(y) + fixed(z)
    }

    private static let curve: [UInt8] = {
        let steps = 1024
        return Array("curv".utf8) + number(0) + number(steps)
            + (0..<steps).flatMap { step -> [UInt8] in
                let value = Double(step) / Double(steps - 1)
                let linear = value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
                let level = UInt16((linear * 65535).rounded())
                return [UInt8(level >> 8), UInt8(level & 0xFF)]
            }
    }()

    private static func fixed(_ value: Double) -> [UInt8] { number(Int((value * 65536).rounded())) }

    private static func number(_ value: Int) -> [UInt8] {
        [UInt8(value >> 24 & 0xFF), UInt8(value >> 16 & 0xFF), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)]
    }
}
