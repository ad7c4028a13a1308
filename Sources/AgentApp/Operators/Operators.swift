public import Foundation
import Sealing
public import Support
import Synchronization

/// Who works at this station, kept in a file of the agent, and whether a PIN is theirs.
///
/// The agent is the only one that writes the file; the page and `blankett operators` ask it.
public final class Operators: Sendable {
    private struct Contents: Codable {
        var format = "blankett-operators/1"
        var operators: [Operator]
    }

    private struct State {
        var register: OperatorRegister
        var limits: [String: SignInLimit] = [:]
    }

    private let file: URL?
    private let now: @Sendable () -> Date
    private let state: Mutex<State>

    /// Nobody, and nothing that is kept.
    ///
    /// - Parameter now: The time, for how often a PIN may be tried.
    public init(now: @escaping @Sendable () -> Date = { Date() }) {
        file = nil
        self.now = now
        state = Mutex(State(register: OperatorRegister()))
    }

    /// - Parameters:
    ///   - file: Where they are kept; it is made with the first one.
    ///   - now: The time, for how often a PIN may be tried.
    /// - Throws: ``BlankettError`` `operators-broken` when the file cannot be read: nobody is let in by mistake.
    public init(_ file: URL, now: @escaping @Sendable () -> Date = { Date() }) throws(BlankettError) {
        self.file = file
        self.now = now
        var operators: [Operator] = []
        if FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) {
            do {
                operators = try JSONCoding.decode(Contents.self, from: [UInt8](Data(contentsOf: file))).operators
            } catch {
                throw BlankettError(
                    "operators-broken", exit: .storage, "The file \(file.lastPathComponent) cannot be read.",
                    advice: "Bring it back from a backup, or remove it and name the operators anew.")
            }
        }
        state = Mutex(State(register: OperatorRegister(operators)))
    }

    /// In the order of their names; where there are none nobody signs in.
    public var all: [Operator] { state.withLock { $0.register.operators } }

    public subscript(id: String) -> Operator? { state.withLock { $0.register[id] } }

    /// - Parameter account: A user of this computer.
    /// - Returns: Who that is.
    public func person(withAccount account: String) -> Operator? {
        state.withLock { $0.register.person(withAccount: account) }
    }

    /// Whose PIN this is.
    ///
    /// Takes a good part of a second, so that guessing does.
    ///
    /// - Throws: ``BlankettError`` `wrong-pin`, or `too-many-tries` with when to try again.
    public func signIn(_ id: String, pin: String) throws(BlankettError) -> Operator {
        let (person, isOpen) = state.withLock { state in
            // Counted before it is checked: tries at the same time do not share one.
            let isOpen = state.limits[id, default: SignInLimit()].isOpen(at: now())
            if isOpen, state.register[id] != nil { state.limits[id, default: SignInLimit()].noteWrong(at: now()) }
            return (state.register[id], isOpen)
        }
        guard isOpen else {
            throw BlankettError(
                "too-many-tries", exit: .notAllowed, "The PIN was wrong too often.",
                advice: "Wait a while, or ask an administrator for a new PIN.", isTransient: true)
        }
        guard let person, let hash = person.pinHash, PINHash.matches(pin, hash) else {
            throw BlankettError("wrong-pin", exit: .notAllowed, "This is not the PIN.")
        }
        state.withLock { $0.limits[id] = nil }
        return person
    }

    /// - Parameters:
    ///   - name: As the person is called.
    ///   - role: What they may do.
    ///   - pin: `nil` where they come by their account.
    ///   - account: A user of this computer.
    /// - Returns: The person, who may sign in from now on.
    /// - Throws: ``BlankettError`` as ``OperatorRegister`` says; `bad-pin`.
    public func add(_ name: String, role: Operator.Role, pin: String?, account: String?) throws(BlankettError)
        -> Operator
    {
        let id = "op:" + SecureRandom.bytes(4).hexadecimal
        let person = Operator(id: id, name: name, role: role, account: account, pinHash: try Self.hash(pin))
        try change { register throws(BlankettError) in try register.add(person) }
        return person
    }

    /// Changes what is given and leaves the rest; a new PIN may be tried at once.
    ///
    /// - Throws: ``BlankettError`` as ``OperatorRegister`` says; `bad-pin`.
    public func change(
        _ id: String, name: String? = nil, role: Operator.Role? = nil, pin: String? = nil
    ) throws(BlankettError) -> Operator {
        let hash = try Self.hash(pin)
        var changed: Operator?
        try change { register throws(BlankettError) in
            guard var person = register[id] else { throw OperatorRegister.unknown }
            if let name { person.name = name }
            if let role { person.role = role }
            if let hash { person.pinHash = hash }
            try register.replace(person)
            changed = person
        }
        if hash != nil { state.withLock { $0.limits[id] = nil } }
        guard let changed else { throw OperatorRegister.unknown }
        return changed
    }

    /// - Throws: ``BlankettError``: `not-found`, `last-administrator`.
    public func remove(_ id: String) throws(BlankettError) {
        try change { register throws(BlankettError) in try register.remove(id) }
        state.withLock { $0.limits[id] = nil }
    }

    /// On disk first: what is not kept does not count.
    private func change(_ body: (inout OperatorRegister) throws(BlankettError) -> Void) throws(BlankettError) {
        let result: Result<Void, BlankettError> = state.withLock { state in
            do throws(BlankettError) {
                var register = state.register
                try body(&register)
                if let file { try Self.write(register.operators, to: file) }
                state.register = register
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    private static func write(_ operators: [Operator], to file: URL) throws(BlankettError) {
        guard let bytes = try? JSONCoding.encode(Contents(operators: operators), pretty: true) else {
            throw BlankettError("internal", exit: .fault, "The operators cannot be written.")
        }
        try DurableFile.write(bytes, to: file)
    }

    private static func hash(_ pin: String?) throws(BlankettError) -> String? {
        guard let pin else { return nil }
        try OperatorRegister.check(pin: pin)
        return try PINHash.make(pin)
    }
}
