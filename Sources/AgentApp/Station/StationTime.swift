public import Foundation

/// The time as the station sees it: the wall clock's, or one that runs faster, so that tests need not wait.
public struct StationTime: Sendable {
    private let start = Date()
    private let pace: Double

    /// - Parameter pace: How many seconds pass in one.
    public init(pace: Double = 1) {
        self.pace = pace
    }

    public var now: Date { start.addingTimeInterval(-start.timeIntervalSinceNow * pace) }

    func sleep(_ seconds: Double) async throws {
        try await Task.sleep(for: .seconds(seconds / pace))
    }

    /// A wait of so many of its seconds.
    func duration(_ seconds: Double) -> Duration { .seconds(seconds / pace) }
}
