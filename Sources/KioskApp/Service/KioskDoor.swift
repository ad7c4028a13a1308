import HTTP
import Synchronization

/// Asks the page about each request's head, before its body is taken in; nothing large comes in before there is a page.
final class KioskDoor: Sendable {
    private let page = Mutex<KioskPage?>(nil)

    func open(for page: KioskPage) {
        self.page.withLock { $0 = page }
    }

    func refusal(of head: Request) -> Response? {
        guard let page = page.withLock({ $0 }) else {
            return head.headers["Content-Length"] == nil
                ? nil : .problem(Problem("not-now", status: 503, title: "The station is starting"))
        }
        return page.refusal(of: head)
    }
}
