import Foundation

/// What a share of errors is at most, given so many in so many tries: the exact one-sided bound of Clopper and Pearson.
public enum ErrorBound {
    /// - Parameters:
    ///   - errors: How many were found.
    ///   - count: In how many tries.
    ///   - confidence: 0...1.
    /// - Returns: 0...1; 1 where nothing was tried.
    public static func upper(_ errors: Int, of count: Int, confidence: Double = 0.95) -> Double {
        guard count > 0, errors < count else { return 1 }
        // The share at which so few errors, or fewer, come only this rarely.
        var (low, high) = (Double(errors) / Double(count), 1.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if atMost(errors, of: count, share: middle) > 1 - confidence { low = middle } else { high = middle }
        }
        return high
    }

    /// The probability of at most `errors` in `count` tries, each wrong with probability `share`.
    private static func atMost(_ errors: Int, of count: Int, share: Double) -> Double {
        guard share < 1 else { return 0 }
        let n = Double(count)
        var sum = 0.0
        for k in 0...errors {
            let ways = lgamma(n + 1) - lgamma(Double(k) + 1) - lgamma(n - Double(k) + 1)
            sum += exp(ways + Double(k) * log(share) + (n - Double(k)) * log1p(-share))
        }
        return min(1, sum)
    }
}
