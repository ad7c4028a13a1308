public import Support

extension Station {
    /// Takes the last decision about a document back, as long as it is not sent.
    ///
    /// - Parameters:
    ///   - id: The document's.
    ///   - revision: What the clerk has seen of it; `nil` takes back whatever came last.
    /// - Throws: ``BlankettError`` `nothing-to-undo`; `changed-elsewhere` when the document is another by now.
    public func takeBack(of id: UUIDv7, revision: Int? = nil) async throws {
        try await review(id, revision, action: "decision-taken-back", canBeTakenBack: false) { contents, _ in
            guard let step = contents.steps?.popLast() else {
                throw BlankettError("nothing-to-undo", exit: .badInput, "There is no decision to take back.")
            }
            step.takeBack(in: &contents)
        }
    }

    /// Sends those of the documents that are ready.
    ///
    /// - Parameter ids: Of these only; `nil` means all that wait.
    /// - Returns: How many were sent.
    /// - Throws: ``BlankettError`` when the journal cannot be written; what was sent before stays sent.
    public func sendReady(_ ids: [UUIDv7]? = nil) async throws -> Int {
        let ready = try await journal.transaction { rows in
            try rows.documents(in: [.waiting], limit: .max).filter(\.isReady).map(\.id)
        }
        let chosen = ids.map(Set.init)
        var sent = 0
        for id in ready.reversed() where chosen?.contains(id) ?? true {
            do {
                try await send(id)
                sent += 1
            } catch let error as BlankettError where error.code == "not-ready" || error.code == "not-found" {
                // Somebody else took it up meanwhile: it stays with them.
                continue
            }
        }
        return sent
    }
}

extension Document {
    /// - Throws: ``BlankettError`` `changed-elsewhere` when somebody has changed it since.
    func check(_ seen: Int?) throws(BlankettError) {
        guard let seen, seen != revision else { return }
        throw BlankettError("changed-elsewhere", exit: .badInput, "The document was changed by somebody else.")
    }
}

extension DocumentContents {
    /// Notes who agrees with the value of a field.
    ///
    /// - Parameters:
    ///   - person: An operator's id.
    ///   - name: The field's.
    ///   - isAnew: Whether the value is another, so that nobody else has agreed with it.
    mutating func note(_ person: String, agreesWith name: String, anew isAnew: Bool) {
        var all = agreedBy ?? [:]
        let others = isAnew ? [] : all[name] ?? []
        all[name] = others.contains(person) ? others : others + [person]
        agreedBy = all
    }
}
