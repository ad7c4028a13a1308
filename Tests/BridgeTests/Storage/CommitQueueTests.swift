import Foundation
import Records
import Synchronization
import Testing

/// Stands for a connection.
private final class Log: Sendable {
    let lines = Mutex<[String]>([])

    func note(_ line: String) { lines.withLock { $0.append(line) } }
}

@Suite struct `A commit queue` {
    private struct Fault: Error {}

    @Test func `commits what waits together, on one thread, and no more than allowed at once`() async throws {
        let log = Log()
        let sizes = Shared<[Int]>([])
        let threads = Shared<Set<pthread_t>>([])
        let gate = DispatchSemaphore(value: 0)
        let queue = CommitQueue<Log>(
            label: "test", largestGroup: 4,
            commit: { group in
                threads.change { $0.insert(pthread_self()) }
                sizes.change { $0.append(group.count) }
                // The first one takes until all others wait.
                if sizes.value.count == 1 { gate.wait() }
                do {
                    try group.run(in: log)()
                } catch {
                    if group.count == 1 { return group.fail(error) }
                    for one in group.alone { do { try one.run(in: log)() } catch { one.fail(error) } }
                }
            })
        async let first = queue.write { $0.note("first") }
        while sizes.value.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
        let asking = Shared(0)
        let outcomes = try await withThrowingTaskGroup(of: Int?.self) { group in
            for number in 0..<10 {
                group.addTask {
                    asking.change { $0 += 1 }
                    do {
                        return try await queue.write { log in
                            // Decides before it writes.
                            if number == 7 { throw Fault() }
                            log.note("\(number)")
                            return number
                        }
                    } catch is Fault {
                        return nil
                    }
                }
            }
            while asking.value < 10 { try await Task.sleep(for: .milliseconds(1)) }
            try await Task.sleep(for: .milliseconds(300))
            gate.signal()
            return try await group.reduce(into: [Int?]()) { $0.append($1) }
        }
        try await first
        #expect(Set(outcomes.compactMap(\.self)) == Set(0..<10).subtracting([7]) && outcomes.count == 10)
        #expect(sizes.value == [1, 4, 4, 2])
        try await queue.pause { threads.change { $0.insert(pthread_self()) } }
        #expect(threads.value.count == 1)
        await queue.close { log.note("closed") }
        #expect(log.lines.withLock { $0.last } == "closed")
        await #expect(throws: StoreClosed.self) { try await queue.write { $0.note("late") } }
        await #expect(throws: StoreClosed.self) { try await queue.pause {} }
        await queue.close { log.note("closed again") }
        #expect(log.lines.withLock { $0.last } == "closed")
    }

    @Test func `finishes what waits before it closes, and rests only when nothing does`() async throws {
        let log = Log()
        let queue = CommitQueue<Log>(
            label: "test", largestGroup: 100,
            commit: { group in
                do { try group.run(in: log)() } catch { group.fail(error) }
            }, rest: { log.note("rest") })
        try await withThrowingTaskGroup { group in
            for number in 0..<200 { group.addTask { try await queue.write { $0.note("\(number)") } } }
            try await group.waitForAll()
        }
        await queue.close { log.note("closed") }
        let lines = log.lines.withLock { $0 }
        #expect(lines.filter { Int($0) != nil }.count == 200)
        #expect(lines.suffix(2) == ["rest", "closed"])
    }
}
