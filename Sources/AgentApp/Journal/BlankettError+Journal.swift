public import Support

extension BlankettError {
    public static func storageFull(cause: (any Error)? = nil) -> BlankettError {
        BlankettError(
            "storage-full", exit: .storage,
            "The disk of this station is full; scanning has stopped and nothing is lost.",
            advice: "Free some space, then put the stack back from the sheet that is shown.", isTransient: true,
            cause: cause)
    }

    /// Before a scan begins: there is no room for its pages.
    public static let noRoom = BlankettError(
        "storage-full", exit: .storage, "The disk of this station is too full to scan; nothing is lost.",
        advice: "Free some space on it, then scan again: blankett status tells how much is needed.", isTransient: true)

    public static func storageFailed(cause: (any Error)? = nil) -> BlankettError {
        BlankettError(
            "storage-failed", exit: .storage, "The disk of this station failed to store a page.",
            advice: "Do not throw away the paper; call the technician.", cause: cause)
    }

    /// `object` is the id of a page or document.
    public static func damaged(_ object: String) -> BlankettError {
        BlankettError(
            "journal-damaged", exit: .storage, "The stored copy of \(object) is gone or was changed.",
            advice: "Scan the paper again, and call the technician.")
    }
}
