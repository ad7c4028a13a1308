import AgentApp
import Foundation
import Support
import TestSupport
import Testing

struct `A PIN` {
    @Test(arguments: ["4711", "1235", "0070", "135790246813"])
    func `is taken`(pin: String) throws {
        try OperatorRegister.check(pin: pin)
    }

    @Test(arguments: ["", "471", "0000", "1234", "9876", "12a4", "４７１１", "1357902468135"])
    func `is refused where it is none or easily guessed`(pin: String) {
        #expect(throws: BlankettError.self) { try OperatorRegister.check(pin: pin) }
    }
}

struct `The limit of tries` {
    private let start = Date(timeIntervalSince1970: 1_000_000)

    @Test func `closes after five wrong ones, ever longer, and opens with a right one`() {
        var limit = SignInLimit()
        for _ in 0..<4 { limit.noteWrong(at: start) }
        #expect(limit.isOpen(at: start))
        limit.noteWrong(at: start)
        #expect(!limit.isOpen(at: start.addingTimeInterval(59)))
        #expect(limit.isOpen(at: start.addingTimeInterval(60)))
        limit.noteWrong(at: start)
        #expect(!limit.isOpen(at: start.addingTimeInterval(119)))
        for _ in 0..<50 { limit.noteWrong(at: start) }
        #expect(limit.isOpen(at: start.addingTimeInterval(3600)))
        limit.noteRight()
        #expect(limit.isOpen(at: start))
    }
}

@Suite(.temporaryDirectory) struct `The operators of a station` {
    private var file: URL { TemporaryDirectory.url.appending(path: "operators.json") }

    private func code(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch { return (error as? BlankettError)?.code }
    }

    @Test func `are kept, without their PINs, for the agent's user alone`() throws {
        let operators = try Operators(file)
        let ada = try operators.add("Ada", role: .administrator, pin: "4711", account: nil)
        _ = try operators.add("Bo", role: .clerk, pin: nil, account: "bo")
        let again = try Operators(file)
        #expect(again.all.map(\.name) == ["Ada", "Bo"])
        #expect(try again.signIn(ada.id, pin: "4711") == ada)
        #expect(again.person(withAccount: "bo")?.name == "Bo")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(!text.contains("4711") && text.contains("argon2id"))
        let mode = try FileManager.default.attributesOfItem(atPath: file.path())[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `are not forgotten where their file is broken`() throws {
        try Data("{".utf8).write(to: file)
        #expect(code { _ = try Operators(file) } == "operators-broken")
    }

    @Test func `begin with an administrator, and never lose the last one`() throws {
        let operators = Operators()
        #expect(code { _ = try operators.add("Bo", role: .clerk, pin: "4711", account: nil) } == "no-administrator")
        let ada = try operators.add("Ada", role: .administrator, pin: "4711", account: nil)
        let bo = try operators.add("Bo", role: .clerk, pin: "4712", account: nil)
        #expect(code { _ = try operators.change(ada.id, role: .clerk) } == "last-administrator")
        #expect(code { try operators.remove(ada.id) } == "last-administrator")
        _ = try operators.change(bo.id, role: .administrator)
        try operators.remove(ada.id)
        #expect(operators.all.map(\.name) == ["Bo"])
        try operators.remove(bo.id)
        #expect(operators.all.isEmpty)
    }

    static let refusals: [(name: String, pin: String?, account: String?, code: String)] = [
        ("ADA", "4712", nil, "name-taken"), ("Bo", nil, "ada", "account-taken"), ("Bo", nil, nil, "no-way-in"),
        ("", "4712", nil, "bad-name"), (" Bo", "4712", nil, "bad-name"), ("B\u{1B}[2J", "4712", nil, "bad-name"),
        (String(repeating: "x", count: 61), "4712", nil, "bad-name"), ("Bo", "1234", nil, "bad-pin"),
    ]

    @Test(arguments: refusals)
    func `are refused with a reason`(name: String, pin: String?, account: String?, code expected: String) throws {
        let operators = Operators()
        _ = try operators.add("Ada", role: .administrator, pin: "4711", account: "ada")
        #expect(code { _ = try operators.add(name, role: .clerk, pin: pin, account: account) } == expected)
        #expect(operators.all.count == 1)
    }

    @Test func `cannot be guessed by trying, and a new PIN may be tried at once`() throws {
        let time = Date(timeIntervalSince1970: 1_000_000)
        let operators = Operators(now: { time })
        let ada = try operators.add("Ada", role: .administrator, pin: "4711", account: nil)
        for _ in 0..<5 { #expect(code { _ = try operators.signIn(ada.id, pin: "0815") } == "wrong-pin") }
        #expect(code { _ = try operators.signIn(ada.id, pin: "4711") } == "too-many-tries")
        _ = try operators.change(ada.id, pin: "4713")
        #expect(try operators.signIn(ada.id, pin: "4713").name == "Ada")
        #expect(code { _ = try operators.signIn("op:nobody", pin: "4713") } == "wrong-pin")
    }

    @Test func `stay as they were when the disk fails`() throws {
        let operators = try Operators(URL(filePath: "/proc/blankett/operators.json"))
        #expect(
            code { _ = try operators.add("Ada", role: .administrator, pin: "4711", account: nil) } == "storage-failed")
        #expect(operators.all.isEmpty)
    }
}

@Suite(.temporaryDirectory) struct `Who is at the other end of a connection` {
    @Test func `is told by the kernel's table, and only for one that is there`() throws {
        let table = TemporaryDirectory.url.appending(path: "tcp")
        try Data(
            """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000  4711        0 1 1
               1: 0100007F:C001 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 2 1
               2: 0200007F:C002 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 3 1
               3: broken

            """.utf8
        ).write(to: table)
        #expect(LoopbackPeer.account(ofPort: 0xC001, to: 8080, in: table) == "root")
        #expect(LoopbackPeer.account(ofPort: 0xC002, to: 8080, in: table) == nil, "of another address")
        #expect(LoopbackPeer.account(ofPort: 0xC003, to: 8080, in: table) == nil)
        #expect(LoopbackPeer.account(ofPort: 1, to: 2, in: URL(filePath: "/nonexistent")) == nil)
    }
}
