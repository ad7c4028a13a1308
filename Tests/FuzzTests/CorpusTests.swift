import Foundation
import FuzzEntries
import Support
import Testing
import TestSupport

@Suite(.serialized) struct `The kept corpus` {
    @Test(arguments: FuzzEntry.allCases)
    func `goes through its entry without a crash, and some of it is what it should be`(_ entry: FuzzEntry) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus/\(entry.rawValue)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.path() < $1.path() }
        #expect(!files.isEmpty)
        let taken = try files.filter { entry.run([UInt8](try Data(contentsOf: $0))) }
        #expect(!taken.isEmpty, "none of \(files.count) files is a good one: the entry tests nothing")
        #expect(taken.count < files.count, "none of \(files.count) files is a bad one")
    }

    @Test(arguments: FuzzEntry.allCases)
    func `cut short or with a byte changed is refused or read, never more`(_ entry: FuzzEntry) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus/\(entry.rawValue)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.path() < $1.path() }
        // Each PDF is two processes.
        let most = entry == .pdf ? 6 : 150
        var random = Pseudorandom(state: 238)
        for number in 0..<most {
            var bytes = [UInt8](try Data(contentsOf: files[number % files.count]))
            guard !bytes.isEmpty else { continue }
            if random.next() % 3 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
            for _ in 0..<(random.next() % 4) where !bytes.isEmpty {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            entry.run(bytes)
        }
    }
}

/// The same numbers on every run.
private struct Pseudorandom {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}
