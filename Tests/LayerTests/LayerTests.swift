import Foundation
import Testing

/// The rows of docs/DESIGN.md as data: a module may import only from rows above its own in this list.
private let layers: [[String]] = [
    [
        "CSANE", "CTesseract", "CLeptonica", "CMicroHTTPD", "CCurl", "CSQLite", "CSodium", "COpenCV", "CProcess",
        "CZXing", "COneDNN", "CUSB", "CAvahi", "CXML2", "CNettle", "CGnuTLS", "CPostgres",
    ],
    ["Support"],
    ["Imaging", "HTTP"],
    ["Scanning", "Forms"],
    ["Reading", "Teaching"],
    ["Delivery"],
    ["Evidence", "Records"],
    [
        "ImageCodecs", "Sealing", "Certificates", "HTTPServer", "HTTPClient", "SQLiteStore", "PostgresStore",
        "ESCLScanning", "SANEScanning", "Workers", "TesseractReading", "VisionReading", "BarcodeReading", "USBDevices",
        "NetworkDiscovery",
    ],
    ["Scanners", "Connectors"],
    ["ReadingApp", "BridgeApp", "VirtualMFP", "AgentApp"],
    ["KioskApp", "TechnicianApp"],
    ["blankett", "blankett-agent", "blankett-bridge", "blankett-read-worker", "blankett-scan-worker", "virtual-mfp"],
]

/// Each C module and who may import it: one target, but for libsodium, whose signatures the bottom row checks.
private let owners: [String: Set<String>] = [
    "CSANE": ["SANEScanning"], "CTesseract": ["TesseractReading"], "CLeptonica": ["ImageCodecs"],
    "CMicroHTTPD": ["HTTPServer"], "CCurl": ["HTTPClient"], "CSQLite": ["SQLiteStore"],
    "CSodium": ["Sealing", "Support"], "CNettle": ["Support"],
    "COneDNN": ["VisionReading"], "COpenCV": ["VisionReading"], "CProcess": ["Support"], "CZXing": ["BarcodeReading"],
    "CPostgres": ["PostgresStore"], "CUSB": ["USBDevices"], "CGnuTLS": ["Certificates"],
    "CAvahi": ["NetworkDiscovery"], "CXML2": ["ESCLScanning"],
]

/// What the agent must never link, because it may crash or hang.
private let neverInTheAgent: Set = ["CSANE", "CTesseract", "CLeptonica", "COneDNN", "COpenCV", "CZXing"]

private let level = Dictionary(
    uniqueKeysWithValues: layers.enumerated().flatMap { row in row.element.map { ($0, row.offset) } })

private let sources = URL(filePath: #filePath).appending(path: "../../../Sources").standardized

/// The project's modules that `module` imports, with the file that does.
private func imports(of module: String) throws -> [(file: String, module: String)] {
    let folder = sources.appending(path: module)
    return try FileManager.default.subpathsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".swift") }
        .flatMap { file in
            try String(contentsOf: folder.appending(path: file), encoding: .utf8)
                .matches(of: /(?m)^\s*(?:@\w+ )*(?:\w+ )?import (?:\w+ )?(\w+)/)
                .map { (file, String($0.1)) }
                .filter { level[$0.1] != nil }
        }
}

struct `The layers` {
    @Test(arguments: layers.dropFirst().joined())
    func `import only downward`(_ module: String) throws {
        let own = try #require(level[module])
        for (file, imported) in try imports(of: module) {
            let isLower = level[imported].map { $0 < own } ?? true
            #expect(isLower, "\(module)/\(file) imports \(imported)")
        }
    }

    @Test func `name every folder of Sources`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: sources.path())
        #expect(Set(folders) == Set(level.keys))
    }

    @Test(arguments: owners.sorted { $0.key < $1.key })
    func `keep each C module to its owner`(_ cModule: String, _ owners: Set<String>) throws {
        for module in layers.dropFirst().joined() where !owners.contains(module) {
            #expect(try !imports(of: module).contains { $0.module == cModule }, "\(module) imports \(cModule)")
        }
    }

    @Test(arguments: ["blankett-agent", "blankett"])
    func `keep drivers and decoders out of`(_ program: String) throws {
        var seen: Set<String> = []
        var open = [program]
        while let module = open.popLast() {
            guard seen.insert(module).inserted, level[module] != 0 else { continue }
            open += try imports(of: module).map(\.module)
        }
        #expect(seen.isDisjoint(with: neverInTheAgent))
    }
}
