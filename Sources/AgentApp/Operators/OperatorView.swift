/// An operator as lists show them: without anything that lets somebody in.
public struct OperatorView: Sendable, Hashable, Codable {
    public var id: String
    public var name: String
    public var role: Operator.Role
    public var account: String?
    public var hasPIN: Bool

    public init(_ person: Operator) {
        id = person.id
        name = person.name
        role = person.role
        account = person.account
        hasPIN = person.pinHash != nil
    }
}

/// What may be said of an operator: all of it when one is added, some of it when one is changed.
public struct OperatorWish: Sendable, Hashable, Codable {
    public var name: String?
    public var role: Operator.Role?
    public var pin: String?
    public var account: String?

    public init(name: String? = nil, role: Operator.Role? = nil, pin: String? = nil, account: String? = nil) {
        self.name = name
        self.role = role
        self.pin = pin
        self.account = account
    }
}
