import HTTP
import Support

/// The words of the admin page, in the language that was chosen, or that the browser asks for.
struct AdminWords: Sendable {
    let language: Language
    /// Whether it was chosen with this very request.
    let isChosen: Bool

    init(_ request: Request) {
        let chosen = request.query["language"].flatMap { Language(rawValue: $0) }
        let kept = request.headers.all("Cookie").flatMap { $0.split(separator: ";") }
            .compactMap { String($0).trimmingPrefix { $0 == " " }.wholeMatch(of: /language=(sv|en)/) }.first
            .flatMap { Language(rawValue: String($0.1)) }
        let asked =
            request.headers["Accept-Language"]?.lowercased().hasPrefix("en") == true ? Language.english : .swedish
        language = chosen ?? kept ?? asked
        isChosen = chosen != nil
    }

    private func say(_ sv: String, _ en: String) -> String { language == .swedish ? sv : en }

    var title: String { say("Blanketts brygga", "Blankett bridge") }
    var signIn: String { say("Logga in", "Sign in") }
    var signOut: String { say("Logga ut", "Sign out") }
    var code: String { say("Engångskod", "One-time code") }
    var codeHint: String { say("Koden skrivs ut av", "The code is printed by") }
    var wrongCode: String { say("Koden gäller inte, eller är redan använd.", "The code is not good, or was used.") }
    var ready: String { say("Bryggan tar emot och lämnar ut.", "The bridge takes in and hands out.") }
    var notReady: String { say("Bryggan är inte redo", "The bridge is not ready") }
    func subscriptionsDiffer(_ bridges: Int) -> String {
        say(
            "\(bridges) av de andra bryggorna på samma databas har andra prenumerationer än den här. Ge alla samma.",
            "\(bridges) of the other bridges on the same database have other subscriptions than this one. Give all the same."
        )
    }
    var subscriptions: String { say("Prenumerationer", "Subscriptions") }
    var subscription: String { say("Prenumeration", "Subscription") }
    var kiosks: String { say("Kiosker", "Kiosks") }
    var packages: String { say("Utskick till kiosker", "Packages for kiosks") }
    var noPackages: String { say("Inget är publicerat.", "Nothing is published.") }
    var version: String { say("Version", "Version") }
    var isFor: String { say("För", "For") }
    var all: String { say("alla", "all") }
    var runsAt: String { say("Finns på", "Is at") }
    var signature: String { say("Signatur", "Signature") }
    var signed: String { say("signerad", "signed") }
    var unsigned: String { say("osignerad", "unsigned") }
    var release: String { say("Släpp till alla", "Release to all") }
    var clients: String { say("Klienter", "Clients") }
    var name: String { say("Namn", "Name") }
    var pending: String { say("Väntar", "Pending") }
    var leased: String { say("Utlånade", "Leased") }
    var oldest: String { say("Äldsta", "Oldest") }
    var done: String { say("Klara", "Done") }
    var rejected: String { say("Avvisade", "Rejected") }
    var look: String { say("se efter", "look") }
    var notYetSeen: String { say("Gäller om några sekunder.", "Counts in a few seconds.") }
    var noSubscriptions: String { say("Det finns ingen prenumeration.", "There is no subscription.") }
    var noKiosks: String { say("Ingen kiosk har anmält sig.", "No kiosk has enrolled.") }
    var noClients: String { say("Det finns ingen klient.", "There is no client.") }
    var noDeadLetters: String { say("Inget är avvisat.", "Nothing is rejected.") }
    var lastSeen: String { say("Senast här", "Last seen") }
    var certificate: String { say("Certifikat", "Certificate") }
    var devices: String { say("Skannrar", "Scanners") }
    var runs: String { say("Kör", "Runs") }
    var forms: String { say("blanketter", "forms") }
    var denied: String { say("nekad", "denied") }
    var ended: String { say("har gått ut", "has ended") }
    var token: String { say("token", "token") }
    var deny: String { say("Neka", "Deny") }
    var allow: String { say("Släpp in", "Allow") }
    var operatorWord: String { say("operatör", "operator") }
    var secrets: String { say("Hemligheter", "Secrets") }
    var newest: String { say("Den nyaste", "The newest") }
    var record: String { say("Post", "Record") }
    var arrived: String { say("Kom in", "Arrived") }
    var attempts: String { say("Försök", "Attempts") }
    var reason: String { say("Orsak", "Reason") }
    var redrive: String { say("Kör om", "Redrive") }
    var redriveAll: String { say("Kör om alla som visas", "Redrive all that are shown") }
    var more: String { say("Fler", "More") }
    var attemptsUsed: String { say("alla försök är gjorda", "all attempts are used") }
    var refused: String { say("avvisad av verksamhetssystemet", "rejected by the case system") }

    /// A code of the bridge or the case system; its own words can hold anything, and are not for who runs the bridge.
    func reason(_ reason: String?) -> String {
        guard let reason, reason != "rejected" else { return refused }
        if reason == "attempts-used" { return attemptsUsed }
        let isCode =
            reason.wholeMatch(of: /[A-Za-z][A-Za-z0-9._:-]{0,60}/) != nil && reason.firstMatch(of: /[0-9]{6}/) == nil
        return isCode ? "\(refused): \(reason)" : refused
    }

    func device(_ state: String) -> String {
        switch state {
        case "idle", "ready": say("redo", "ready")
        case "scanning", "busy": say("arbetar", "at work")
        case "unreachable", "away", "gone": say("borta", "away")
        case "paper-jam": say("papper har fastnat", "paper jam")
        case "feeder-empty": say("mataren är tom", "feeder empty")
        case "cover-open": say("lucka öppen", "cover open")
        default: state
        }
    }

    /// How long something has waited.
    func age(_ seconds: Int) -> String {
        switch seconds {
        case ..<60: "\(max(0, seconds)) s"
        case ..<3600: "\(seconds / 60) min"
        case ..<86400: "\(seconds / 3600) h"
        default: say("\(seconds / 86400) d", "\(seconds / 86400) d")
        }
    }

    func ago(_ seconds: Int) -> String { say("för \(age(seconds)) sedan", "\(age(seconds)) ago") }
    func left(_ seconds: Int) -> String { say("\(age(seconds)) kvar", "\(age(seconds)) left") }
}
