import Foundation
import TestSupport

/// One run of one of our programs, from its start to its end.
struct ProgramRun {
    var code: Int32
    var output: String
    var errors: String

    @concurrent init(_ program: String, _ arguments: [String]) async throws {
        let process = Process()
        process.executableURL = Checkout.programs.appending(path: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["LANG": "C.UTF-8"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        let files = try ["out", "err"].map { suffix in
            let file = TemporaryDirectory.url.appending(path: "\(UUID().uuidString).\(suffix)")
            try Data().write(to: file)
            return file
        }
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try process.run()
        process.waitUntilExit()
        code = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        output = try String(contentsOf: files[0], encoding: .utf8)
        errors = try String(contentsOf: files[1], encoding: .utf8)
    }
}
