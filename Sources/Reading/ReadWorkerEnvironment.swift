/// What a read-worker's libraries must find in its environment, since they look there before `main`.
public enum ReadWorkerEnvironment {
    public static let limits = [
        // Tesseract's and OpenCV's own threads would fight over the cores that the workers share.
        "OMP_THREAD_LIMIT": "1",
        // With an arena for each thread glibc keeps twice the memory that is in use once pages of many forms have gone through.
        "MALLOC_ARENA_MAX": "1",
        // Pictures of a page come and go: what one leaves is kept for the next instead of being asked from the kernel again.
        "MALLOC_MMAP_THRESHOLD_": "33554432", "MALLOC_TRIM_THRESHOLD_": "268435456",
    ]

    /// For forms that are not in force: nothing of their blanks, which may be filled sheets, is kept in the user's cache.
    public static let withoutCache = ["BLANKETT_LAYOUT_CACHE": "none"]
}
