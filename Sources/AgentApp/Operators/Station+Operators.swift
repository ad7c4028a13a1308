import Support

extension Station {
    /// Adds somebody, and writes down that it was done.
    ///
    /// - Throws: ``BlankettError`` as ``Operators/add(_:role:pin:account:)``.
    public nonisolated func add(_ wish: OperatorWish, to operators: Operators) async throws -> OperatorView {
        let person = try operators.add(
            wish.name ?? "", role: wish.role ?? .clerk, pin: wish.pin, account: wish.account)
        try await note("operator-added", of: person.id, outcome: person.role.rawValue)
        return OperatorView(person)
    }

    /// - Throws: ``BlankettError`` as ``Operators/change(_:name:role:pin:)``.
    public nonisolated func change(_ id: String, _ wish: OperatorWish, in operators: Operators) async throws
        -> OperatorView
    {
        let person = try operators.change(id, name: wish.name, role: wish.role, pin: wish.pin)
        try await note("operator-changed", of: id, outcome: wish.pin == nil ? person.role.rawValue : "new-pin")
        return OperatorView(person)
    }

    /// - Throws: ``BlankettError`` as ``Operators/remove(_:)``.
    public nonisolated func remove(_ id: String, from operators: Operators) async throws {
        try operators.remove(id)
        try await note("operator-removed", of: id)
    }

    /// Writes down what somebody did that is not a batch's, page's or document's.
    ///
    /// - Parameters:
    ///   - action: Such as `signed-in`.
    ///   - object: An id of ours.
    ///   - outcome: A stable code.
    /// - Throws: ``BlankettError`` when it cannot be kept.
    public func note(_ action: String, of object: String, outcome: String? = nil) async throws {
        let event = AuditEvent(
            time: now(), actor: Acting.person, action: action, object: object, outcome: outcome)
        try await journal.transaction { rows in try rows.append(event) }
        changes.ring()
    }
}
