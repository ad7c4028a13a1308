import Delivery
import Foundation
import HTTP
import Sealing
import Support

/// The admin page: plain HTML, made anew for each request; no script runs in it.
struct AdminPage: Sendable {
    let context: AdminContext
    let guardian: AdminGuard
    private let style: [UInt8]

    init(_ context: AdminContext, guardian: AdminGuard) {
        self.context = context
        self.guardian = guardian
        style = AdminStyle.bytes
    }

    // What `health` answers needs no signing in: it tells of nobody.
    func respond(to request: Request, health: Router) async -> Response {
        var response: Response
        do {
            try guardian.checkOrigin(request)
            if health.knows(request) { return await health.respond(to: request) }
            response = try await answer(request)
        } catch let problem as Problem {
            response = .problem(problem)
        } catch {
            response = .problem(Problem("internal", status: 500, title: "The bridge failed to answer"))
        }
        response.headers["Content-Security-Policy"] =
            "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        return response
    }

    private func answer(_ request: Request) async throws -> Response {
        let words = AdminWords(request)
        if request.path == "/style.css", request.method == "GET" {
            return Response(status: 200, headers: ["Content-Type": "text/css; charset=utf-8"], bytes: style)
        }
        guard let session = guardian.session(of: request) else {
            guard request.method == "POST", request.path == "/session" else {
                guard request.method == "GET", request.path == "/" else { return Self.redirect(to: "/") }
                return page(words, nil, status: 200, signIn(words, failed: false))
            }
            guard let cookie = try guardian.begin(try form(request)["code"] ?? "") else {
                return page(words, nil, status: 403, signIn(words, failed: true))
            }
            var response = Self.redirect(to: "/")
            response.headers["Set-Cookie"] = cookie
            return response
        }
        switch (request.method, request.path) {
        case ("GET", "/"):
            return page(words, session, status: 200, try await overview(words, session))
        case ("GET", "/dead-letters"):
            return page(words, session, status: 200, try await deadLetters(request, words, session))
        case ("POST", let path):
            let fields = try form(request)
            guard isEqualInConstantTime(Array((fields["token"] ?? "").utf8), Array(session.formToken.utf8)) else {
                throw Problem("foreign-page", status: 403, title: "The form is not of this session")
            }
            return try await change(path, fields, session)
        default:
            throw Problem("not-found", status: 404, title: "There is nothing at this address")
        }
    }

    private func change(_ path: String, _ fields: [String: String], _ session: AdminGuard.Session) async throws
        -> Response
    {
        let origin = Origin(actor: session.name, request: UUIDv7())
        switch path {
        case "/redrives":
            let subscription = fields["subscription"] ?? ""
            let ids = (fields["ids"] ?? "").split(separator: " ").compactMap { UUIDv7(String($0)) }.prefix(100)
            _ = try await context.store.redrive(Array(ids), of: subscription, by: origin)
            return Self.redirect(to: "/dead-letters?subscription=\(Caller.isName(subscription) ? subscription : "")")
        case "/agents":
            let name = fields["name"] ?? ""
            let isDenied = fields["action"] == "deny"
            if try context.registry.setDenied(isDenied, agent: name) {
                try await context.store.note(
                    isDenied ? "agent.deny" : "agent.allow", object: name, outcome: "done", by: origin)
            }
            return Self.redirect(to: "/")
        case "/releases":
            let id = fields["id"] ?? ""
            if let version = try context.shelf.release(id) {
                try await context.store.note("package.release", object: id, outcome: "\(version)", by: origin)
            }
            return Self.redirect(to: "/")
        case "/end":
            guardian.end(session)
            return Self.redirect(to: "/")
        default:
            throw Problem("not-found", status: 404, title: "There is nothing at this address")
        }
    }

    /// After a change the page is fetched anew, so that going back repeats nothing.
    private static func redirect(to path: String) -> Response {
        Response(status: 303, headers: ["Location": path], bytes: [])
    }

    private func form(_ request: Request) throws(Problem) -> [String: String] {
        guard let fields = FormFields(request.body)?.fields else {
            throw Problem("bad-request", status: 400, title: "The form cannot be read")
        }
        return fields
    }

