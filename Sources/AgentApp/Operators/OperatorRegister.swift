public import Support

/// Who works at the station: the rules of that list, as a plain value.
public struct OperatorRegister: Sendable, Hashable {
    /// In the order of their names.
    public private(set) var operators: [Operator]

    public init(_ operators: [Operator] = []) {
        self.operators = Self.sorted(operators)
    }

    public subscript(id: String) -> Operator? { operators.first { $0.id == id } }

    /// - Parameter account: A user of this computer.
    /// - Returns: Who that is.
    public func person(withAccount account: String) -> Operator? { operators.first { $0.account == account } }

    /// - Throws: ``BlankettError``: `bad-name`, `name-taken`, `account-taken`, `no-way-in`, `no-administrator`.
    public mutating func add(_ person: Operator) throws(BlankettError) {
        try check(person, among: operators)
        guard person.role == .administrator || operators.contains(where: { $0.role == .administrator }) else {
            throw BlankettError(
                "no-administrator", exit: .badInput, "The first one must be an administrator.",
                advice: "Who else works here is said by an administrator.")
        }
        operators = Self.sorted(operators + [person])
    }

    /// - Throws: As ``add(_:)``, `not-found`, and `last-administrator`.
    public mutating func replace(_ person: Operator) throws(BlankettError) {
        guard let index = operators.firstIndex(where: { $0.id == person.id }) else { throw Self.unknown }
        var others = operators
        others.remove(at: index)
        try check(person, among: others)
        try requireAdministrator(in: others + [person])
        operators = Self.sorted(others + [person])
    }

    /// The last one may go: then nobody needs to sign in any more.
    ///
    /// - Throws: ``BlankettError``: `not-found`, `last-administrator`.
    public mutating func remove(_ id: String) throws(BlankettError) {
        guard operators.contains(where: { $0.id == id }) else { throw Self.unknown }
        let others = operators.filter { $0.id != id }
        if !others.isEmpty { try requireAdministrator(in: others) }
        operators = others
    }

    /// - Throws: ``BlankettError`` `bad-pin` when it is easily guessed, or no PIN.
    public static func check(pin: String) throws(BlankettError) {
        let digits = pin.utf8.map(Int.init)
        let steps = Set(zip(digits.dropFirst(), digits).map { $0 - $1 })
        guard (4...12).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            steps != [0], steps != [1], steps != [-1]
        else {
            throw BlankettError(
                "bad-pin", exit: .badInput, "This cannot be a PIN.",
                advice: "Take 4 to 12 digits that are not all the same and no row such as 1234.")
        }
    }

    private func check(_ person: Operator, among others: [Operator]) throws(BlankettError) {
        let name = person.name
        guard (1...60).contains(name.count), name.trimmingPrefix(" ") == name, name.last != " ",
            name.unicodeScalars.allSatisfy({ !$0.properties.isPatternWhitespace || $0 == " " }),
            name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else {
            throw BlankettError("bad-name", exit: .badInput, "This cannot be a name.", advice: "Take 1 to 60 letters.")
        }
        guard !others.contains(where: { $0.name.lowercased() == name.lowercased() }) else {
            throw BlankettError(
                "name-taken", exit: .badInput, "Somebody of this name works here already.",
                advice: "Add a letter, so that the two can be told apart.")
        }
        if let account = person.account, others.contains(where: { $0.account == account }) {
            throw BlankettError("account-taken", exit: .badInput, "This account is another person's already.")
        }
        guard person.pinHash != nil || person.account != nil else {
            throw BlankettError(
                "no-way-in", exit: .badInput, "There is neither a PIN nor an account.",
                advice: "Give a PIN, or the name that the person has on this computer.")
        }
    }

    private func requireAdministrator(in operators: [Operator]) throws(BlankettError) {
        guard operators.contains(where: { $0.role == .administrator }) else {
            throw BlankettError(
                "last-administrator", exit: .badInput, "The last administrator must stay one.",
                advice: "Make somebody else an administrator first.")
        }
    }

    private static func sorted(_ operators: [Operator]) -> [Operator] {
        operators.sorted { ($0.name.lowercased(), $0.id) < ($1.name.lowercased(), $1.id) }
    }

    static let unknown = BlankettError("not-found", exit: .badInput, "Nobody of this name works here.")
}
