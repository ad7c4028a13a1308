import Foundation
import Support
import Testing

@Suite struct `A folder in memory` {
    @Test(arguments: [
        [:], ["RUNTIME_DIRECTORY": "/usr"], ["RUNTIME_DIRECTORY": "/nowhere:/dev/shm"], ["XDG_RUNTIME_DIR": "dev/shm"],
        ["RUNTIME_DIRECTORY": "/proc", "XDG_RUNTIME_DIR": ""], ["RUNTIME_DIRECTORY": "/dev/shm:/usr"],
    ])
    func `is none on a disk`(environment: [String: String]) throws {
        #expect(try MemoryFolder.place(environment).path() == "/dev/shm/")
    }
}
