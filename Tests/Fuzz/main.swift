import CFuzzer
import Foundation
import FuzzEntries

// Built by scripts/fuzz only. BLANKETT_FUZZ names the entry; the arguments are libFuzzer's.
private let entry: FuzzEntry = {
    let name = ProcessInfo.processInfo.environment["BLANKETT_FUZZ"] ?? ""
    guard let entry = FuzzEntry(rawValue: name) else { fatalError("BLANKETT_FUZZ names no entry: \(name)") }
    return entry
}()

nonisolated private func one(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
    Chosen.entry.run(bytes)
    return 0
}

/// The entry, where the callback can reach it from any thread.
private enum Chosen {
    static let entry = FuzzEntry(rawValue: ProcessInfo.processInfo.environment["BLANKETT_FUZZ"] ?? "") ?? .png
}

var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = unsafe CommandLine.unsafeArgv
_ = entry
exit(unsafe LLVMFuzzerRunDriver(&count, &arguments, { unsafe one($0, $1) }))