    // MARK: What is shown

    private func page(_ words: AdminWords, _ session: AdminGuard.Session?, status: Int, _ body: HTML) -> Response {
        let other = words.language == .swedish ? ("en", "English") : ("sv", "Svenska")
        let end: HTML =
            session.map {
                """
                <form method="post" action="/end"><input type="hidden" name="token" value="\($0.formToken)">\
                <button class="quiet">\(words.signOut)</button></form>
                """
            } ?? ""
        let html: HTML = """
            <!doctype html>
            <html lang="\(words.language.rawValue)">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark"><title>\(words.title)</title>
            <link rel="stylesheet" href="/style.css"></head>
            <body>
            <header><h1><a href="/">\(words.title)</a></h1><nav><a href="/?language=\(other.0)" lang="\(other.0)">\(other.1)</a>\(end)</nav></header>
            <main>
            \(body)
            </main>
            <footer>blankett-bridge \(Program.version)</footer>
            </body></html>

            """
        var response = Response(
            status: status, headers: ["Content-Type": "text/html; charset=utf-8"], bytes: Array(html.text.utf8))
        if words.isChosen {
            response.headers["Set-Cookie"] = "language=\(words.language.rawValue); SameSite=Strict; Path=/"
        }
        return response
    }

    private func signIn(_ words: AdminWords, failed: Bool) -> HTML {
        let complaint: HTML = failed ? "<p class=\"bad\" role=\"alert\">\(words.wrongCode)</p>" : ""
        return """
            <section class="narrow"><h2>\(words.signIn)</h2>\(complaint)
            <form method="post" action="/session">
            <p><label for="code">\(words.code)</label>
            <input id="code" name="code" type="password" autocomplete="one-time-code" required autofocus></p>
            <p><button>\(words.signIn)</button></p></form>
            <p class="hint">\(words.codeHint) <code>blankett-bridge admin NAME</code></p></section>
            """
    }

    private func overview(_ words: AdminWords, _ session: AdminGuard.Session) async throws -> HTML {
        let reasons = await context.unreadiness()
        let state: HTML =
            reasons.isEmpty
            ? "<p class=\"state good\">\(words.ready)</p>"
            : "<p class=\"state bad\" role=\"alert\">\(words.notReady): \(reasons.joined(separator: ", "))</p>"
        let differing = context.neighbours.standing.disagreeing
        let warning: HTML = differing == 0 ? "" : "<p class=\"state bad\">\(words.subscriptionsDiffer(differing))</p>"
        return """
            \(state)\(warning)
            <section><h2>\(words.subscriptions)</h2>\(try await subscriptions(words))</section>
            <section><h2>\(words.kiosks)</h2>\(kiosks(words, session))</section>
            <section><h2>\(words.packages)</h2>\(packages(words, session))</section>
            <section><h2>\(words.clients)</h2>\(clients(words))</section>
            """
    }

    private func subscriptions(_ words: AdminWords) async throws -> HTML {
        var rows: [[HTML]] = []
        for subscription in context.subscriptions() {
            guard let counters = try? await context.store.counters(of: subscription.name) else {
                rows.append(["\(subscription.name)", "\(words.notYetSeen)", "", "", "", ""])
                continue
            }
            let oldest = counters.oldestPendingSeconds.map { words.age($0) } ?? "–"
            let isLate = (counters.oldestPendingSeconds ?? 0) > 3600
            let rejected: HTML =
                counters.rejected == 0
                ? "0"
                : """
                <a class="bad" href="/dead-letters?subscription=\(subscription.name)">\(counters.rejected) – \(words.look)</a>
                """
            rows.append([
                "\(subscription.name)", "\(counters.pending)", "\(counters.leased)", Self.marked(oldest, isLate),
                "\(counters.done)", rejected,
            ])
        }
        guard !rows.isEmpty else { return "<p class=\"hint\">\(words.noSubscriptions)</p>" }
        return Self.table(
            [words.name, words.pending, words.leased, words.oldest, words.done, words.rejected], rows,
            numbers: [1, 2, 4])
    }

