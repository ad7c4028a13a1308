import CAvahi
import Foundation
import Support

/// Avahi's side of the search: its thread, its client, and what its browsers and resolvers told.
///
/// All state but the handles belongs to Avahi's thread; `start` and `stop` are for one caller.
final class AvahiSession: @unchecked Sendable {
    /// What identifies an announcement until it is resolved.
    private struct Key: Hashable {
        var interface: Int32
        var `protocol`: Int32
        var name: String
        var type: String
        var domain: String
    }

    private let poll: OpaquePointer
    private var client: OpaquePointer?
    private let changed: @Sendable ([Announcement]) -> Void

    private var browsers: [OpaquePointer] = []
    private var resolvers: [Key: OpaquePointer] = [:]
    private var announcements: [Key: Announcement] = [:]
    /// Browsers that have not yet told all that was known.
    private var unfinished = 0

    private static let types = ["_uscan._tcp", "_uscans._tcp"]
    /// More than any office has; a network that announces more is attacking.
    private static let most = 200

    /// - Parameter changed: Called on Avahi's thread with all that is announced.
    /// - Throws: ``BlankettError`` `no-avahi` where there is no system bus.
    init(_ changed: @escaping @Sendable ([Announcement]) -> Void) throws(BlankettError) {
        guard let poll = avahi_threaded_poll_new() else { throw Self.failure(Int32(AVAHI_ERR_NO_MEMORY)) }
        self.poll = poll
        self.changed = changed
        try connect()
    }

    deinit {
        avahi_threaded_poll_free(poll)
    }

    func start() {
        avahi_threaded_poll_start(poll)
    }

    /// Ends Avahi's thread; nothing is called any more when this returns.
    func stop() {
        avahi_threaded_poll_stop(poll)
        if let client { avahi_client_free(client) }
        client = nil
    }

    private func connect() throws(BlankettError) {
        var error: Int32 = 0
        // Without a daemon the client waits until there is one.
        let made = avahi_client_new(
            avahi_threaded_poll_get(poll), AVAHI_CLIENT_NO_FAIL, noteState, Unmanaged.passUnretained(self).toOpaque(),
            &error)
        guard let made else { throw Self.failure(error) }
        client = made
    }

    private static func failure(_ error: Int32) -> BlankettError {
        BlankettError(
            "no-avahi", exit: .device,
            "Scanners on the network cannot be looked for: \(String(cString: avahi_strerror(error))).",
            advice: "Install and start avahi-daemon, or give the scanner's address.")
    }

    // MARK: On Avahi's thread

    fileprivate func enter(_ state: AvahiClientState, _ client: OpaquePointer) {
        switch state {
        case AVAHI_CLIENT_S_RUNNING:
            browse(client)
        case AVAHI_CLIENT_FAILURE where avahi_client_errno(client) == AVAHI_ERR_DISCONNECTED:
            // The daemon ended: all that was heard is stale, and a new client waits for the next daemon.
            forget()
            avahi_client_free(client)
            self.client = nil
            try? connect()
        case AVAHI_CLIENT_FAILURE, AVAHI_CLIENT_CONNECTING:
            forget()
        default:
            break
        }
    }

    private func browse(_ client: OpaquePointer) {
        guard browsers.isEmpty else { return }
        for type in Self.types {
            let browser = avahi_service_browser_new(
                client, Int32(AVAHI_IF_UNSPEC), Int32(AVAHI_PROTO_UNSPEC), type, nil, AvahiLookupFlags(0), noteBrowsed,
                Unmanaged.passUnretained(self).toOpaque())
            if let browser { browsers.append(browser) }
        }
        unfinished = browsers.count
        if browsers.isEmpty { changed([]) }
    }

    /// Handles die with their client.
    private func forget() {
        browsers = []
        resolvers = [:]
        announcements = [:]
        changed([])
    }

