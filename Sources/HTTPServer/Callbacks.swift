import CMicroHTTPD
import Foundation
import HTTP
import Support
import Synchronization

// The C entry points of libmicrohttpd: nothing but translation.

/// What is known of a connection for as long as it lives: verifying a certificate for each request would be dear.
private final class ConnectionFacts: Sendable {
    let peer = Mutex<Request.Peer?>(nil)
}

@c func noticeConnection(
    context: UnsafeMutableRawPointer?, connection: OpaquePointer?,
    facts: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, what: MHD_ConnectionNotificationCode
) {
    guard let facts, let context else { return }
    let core = Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
    core.countConnections(by: what == .CONNECTION_NOTIFY_STARTED ? 1 : -1)
    if what == .CONNECTION_NOTIFY_STARTED {
        facts.pointee = Unmanaged.passRetained(ConnectionFacts()).toOpaque()
    } else if let pointer = facts.pointee {
        facts.pointee = nil
        Unmanaged<ConnectionFacts>.fromOpaque(pointer).release()
    }
}

@c func complete(
    context: UnsafeMutableRawPointer?, connection: OpaquePointer?,
    state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, why: MHD_RequestTerminationCode
) {
    guard let pointer = state?.pointee else { return }
    state?.pointee = nil
    Unmanaged<Exchange>.fromOpaque(pointer).takeRetainedValue().end()
}

@c func respond(
    context: UnsafeMutableRawPointer?, connection: OpaquePointer?,
    url: UnsafePointer<CChar>?, method: UnsafePointer<CChar>?, version: UnsafePointer<CChar>?,
    upload: UnsafePointer<CChar>?, uploadSize: UnsafeMutablePointer<Int>?,
    state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let context, let connection, let url, let method, let version, let uploadSize, let state else { return .NO }
    guard let pointer = state.pointee else {
        let core = Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
        let head = RequestHead(
            method: String(cString: method), target: String(cString: url),
            isHTTP10: String(cString: version) == "HTTP/1.0", fields: values(connection, .HEADER_KIND),
            query: values(connection, .GET_ARGUMENT_KIND))
        return begin(head, core, connection, state)
    }
    let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
    if uploadSize.pointee > 0 {
        let isTaken = exchange.receive(UnsafeRawBufferPointer(start: upload, count: uploadSize.pointee))
        uploadSize.pointee = 0
        return isTaken ? .YES : .NO
    }
    guard let response = exchange.respondOrSuspend() else { return .YES }
    return queue(response, exchange, connection)
}

private func begin(
    _ head: RequestHead, _ core: ServerCore, _ connection: OpaquePointer,
    _ state: UnsafeMutablePointer<UnsafeMutableRawPointer?>
) -> MHD_Result {
    var request = Request(head.method, "/")
    var refusal: Response?
    var isDropped = false
    do throws(RequestHead.Refusal) {
        request = try head.request(maximumBody: core.maximumBody, peer: peer(of: connection))
        refusal = core.isCrowded ? .refusal(.crowded) : core.doorkeeper(&request)
    } catch {
        if case .tooLarge(let length?) = error { isDropped = length <= core.mostDropped && !head.waitsForConsent }
        refusal =
            switch error {
            case .tooLarge: isDropped ? nil : .refusal(.tooLarge)
            case .badTarget: .refusal(.bad("The path or the query is not acceptable."))
            case .ambiguous(let detail): .refusal(.bad("\(detail)."))
            }
    }
    let exchange = Exchange(request, core: core, connection: connection, isTooLarge: isDropped)
    // Released by `complete`.
    state.pointee = Unmanaged.passRetained(exchange).toOpaque()
    core.add(exchange)
    guard let refusal else { return .YES }
    return queue(refusal, exchange, connection)
}

