import CMicroHTTPD
import Foundation
public import HTTP
public import Support

/// A running HTTP server: libmicrohttpd in front of an asynchronous handler.
///
/// A connection is suspended while its handler runs, so that a slow answer holds a place and no thread. The server
/// refuses requests whose length or host can be read in two ways, before the handler sees them. It stops when
/// ``stop()`` is called, or when the last reference goes.
public final class HTTPServer: Sendable {
    public typealias Handler = @Sendable (Request) async -> Response
    /// Looks at a request's head and answers at once to refuse it, before the body is taken in; `nil` goes on.
    ///
    /// What it found out it can leave in the request's `finding`. It runs on the server's thread: no waiting in here.
    public typealias Doorkeeper = @Sendable (inout Request) -> Response?

    /// The port that is listened on, also when the configuration left it to the system; 0 for a UNIX socket.
    public let port: UInt16
    /// Such as `http://127.0.0.1:41234` or `unix:///run/x.sock`.
    public let origin: String

    private let core: ServerCore
    // Guarded by libmicrohttpd, which takes calls from any thread.
    private nonisolated(unsafe) let daemon: OpaquePointer
    private let unixPath: String?

    /// Starts listening.
    ///
    /// - Parameters:
    ///   - configuration: Where to listen, and the limits.
    ///   - doorkeeper: May refuse a request by its head.
    ///   - handler: Answers. Status 0 cuts the connection without an answer.
    /// - Throws: ``BlankettError`` when the address is taken or the TLS files are of no use.
    public init(
        _ configuration: Configuration = Configuration(), doorkeeper: @escaping Doorkeeper = { _ in nil },
        handler: @escaping Handler
    ) throws(BlankettError) {
        let tls = try configuration.tls?.load()
        let socket = try ListeningSocket(configuration.listen)
        core = ServerCore(
            maximumBody: configuration.maximumBody, maximumConnections: max(1, configuration.maximumConnections),
            handlesOnServerThread: configuration.handlesOnServerThread, doorkeeper: doorkeeper, handler: handler)
        port = socket.port
        unixPath = socket.unixPath
        switch configuration.listen {
        case .tcp(let host, _):
            let shown = host.contains(":") ? "[\(host)]" : host
            origin = "\(tls == nil ? "http" : "https")://\(shown):\(socket.port)"
        case .unix(let path): origin = "unix://\(path)"
        case .inherited: origin = "\(tls == nil ? "http" : "https")://127.0.0.1:\(socket.port)"
        }
        if case .inherited = configuration.listen, tls == nil, !ListeningSocket.isLocal(socket.descriptor) {
            throw BlankettError(
                "tls-missing", exit: .badInput, "Without TLS only programs of this host may be listened to.",
                advice: "Add tls to the configuration, or let the socket unit listen on 127.0.0.1.")
        }

        let threads = UInt32(max(1, configuration.threads))
        // The library gives each thread its part of the places.
        let places = UInt32(core.maximumConnections + Configuration.reserve)
        // The daemon holds one retain on the core for as long as it may call back.
        let context = Unmanaged.passRetained(core)
        let started = withTLSText(tls) { certificate, key, authorities in
            var settings = cmicrohttpd_settings(
                listenSocket: socket.descriptor, threads: threads,
                connections: (places + threads - 1) / threads * threads,
                timeoutSeconds: UInt32(max(1, configuration.idleTimeout.components.seconds)),
                connectionMemory: max(4096, configuration.maximumHead), certificate: certificate, key: key,
                clientAuthorities: authorities)
            return cmicrohttpd_start(&settings, respond, complete, noticeConnection, context.toOpaque())
        }
        guard let started else {
            context.release()
            // The library closed the socket; closing it once more would take a file from somebody else.
            throw BlankettError(
                tls == nil ? "server-not-started" : "tls-files-unusable", exit: .badInput,
                "The HTTP server could not be started.",
                advice: tls == nil ? nil : "Check that the certificate and key files belong together.")
        }
        daemon = started
    }

    deinit {
        Self.end(daemon, core)
    }

    /// Lets what is in work finish, and closes; new requests get 503 meanwhile.
    ///
    /// Handlers are cancelled, so that those that wait can answer early. The listening socket stays with the library to
    /// the end: taken away from threads that look at it (`MHD_quiesce_daemon`), two of them may both remove it from their
    /// event sets, upon which 0.9.75 aborts the process.
    ///
    /// - Parameter grace: How long the handlers have; afterwards their clients get 503.
    public func stop(grace: Duration = .seconds(10)) async {
        guard core.beginStop() else { return await core.stopped() }
        if let unixPath { _ = unlink(unixPath) }
        core.cancelHandlers()
        let clock = ContinuousClock()
        let deadline = clock.now + grace
        while core.isBusy, clock.now < deadline { try? await Task.sleep(for: .milliseconds(5)) }
        core.forceAnswers()
        // Stopped at once, the library would drop those answers.
        let last = clock.now + .seconds(1)
        while core.isBusy, clock.now < last { try? await Task.sleep(for: .milliseconds(5)) }
        // MHD_stop_daemon joins the threads: not on the shared pool.
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                Self.end(daemon, core)
                continuation.resume()
            }
        }
    }

    private static func end(_ daemon: OpaquePointer, _ core: ServerCore) {
        guard core.beginEnd() else { return }
        core.forceAnswers()
        MHD_stop_daemon(daemon)  // after this no callback can run
        Unmanaged.passUnretained(core).release()
        core.endStop()
    }
}

/// Lends the TLS texts as C strings, or `nil` for each that is not there.
private func withTLSText<Result>(
    _ tls: HTTPServer.TLS.Text?,
    _ body: (UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Result
) -> Result {
    guard let tls else { return body(nil, nil, nil) }
    return tls.certificate.withCString { certificate in
        tls.key.withCString { key in
            guard let authorities = tls.clientAuthorities else { return body(certificate, key, nil) }
            return authorities.withCString { body(certificate, key, $0) }
        }
    }
}
