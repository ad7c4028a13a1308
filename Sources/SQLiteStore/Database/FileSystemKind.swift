import CSQLite
import Foundation
import Support

/// Refuses network file systems, on which SQLite's locks and shared memory cannot be trusted.
func requireLocalFileSystem(_ folder: URL) throws(BlankettError) {
    // From statfs(2).
    let network: [UInt32: String] = [
        0x6969: "NFS", 0x517B: "SMB", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB2", 0x0102_1997: "9P",
        0x5346_414F: "AFS", 0x00C3_6400: "Ceph", 0x7375_7245: "Coda",
    ]
    let kind = csqlite_file_system(folder.path())
    guard kind != 0 else { throw .storage(errno, "The data folder \(folder.path()) cannot be used") }
    if let name = network[kind] {
        throw BlankettError(
            "storage-on-network", exit: .storage, "The data folder is on a network file system (\(name)).",
            advice: "Choose a folder on a local disk.")
    }
}