    fileprivate func note(
        _ event: AvahiBrowserEvent, _ interface: Int32, _ family: Int32, _ name: String, _ type: String,
        _ domain: String, of client: OpaquePointer
    ) {
        let key = Key(interface: interface, protocol: family, name: name, type: type, domain: domain)
        switch event {
        case AVAHI_BROWSER_NEW:
            guard resolvers[key] == nil, resolvers.count < Self.most else { return }
            // Kept open: it tells when the address changes.
            resolvers[key] = avahi_service_resolver_new(
                client, interface, family, name, type, domain, family, AvahiLookupFlags(0), noteResolved,
                Unmanaged.passUnretained(self).toOpaque())
        case AVAHI_BROWSER_REMOVE:
            if let resolver = resolvers.removeValue(forKey: key) { avahi_service_resolver_free(resolver) }
            if announcements.removeValue(forKey: key) != nil { changed(Array(announcements.values)) }
        case AVAHI_BROWSER_CACHE_EXHAUSTED:
            unfinished -= 1
            if unfinished == 0, announcements.isEmpty, resolvers.isEmpty { changed([]) }
        default:
            break
        }
    }

    fileprivate func note(
        resolved interface: Int32, _ family: Int32, _ name: String, _ type: String, _ domain: String,
        _ announcement: Announcement?
    ) {
        let key = Key(interface: interface, protocol: family, name: name, type: type, domain: domain)
        guard announcements[key] != announcement else { return }
        announcements[key] = announcement
        changed(Array(announcements.values))
    }
}

// The C entry points: nothing but translation.

@c private func noteState(client: OpaquePointer?, state: AvahiClientState, context: UnsafeMutableRawPointer?) {
    guard let client, let context else { return }
    Unmanaged<AvahiSession>.fromOpaque(context).takeUnretainedValue().enter(state, client)
}

@c private func noteBrowsed(
    browser: OpaquePointer?, interface: Int32, family: Int32, event: AvahiBrowserEvent, name: UnsafePointer<CChar>?,
    type: UnsafePointer<CChar>?, domain: UnsafePointer<CChar>?, flags: AvahiLookupResultFlags,
    context: UnsafeMutableRawPointer?
) {
    guard let browser, let context, let client = avahi_service_browser_get_client(browser) else { return }
    Unmanaged<AvahiSession>.fromOpaque(context).takeUnretainedValue()
        .note(event, interface, family, text(name), text(type), text(domain), of: client)
}

@c private func noteResolved(
    resolver: OpaquePointer?, interface: Int32, family: Int32, event: AvahiResolverEvent,
    name: UnsafePointer<CChar>?, type: UnsafePointer<CChar>?, domain: UnsafePointer<CChar>?,
    host: UnsafePointer<CChar>?, address: UnsafePointer<AvahiAddress>?, port: UInt16,
    record: UnsafeMutablePointer<AvahiStringList>?, flags: AvahiLookupResultFlags, context: UnsafeMutableRawPointer?
) {
    guard let context else { return }
    var announcement: Announcement?
    if event == AVAHI_RESOLVER_FOUND, let address {
        var number = [CChar](repeating: 0, count: 64)
        avahi_address_snprint(&number, number.count, address)
        var numeric = number.withUnsafeBufferPointer { text($0.baseAddress) }
        if numeric.lowercased().hasPrefix("fe80:") { numeric += "%" + interfaceName(interface) }
        announcement = Announcement(
            name: text(name), isSecure: text(type) == "_uscans._tcp", host: text(host), address: numeric, port: port,
            text: entries(of: record))
    }
    Unmanaged<AvahiSession>.fromOpaque(context).takeUnretainedValue()
        .note(resolved: interface, family, text(name), text(type), text(domain), announcement)
}

private func text(_ string: UnsafePointer<CChar>?) -> String { string.map { String(cString: $0) } ?? "" }

private func interfaceName(_ index: Int32) -> String {
    var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE) + 1)
    return if_indextoname(UInt32(clamping: index), &name).map { String(cString: $0) } ?? String(index)
}

/// The parts `key=value` of a TXT record; the first of a key counts.
private func entries(of record: UnsafeMutablePointer<AvahiStringList>?) -> [String: String] {
    var entries: [String: String] = [:]
    var next = record
    while let item = next, entries.count < 64 {
        let bytes = UnsafeBufferPointer(
            start: avahi_string_list_get_text(item), count: avahi_string_list_get_size(item))
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: "=", maxSplits: 1)
        if parts.count == 2 {
            let key = parts[0].lowercased()
            if entries[key] == nil { entries[key] = String(parts[1]) }
        }
        next = avahi_string_list_get_next(item)
    }
    return entries
}