private func queue(_ response: Response, _ exchange: Exchange, _ connection: OpaquePointer) -> MHD_Result {
    guard response.status != 0 else { return .NO }
    let made: OpaquePointer?
    switch response.body {
    case .bytes(let bytes):
        made = bytes.withUnsafeBytes {
            MHD_create_response_from_buffer(
                $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), .RESPMEM_MUST_COPY)
        }
    case .stream(let chunks):
        let stream = BodyStream(chunks, connection: connection)
        exchange.keep(stream)
        let length = response.headers["Content-Length"].flatMap { UInt64($0) } ?? cmicrohttpd_size_unknown
        // Released by `freeStream`.
        made = MHD_create_response_from_callback(
            length, 64 << 10, readStream, Unmanaged.passRetained(stream).toOpaque(), freeStream)
    }
    guard let made else { return .NO }
    defer { MHD_destroy_response(made) }
    for field in response.headers.fields {
        // These the library writes itself.
        if field.isNamed("Content-Length") || field.isNamed("Transfer-Encoding") { continue }
        guard MHD_add_response_header(made, field.name, field.value) == .YES else { return .NO }
    }
    return MHD_queue_response(connection, UInt32(clamping: response.status), made)
}

@c func readStream(
    context: UnsafeMutableRawPointer?, position: UInt64, room: UnsafeMutablePointer<CChar>?, capacity: Int
) -> Int {
    guard let context, let room else { return cmicrohttpd_end_with_error }
    return Unmanaged<BodyStream>.fromOpaque(context).takeUnretainedValue()
        .read(into: UnsafeMutableRawBufferPointer(start: room, count: capacity))
}

@c func freeStream(context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<BodyStream>.fromOpaque(context).release()
}

private typealias Values = [(name: String, value: String)]

@c func collectValue(
    context: UnsafeMutableRawPointer?, kind: MHD_ValueKind, name: UnsafePointer<CChar>?, nameSize: Int,
    value: UnsafePointer<CChar>?, valueSize: Int
) -> MHD_Result {
    func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
        String(decoding: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count), as: UTF8.self)
    }
    context?.assumingMemoryBound(to: Values.self).pointee.append((text(name, nameSize), text(value, valueSize)))
    return .YES
}

private func values(_ connection: OpaquePointer, _ kind: MHD_ValueKind) -> Values {
    var values: Values = []
    withUnsafeMutablePointer(to: &values) {
        _ = MHD_get_connection_values_n(connection, kind, collectValue, UnsafeMutableRawPointer($0))
    }
    return values
}

private func peer(of connection: OpaquePointer) -> Request.Peer {
    guard let pointer = cmicrohttpd_connection_context(connection) else { return address(of: connection) }
    return Unmanaged<ConnectionFacts>.fromOpaque(pointer).takeUnretainedValue().peer.withLock { known in
        if let known { return known }
        var peer = address(of: connection)
        (peer.certificateName, peer.certificate) = client(of: connection)
        known = peer
        return peer
    }
}

private func address(of connection: OpaquePointer) -> Request.Peer {
    var peer = Request.Peer()
    guard let address = cmicrohttpd_client_address(connection), Int32(address.pointee.sa_family) != AF_UNIX else {
        return peer
    }
    let length =
        Int32(address.pointee.sa_family) == AF_INET6
        ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    var (host, port) = ([CChar](repeating: 0, count: Int(NI_MAXHOST)), [CChar](repeating: 0, count: 8))
    if getnameinfo(
        address, socklen_t(length), &host, socklen_t(host.count), &port, socklen_t(port.count),
        NI_NUMERICHOST | NI_NUMERICSERV) == 0
    {
        peer.address = host.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }
        peer.port = port.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }.flatMap(UInt16.init)
    }
    return peer
}

/// The verified certificate of a client, and the name in it.
private func client(of connection: OpaquePointer) -> (name: String?, certificate: [UInt8]?) {
    guard let der = cmicrohttpd_client_certificate(connection) else { return (nil, nil) }
    let name = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { room -> String? in
        guard cmicrohttpd_client_name(der, room.baseAddress, room.count) == 1 else { return nil }
        return room.baseAddress.map { String(cString: $0) }
    }
    return (name, Array(UnsafeBufferPointer(start: der.pointee.data, count: Int(der.pointee.size))))
}
