import AgentApp
import Foundation
import Reading
import Support
import Testing

/// Several documents in one stack.
@Suite(.timeLimit(.minutes(1))) struct `A stack of several documents` {
    private struct Division: Equatable {
        /// How many pages each document has.
        var documents: [Int]
        /// How many pages were set aside, how many sheets were counted, and how many pages came.
        var aside: Int
        var separators: Int?
        var pages: Int

        init(_ documents: [Int], _ aside: Int, _ separators: Int?, _ pages: Int) {
            (self.documents, self.aside, self.separators, self.pages) = (documents, aside, separators, pages)
        }
    }

    private static func division(_ pages: [String], every size: Int? = nil, sides: Int = 1) async throws -> Division {
        var setup = TestStation(scanner: FakeScanner(pages))
        setup.settings.pagesPerDocument = size
        setup.sides = sides
        // All pages of a part are one document, as a form of many pages.
        setup.rules.assemble = { pages in
            [
                DocumentReading(
                    source: pages.map(\.source), form: nil, outcome: .unknownForm,
                    pages: pages.map { .init(source: $0.source, frame: 1, page: nil) })
            ]
        }
        return try await setup.run { station in
            let view = try await station.scanToEnd()
            // Every page is in exactly one document.
            let all = view.documents.flatMap(\.pages)
            #expect(Set(all).count == all.count && all.count == view.pages.count)
            let kept = view.documents.filter { $0.state != .discarded }
            return Division(
                kept.map(\.pages.count), view.documents.count - kept.count, view.batch.separators, view.batch.pages)
        }
    }

    @Test func `is parted by separator sheets, which are counted and not sent`() async throws {
        let found = try await Self.division(["a", "b", "separator", "c", "separator", "separator", "d"])
        #expect(found == Division([2, 1, 1], 3, 3, 7))
    }

    @Test func `has separators at its ends`() async throws {
        #expect(try await Self.division(["separator", "a", "b", "separator"]) == Division([2], 2, 2, 4))
        #expect(try await Self.division(["separator"]) == Division([], 1, 1, 1))
    }

    @Test func `is parted after so many pages`() async throws {
        #expect(try await Self.division(["a", "b", "c", "d", "e"], every: 2) == Division([2, 2, 1], 0, 0, 5))
        #expect(try await Self.division(["a", "separator", "b", "c", "d"], every: 2) == Division([1, 2, 1], 1, 1, 5))
    }

    @Test func `sets the empty back of a separator aside with it`() async throws {
        let pages = ["a", "b", "separator", "blank", "c", "blank"]
        #expect(try await Self.division(pages, sides: 2) == Division([2, 2], 2, 1, 6))
        // One that is printed on both sides is one sheet.
        #expect(try await Self.division(["a", "b", "separator", "separator"], sides: 2) == Division([2], 2, 1, 4))
        // What stands on a back is no less a page.
        #expect(try await Self.division(["separator", "c"], sides: 2) == Division([1], 1, 1, 2))
    }
}
