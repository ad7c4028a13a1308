import CCurl
import Foundation
import HTTP
import Synchronization

/// One thread that carries all transfers of a transport, on one libcurl multi handle.
///
/// Other threads only put commands into the inbox and wake the loop.
final class TransferLoop: Sendable {
    typealias Completion = @Sendable (Result<Transfer.Exchange, TransportError>) -> Void

    private enum Command {
        case add(Transfer, Completion)
        case cancel(Transfer)
        case stop
    }

    // Used by the loop's thread alone, but for curl_multi_wakeup, which any thread may call.
    private nonisolated(unsafe) let multi: UnsafeMutableRawPointer?
    private let inbox = Mutex<[Command]>([])

    private static let globalReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init() {
        precondition(Self.globalReady, "libcurl cannot be initialised")
        multi = curl_multi_init()
        precondition(multi != nil, "out of memory")
        _ = ccurl_multi_set_number(multi, CURLMOPT_MAXCONNECTS, 64)
    }

    deinit {
        curl_multi_cleanup(multi)
    }

    func start() {
        let thread = Thread { self.run() }
        thread.name = "http-client"
        thread.start()
    }

    func add(_ transfer: Transfer, completion: @escaping Completion) { post(.add(transfer, completion)) }

    func cancel(_ transfer: Transfer) { post(.cancel(transfer)) }

    func stop() { post(.stop) }

    private func post(_ command: Command) {
        inbox.withLock { $0.append(command) }
        curl_multi_wakeup(multi)
    }

    private func run() {
        var running: [ObjectIdentifier: (transfer: Transfer, completion: Completion)] = [:]
        // A cancel can overtake its add: the handler of a cancelled task runs before its operation.
        var cancelledEarly: Set<ObjectIdentifier> = []
        var idleHandles: [UnsafeMutableRawPointer] = []

        func finish(_ id: ObjectIdentifier, _ result: CURLcode?) {
            guard let (transfer, completion) = running.removeValue(forKey: id) else { return }
            let outcome = transfer.outcome(of: result)
            if let easy = transfer.detach() {
                curl_multi_remove_handle(multi, easy)
                curl_easy_reset(easy)
                if idleHandles.count < 16 { idleHandles.append(easy) } else { curl_easy_cleanup(easy) }
            }
            completion(outcome)
        }

        while true {
            let commands = inbox.withLock { inbox in
                defer { inbox.removeAll() }
                return inbox
            }
            for command in commands {
                switch command {
                case .add(let transfer, let completion):
                    let id = ObjectIdentifier(transfer)
                    guard cancelledEarly.remove(id) == nil else {
                        completion(.failure(TransportError(.cancelled, "cancelled before it was sent")))
                        continue
                    }
                    guard let easy = idleHandles.popLast() ?? curl_easy_init(), transfer.attach(easy) else {
                        completion(.failure(TransportError(.unreachable, "libcurl refused the request's settings")))
                        continue
                    }
                    running[id] = (transfer, completion)
                    curl_multi_add_handle(multi, easy)
                case .cancel(let transfer):
                    let id = ObjectIdentifier(transfer)
                    if let entry = running[id] {
                        entry.transfer.wasCancelled = true
                        finish(id, nil)
                    } else if !transfer.wasAdded {
                        cancelledEarly.insert(id)
                    }
                case .stop:
                    for id in Array(running.keys) { finish(id, nil) }
                    for easy in idleHandles { curl_easy_cleanup(easy) }
                    return
                }
            }

            var stillRunning: Int32 = 0
            curl_multi_perform(multi, &stillRunning)
            var waiting: Int32 = 0
            while let message = curl_multi_info_read(multi, &waiting) {
                var result = CURLE_OK
                guard let easy = ccurl_finished(message, &result), let context = ccurl_private(easy) else { continue }
                finish(ObjectIdentifier(Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()), result)
            }

            let now = ContinuousClock.now
            var wait = Duration.seconds(60)
            for (id, entry) in running {
                let left = entry.transfer.idleDeadline - now
                if left <= .zero {
                    entry.transfer.wasIdle = true
                    finish(id, nil)
                } else {
                    wait = min(wait, left)
                }
            }
            let milliseconds = Int32(wait / .milliseconds(1)) + 1
            curl_multi_poll(multi, nil, 0, milliseconds, nil)
        }
    }
}
