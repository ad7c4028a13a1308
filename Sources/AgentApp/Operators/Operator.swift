/// A person who works at this station.
public struct Operator: Sendable, Hashable, Codable {
    /// What somebody may do; each may all that those before may.
    public enum Role: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
        /// Scans, checks and sends.
        case clerk
        /// Sees to devices, profiles and forms as well.
        case technician
        /// Says who works here, as well.
        case administrator

        public static func < (left: Role, right: Role) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// Such as `op:7f3a91`: stands in the audit trail and in records in place of the name.
    public var id: String
    public var name: String
    public var role: Role
    /// The user of this computer who is taken for this person without a PIN.
    public var account: String?
    /// Argon2id; `nil` for who comes only by their account.
    public var pinHash: String?

    public init(id: String, name: String, role: Role, account: String? = nil, pinHash: String? = nil) {
        self.id = id
        self.name = name
        self.role = role
        self.account = account
        self.pinHash = pinHash
    }
}

/// Who is doing what is being done, for the audit trail: the id of an operator, or `clerk` where none are named.
public enum Acting {
    @TaskLocal public static var person = "clerk"
}