    private static func marked(_ text: String, _ isBad: Bool) -> HTML {
        isBad ? "<span class=\"bad\">\(text)</span>" : "\(text)"
    }

    private func kiosks(_ words: AdminWords, _ session: AdminGuard.Session) -> HTML {
        let contents = context.registry.contents
        let names = Set(contents.agents.map(\.name)).union(context.board.names).sorted()
        let time = context.now()
        let rows: [[HTML]] = names.map { name in
            let agent = contents.agents.first { $0.name == name }
            let standing = context.board.standing(of: name)
            let report = standing.told?.report
            let devices: [HTML] = (report?.devices ?? []).map {
                "<li>\($0.model ?? $0.name): \(words.device($0.state))</li>"
            }
            let forms: [HTML] = (report?.forms ?? []).map { "<li>\($0.name) <small>v\($0.version)</small></li>" }
            let runs: HTML =
                report.map { report in
                    """
                    <details><summary>\(report.version), \(report.forms.count) \(words.forms)</summary>\
                    <ul>\(forms)</ul></details>
                    """
                } ?? "–"
            return [
                "\(name)", "\(standing.seen.map { words.ago(Int(time.timeIntervalSince($0))) } ?? "–")",
                certificate(of: agent, words), devices.isEmpty ? "–" : "<ul>\(devices)</ul>", runs,
                decision(on: agent, words, session),
            ]
        }
        guard !rows.isEmpty else {
            return "<p class=\"hint\">\(words.noKiosks) <code>blankett-bridge enrol NAME</code></p>"
        }
        return Self.table([words.name, words.lastSeen, words.certificate, words.devices, words.runs, ""], rows)
    }

    private func certificate(of agent: AccessRegistry.Agent?, _ words: AdminWords) -> HTML {
        guard let agent else { return "\(words.token)" }
        if agent.isDenied { return Self.marked(words.denied, true) }
        guard let end = agent.certificates.filter({ !$0.isDenied }).map(\.notAfter).max() else { return "–" }
        let left = end.timeIntervalSince(context.now())
        return Self.marked(left > 0 ? words.left(Int(left)) : words.ended, left < 2 * 86400)
    }

    private func decision(
        on agent: AccessRegistry.Agent?, _ words: AdminWords, _ session: AdminGuard.Session
    ) -> HTML {
        guard let agent else { return "" }
        let word = agent.isDenied ? words.allow : words.deny
        return """
            <form method="post" action="/agents"><input type="hidden" name="token" value="\(session.formToken)">\
            <input type="hidden" name="name" value="\(agent.name)">\
            <button class="quiet" name="action" value="\(agent.isDenied ? "allow" : "deny")" \
            aria-label="\(word) \(agent.name)">\(word)</button></form>
            """
    }

    private func packages(_ words: AdminWords, _ session: AdminGuard.Session) -> HTML {
        let packages = context.shelf.packages
        guard !packages.isEmpty else {
            return "<p class=\"hint\">\(words.noPackages) <code>blankett-bridge publish</code></p>"
        }
        let stations = Set(context.registry.contents.agents.filter { !$0.isDenied }.map(\.name))
            .union(context.board.names).sorted()
        let rows: [[HTML]] = packages.sorted { ($0.entry.id, -$0.entry.version) < ($1.entry.id, -$1.entry.version) }
            .map { package in
                let runs = stations.filter { name in
                    guard let report = context.board.standing(of: name).told?.report else { return false }
                    return (package.entry.kind == .form ? report.forms : report.profiles)
                        .contains { $0.name == package.entry.id && $0.version == package.entry.version }
                }
                let release: HTML =
                    package.first == nil
                    ? ""
                    : """
                    <form method="post" action="/releases"><input type="hidden" name="token" value="\(session.formToken)">\
                    <input type="hidden" name="id" value="\(package.entry.id)"><button class="quiet" \
                    aria-label="\(words.release) \(package.entry.id)">\(words.release)</button></form>
                    """
                return [
                    "\(package.entry.id)", "\(package.entry.version)",
                    "\(package.first.map { $0.joined(separator: ", ") } ?? words.all)",
                    "\(runs.isEmpty ? "–" : runs.joined(separator: ", "))",
                    "\(package.entry.signature == nil ? words.unsigned : words.signed)", release,
                ]
            }
        return Self.table(
            [words.name, words.version, words.isFor, words.runsAt, words.signature, ""], rows, numbers: [1])
    }

