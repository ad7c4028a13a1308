public import Foundation

/// How often a PIN may be guessed: five times, then ever more seldom.
public struct SignInLimit: Sendable, Hashable {
    /// Wrong ones since the last right one.
    public private(set) var failures = 0
    /// No try counts before.
    public private(set) var closedUntil: Date?

    /// Free tries, and the first wait in seconds; each further wrong try doubles it.
    public static let freeTries = 5
    private static let firstWait = 60.0
    private static let longestWait = 3600.0

    public init() {}

    public func isOpen(at time: Date) -> Bool { closedUntil.map { $0 <= time } ?? true }

    public mutating func noteWrong(at time: Date) {
        failures += 1
        guard failures >= Self.freeTries else { return }
        let doublings = Double(min(failures - Self.freeTries, 10))
        closedUntil = time.addingTimeInterval(min(Self.firstWait * pow(2, doublings), Self.longestWait))
    }

    public mutating func noteRight() { self = SignInLimit() }
}
