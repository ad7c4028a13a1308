import COpenCV

/// OpenCV refused; its own words, which never hold contents of a page.
public struct VisionError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    static func last() -> VisionError { VisionError(description: String(cString: copencv_last_error())) }
}

/// Turns a status below zero into an error.
@discardableResult
func check(_ status: Int32) throws(VisionError) -> Int {
    guard status >= 0 else { throw .last() }
    return Int(status)
}

/// What holds for all of OpenCV in this process.
public enum Vision {
    /// How many threads OpenCV may use; a worker that shares the machine wants 1.
    public static func setThreads(_ count: Int) { copencv_set_threads(Int32(count)) }

    /// Throws inside C++ on purpose: a self-test that exceptions come out as errors.
    public static func throwInside() throws(VisionError) { try check(copencv_throw_test()) }
}