    private func clients(_ words: AdminWords) -> HTML {
        let clients = context.registry.contents.clients
        guard !clients.isEmpty else {
            return "<p class=\"hint\">\(words.noClients) <code>blankett-bridge client add NAME</code></p>"
        }
        let rows: [[HTML]] = clients.map { client in
            let newest = client.secrets.map(\.created).max().map { words.ago(Int(context.now().timeIntervalSince($0))) }
            return [
                "\(client.id)", "\(client.subscription ?? words.operatorWord)", "\(client.secrets.count)",
                "\(newest ?? "–")",
            ]
        }
        return Self.table([words.name, words.subscription, words.secrets, words.newest], rows, numbers: [2])
    }

    private func deadLetters(
        _ request: Request, _ words: AdminWords, _ session: AdminGuard.Session
    ) async throws -> HTML {
        let name = request.query["subscription"] ?? ""
        guard context.subscriptions().contains(where: { $0.name == name }) else {
            throw Problem("unknown-subscription", status: 404, title: "There is no such subscription")
        }
        let offset = max(0, Int(request.query["offset"] ?? "0") ?? 0)
        let entries = try await context.store.entries(of: name, in: .rejected, limit: 50, offset: offset)
        func button(_ ids: [UUIDv7], _ text: String) -> HTML {
            """
            <form method="post" action="/redrives"><input type="hidden" name="token" value="\(session.formToken)">\
            <input type="hidden" name="subscription" value="\(name)">\
            <input type="hidden" name="ids" value="\(ids.map(\.description).joined(separator: " "))">\
            <button class="quiet">\(text)</button></form>
            """
        }
        let rows: [[HTML]] = entries.map { entry in
            [
                "<code>\(entry.recordId.description)</code>",
                "\(words.ago(Int(context.now().timeIntervalSince(entry.storedAt))))", "\(entry.attempt)",
                "\(words.reason(entry.reason))", button([entry.recordId], words.redrive),
            ]
        }
        let heading: HTML = "<h2>\(words.rejected): \(name)</h2>"
        guard !rows.isEmpty else { return "<section>\(heading)<p class=\"hint\">\(words.noDeadLetters)</p></section>" }
        let more: HTML =
            entries.count == 50
            ? "<p><a href=\"/dead-letters?subscription=\(name)&amp;offset=\(offset + 50)\">\(words.more)</a></p>" : ""
        return """
            <section>\(heading)\(button(entries.map(\.recordId), words.redriveAll))
            \(Self.table([words.record, words.arrived, words.attempts, words.reason, ""], rows, numbers: [2]))\(more)</section>
            """
    }

    // The first cell of a row names it. On a narrow screen each cell stands beside its heading.
    private static func table(_ heads: [String], _ rows: [[HTML]], numbers: Set<Int> = []) -> HTML {
        let cells: [HTML] = heads.enumerated().map {
            "<th scope=\"col\" role=\"columnheader\" class=\"\(numbers.contains($0.offset) ? "number" : "")\">\($0.element)</th>"
        }
        let lines: [HTML] = rows.map { row in
            let cells: [HTML] = row.enumerated().map { index, cell in
                if index == 0 { return "<th scope=\"row\" role=\"rowheader\">\(cell)</th>" }
                let kind = numbers.contains(index) ? "number" : ""
                return "<td role=\"cell\" class=\"\(kind)\" data-label=\"\(heads[index])\">\(cell)</td>"
            }
            return "<tr role=\"row\">\(cells)</tr>"
        }
        // Shown as blocks on a narrow screen, a table would be none without its roles.
        return """
            <table role="table"><thead><tr role="row">\(cells)</tr></thead><tbody>\(lines)</tbody></table>
            """
    }
}
